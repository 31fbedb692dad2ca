import { sleep } from '../../storage-node/base/clock.ts';
import { toAddonError } from '../../storage-node/base/errors.ts';
import { type Configuration, masterOf } from './configuration.ts';
import type { KeptMounts, Rooms } from './rooms.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** Where, below the account's home, people find the storage. */
const MOUNTPOINT = 'dbbackup-storage';

interface Standing {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * The mounts that stay between operations, read-only, and come back when they were lost. Also the one gate per environment:
 * whoever pauses it has the master for itself until it disposes of the pause.
 */
export function createKeptMounts(rooms: Omit<Rooms, 'keptMounts'>): KeptMounts & AsyncDisposable {
  const wanted = new Map<string, Configuration>();
  const standing = new Map<string, Standing>();
  const gates = new Map<string, Promise<void>>();

  function begin(configuration: Configuration): void {
    const { name } = configuration.environment;
    if (standing.has(name)) return;
    const stop = new AbortController();
    standing.set(name, { stop, ended: standAgain(configuration, stop.signal) });
  }

  async function end(environment: string): Promise<void> {
    const mount = standing.get(environment);
    standing.delete(environment);
    mount?.stop.abort();
    await mount?.ended;
  }

  async function standAgain(configuration: Configuration, signal: AbortSignal): Promise<void> {
    const environment = configuration.environment.name;
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        await standOnce(configuration, signal);
        wait = FIRST_WAIT_MS;
      } catch (thrown) {
        if (signal.aborted) return;
        rooms.log.warn(`the standing mount is not there: ${toAddonError(thrown).message}`, { environment });
        await sleep(wait, signal).catch(() => undefined); // the abort is seen by the loop
      }
    }
  }

  /** Stays until the mount is lost (then rejects) or no longer wanted. */
  async function standOnce(configuration: Configuration, signal: AbortSignal): Promise<void> {
    const environment = configuration.environment.name;
    const node = masterOf(configuration);
    await using machine = await rooms.connect(environment, node, signal);
    await rooms.clean(environment, machine, signal);
    await using share = await rooms.storage.share(environment, 'look');
    const request = { environment, node, machine, share, transport: 'mount', mountpoint: MOUNTPOINT, signal } as const;
    await using attachment = await rooms.attach(request);
    const over = AbortSignal.any([signal, attachment.lost]);
    await new Promise((resolve) => {
      if (over.aborted) resolve(undefined);
      over.addEventListener('abort', resolve, { once: true });
    });
    if (attachment.lost.aborted && !signal.aborted) throw attachment.lost.reason;
  }

  return {
    async pause(environment) {
      const before = gates.get(environment) ?? Promise.resolve();
      let open: () => void = () => undefined;
      const ours = new Promise<void>((resolve) => {
        open = resolve;
      });
      gates.set(
        environment,
        before.then(() => ours),
      );
      await before;
      await end(environment);
      return {
        async [Symbol.asyncDispose]() {
          const configuration = wanted.get(environment);
          if (configuration !== undefined) begin(configuration);
          open();
        },
      };
    },
    follow(configuration) {
      const { name } = configuration.environment;
      if (configuration.alwaysUnmount || configuration.transport === 'channel') {
        wanted.delete(name);
        void end(name);
        return;
      }
      wanted.set(name, configuration);
      if (!gates.has(name)) begin(configuration);
    },
    async release(environment) {
      wanted.delete(environment);
      await end(environment);
    },
    async [Symbol.asyncDispose]() {
      wanted.clear();
      await Promise.all([...standing.keys()].map(end));
    },
  };
}
