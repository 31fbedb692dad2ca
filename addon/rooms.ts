import { join } from 'node:path';
import type { Clock } from '../storage-node/base/clock.ts';
import type { Log } from '../storage-node/base/log.ts';
import type { Redactor } from '../storage-node/base/redact.ts';
import type { StorageNode } from '../storage-node/index.ts';
import type { NodeAddress } from './flows/configuration.ts';
import { createKeptMounts } from './flows/kept-mounts.ts';
import type { Rooms } from './flows/rooms.ts';
import { attach } from './machines/attach.ts';
import { ensureIdentity } from './machines/identity.ts';
import { clean } from './machines/site.ts';
import { connectSsh } from './machines/ssh.ts';
import { vacate } from './machines/vacate.ts';
import type { RunPolicy } from './schedule/schedule.ts';

/** Joins the rooms that the flows walk through, for one data directory. Disposing ends the standing mounts. */
export function openRooms(parts: {
  readonly storage: StorageNode;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly dataDirectory: string;
  readonly resticPath: string;
  readonly runPolicy: RunPolicy;
  readonly mailIsSetUp: boolean;
  readonly checkAddress: (address: string) => void;
}): Rooms & AsyncDisposable {
  const { storage, clock, log, redactor, resticPath, runPolicy } = parts;
  const identity = (environment: string) => ensureIdentity(join(parts.dataDirectory, 'ssh'), environment);
  const address = ({ host, port, account, hostKey }: NodeAddress) => ({ host, port, account, hostKey });
  const rooms: Omit<Rooms, 'keptMounts'> = {
    storage,
    clock,
    log,
    resticPath,
    runPolicy,
    mailIsSetUp: parts.mailIsSetUp,
    checkAddress: parts.checkAddress,
    learnSecret: (secret) => redactor.learn(secret),
    async connect(environment, node, signal) {
      const { privateKey } = await identity(environment);
      signal.throwIfAborted();
      return connectSsh({ name: environment, ...address(node), privateKey, log });
    },
    async attach({ environment, node, machine, share, transport, mountpoint, signal }) {
      const { file } = await identity(environment);
      const ssh = { ...address(node), identityFile: file };
      const place = mountpoint === undefined ? {} : { mountpoint };
      return attach({ machine, ssh, share, transport, scope: environment, log, signal, ...place });
    },
    clean: (environment, machine, signal) => clean(machine, environment, { signal }),
    async vacate(environment, machine, signal) {
      const { publicKey } = await identity(environment);
      await vacate(machine, publicKey, { signal });
    },
    identity: async (environment) => (await identity(environment)).publicKey,
  };
  const keptMounts = createKeptMounts(rooms);
  return { ...rooms, keptMounts, [Symbol.asyncDispose]: () => keptMounts[Symbol.asyncDispose]() };
}
