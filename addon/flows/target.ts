import type { Share } from '../../storage-node/base/line.ts';
import type { Engine, Server } from '../engines/engine.ts';
import { engines } from '../engines/index.ts';
import type { Attachment, Machine } from '../machines/machine.ts';
import { type Configuration, masterOf, type NodeAddress } from './configuration.ts';
import type { Rooms } from './rooms.ts';

/** What a flow needs to tell of itself: the part of a job that rooms see. */
export interface Teller {
  readonly signal: AbortSignal;
  tell(step: string): void;
  log(line: string): void;
}

/** The master of an environment, connected and clean, with the engine that knows its database server. */
export interface Target extends AsyncDisposable {
  readonly configuration: Configuration;
  readonly node: NodeAddress;
  readonly machine: Machine;
  readonly engine: Engine;
  readonly server: Server;
}

/** Connects to the master, pauses the standing mount, and takes away what a killed run left there. */
export async function openTarget(configuration: Configuration, rooms: Rooms, teller: Teller): Promise<Target> {
  const node = masterOf(configuration);
  const { name } = configuration.environment;
  teller.tell(`connecting to ${node.host}`);
  await using stack = new AsyncDisposableStack();
  stack.use(await rooms.keptMounts.pause(name));
  const machine = stack.use(await rooms.connect(name, node, teller.signal));
  await rooms.clean(name, machine, teller.signal);
  rooms.learnSecret(configuration.access.password);
  const engine = engines[configuration.engine];
  const server: Server = {
    machine,
    access: { ...configuration.access, nodes: configuration.nodes.map(({ host }) => host) },
    signal: teller.signal,
    tell: (step) => teller.tell(step),
    log: (line) => teller.log(line),
  };
  const owned = stack.move();
  return { configuration, node, machine, engine, server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Joins a share to the master, in the way that the configuration wants. A failure of the storage itself goes by its own name. */
export async function attachTo(target: Target, share: Share, rooms: Rooms, signal: AbortSignal): Promise<Attachment> {
  const { configuration, node, machine } = target;
  const environment = configuration.environment.name;
  const attaching = rooms.attach({ environment, node, machine, share, transport: configuration.transport, signal });
  return await attaching.catch((thrown: unknown) => {
    throw share.trouble() ?? thrown;
  });
}
