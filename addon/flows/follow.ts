import { isDeepStrictEqual } from 'node:util';
import { toAddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import { type Configuration, loadConfiguration, saveConfiguration } from './configuration.ts';
import type { Rooms } from './rooms.ts';
import { openTarget, type Teller } from './target.ts';

/** What the platform may say anew of an environment that is set up already. */
export interface Change {
  readonly nodes?: Configuration['nodes'];
  readonly owner?: string;
  /** The platform gave the database another password: ours is no longer to be trusted. */
  readonly credentialsStale?: boolean;
}

/**
 * Takes over what the platform says of an environment. The platform is the authority on nodes, host keys and owners, so this is kept
 * whether or not the nodes can be reached by now. Answers false when everything stood so already.
 */
export function follow(environment: string, change: Change, rooms: Rooms): boolean {
  const former = loadConfiguration(rooms.storage, environment);
  const { credentialsStale, ...rest } = former;
  const stale = change.credentialsStale ?? credentialsStale ?? false;
  const wanted: Configuration = {
    ...rest,
    nodes: change.nodes ?? former.nodes,
    environment: { ...former.environment, owner: change.owner ?? former.environment.owner },
    ...(stale ? { credentialsStale: true as const } : {}),
  };
  if (isDeepStrictEqual(former, wanted)) return false;
  saveConfiguration(rooms.storage, wanted, rooms.clock());
  rooms.keptMounts.follow(wanted);
  return true;
}

/** Whether the master can be backed up as things stand: the error that says why not, or null. Changes nothing. */
export async function proveMaster(
  environment: string,
  rooms: Rooms,
  teller: Teller,
): Promise<ReturnType<typeof toAddonError> | null> {
  try {
    await using target = await openTarget(loadConfiguration(rooms.storage, environment), rooms, teller);
    teller.tell('looking at the database server');
    await target.engine.probe(target.server);
    return null;
  } catch (thrown) {
    if (teller.signal.aborted) throw thrown;
    return toAddonError(thrown);
  }
}

/** The backup or restore that a stop of the environment would break; undefined when there is none. */
export function workUnderWay(environment: string, rooms: Rooms): JobRow | undefined {
  const busy = (job: JobRow) => job.state === 'running' && (job.kind === 'backup' || job.kind === 'restore');
  return rooms.storage.jobs.list({ environment, limit: 50 }).find(busy);
}
