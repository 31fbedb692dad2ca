import { setImmediate } from 'node:timers/promises';
import { toAddonError } from '../../storage-node/base/errors.ts';
import type { Alert, LastBackup } from '../../storage-node/index.ts';
import type { Expectation } from './lateness.ts';
import { raise, settle, tellOfTrouble } from './troubles.ts';
import {
  audienceOf,
  CONDITIONS,
  factsOf,
  IN_FORCE,
  installedOnes,
  subjectOf,
  type Watched,
  type Watching,
  watchedBy,
  watchedOf,
} from './watching.ts';

/** Looks at everything again, whatever has been heard since: what was changed by no job is seen then at the latest. */
const SWEEP_MS = 3_600_000;
/** So many are looked at before others get their turn. */
const AT_ONCE = 200;

/** Notices environments of which no backup was completed in time. */
export interface OverdueWatch {
  /** Something happened to an environment: it is looked at next time. */
  touch(environment: string): void;
  look(): Promise<void>;
}

/**
 * Looks at schedules and backups as they stand, so that it knows at once what came due while no daemon ran; between two sweeps
 * only at those that something happened to, or whose time is over.
 */
export function createOverdueWatch(watching: Watching): OverdueWatch {
  const { storage, clock, log } = watching.rooms;
  const overdueFrom = new Map<string, number>();
  const touched = new Set<string>();
  let swept: number | undefined;

  function lookAt(environment: string, now: Date): void {
    touched.delete(environment);
    overdueFrom.delete(environment);
    try {
      const record = storage.environments.get(environment);
      if (!record?.installed) {
        forget(watching, environment);
        return;
      }
      const from = watchOne(watching, watchedBy(record), storage.watch.lastBackup(environment), now);
      // One that is late already has been told of; its end is something that happens to it.
      if (from > now.getTime()) overdueFrom.set(environment, from);
    } catch (thrown) {
      const error = toAddonError(thrown);
      log.error(`nobody watches over it: ${error.message}`, { environment, code: error.code });
    }
  }

  return {
    touch: (environment) => void touched.add(environment),
    async look() {
      const now = clock();
      const isSweep = swept === undefined || Math.abs(now.getTime() - swept) >= SWEEP_MS;
      if (isSweep) swept = now.getTime();
      const everything = () => [
        ...installedOnes(watching).map(({ name }) => name),
        ...storage.watch.alerts().flatMap(({ environment }) => (environment === '' ? [] : [environment])),
      ];
      const due = () => [...overdueFrom].filter(([, from]) => from <= now.getTime()).map(([name]) => name);
      const names = [...new Set([...touched, ...(isSweep ? everything() : due())])];
      for (let at = 0; at < names.length; at += AT_ONCE) {
        const part = names.slice(at, at + AT_ONCE);
        storage.watch.atomically(() => {
          for (const name of part) lookAt(name, now);
        });
        if (names.length > AT_ONCE) await setImmediate();
      }
    },
  };
}

function forget({ rooms }: Watching, environment: string): void {
  const { watch } = rooms.storage;
  for (const condition of [IN_FORCE, ...CONDITIONS]) watch.closeAlert(environment, condition);
}

/** Answers from when the environment is overdue. */
function watchOne(watching: Watching, watched: Watched, last: LastBackup | undefined, now: Date): number {
  const { watch, jobs } = watching.rooms.storage;
  followSchedule(watching, watched, now);
  const expected = expectationOf(watching, watched, last, now);
  const isLate = now >= expected.overdueFrom;
  const known = watch.alert(watched.name, 'overdue');
  if (!isLate) {
    // A job that has kept its backup but not ended yet tells of the end itself.
    if (known !== undefined && !jobs.isRunning(watched.name)) endOverdue(watching, watched, known, last);
  } else if (known === undefined && !watch.alert(watched.name, 'failing')) {
    tellOverdue(watching, watched, expected);
  }
  return expected.overdueFrom.getTime();
}

/** A backup that was found ended it, or a schedule that was changed; of the latter nobody is told. */
function endOverdue(watching: Watching, watched: Watched, alert: Alert, last: LastBackup | undefined): void {
  const since = settle(watching, watched.name, ['overdue']);
  if (since === undefined || last === undefined || last.takenAt < alert.since) return;
  const { clock, storage } = watching.rooms;
  const key = `overdue ${watched.name} ${since}`;
  const backup = factsOf(storage.backups.get(last.id));
  watching.news.tell(
    { event: 'backup.recovered', key, at: clock().toISOString(), since, backup, ...subjectOf(watching, watched) },
    audienceOf(watched.configuration),
  );
}

function tellOverdue(watching: Watching, { name }: Watched, expected: Expectation): void {
  raise(watching, name, 'overdue', {}, { since: expected.dueAt });
  const alert = watching.rooms.storage.watch.alert(name, 'overdue');
  const watched = watchedOf(watching, name);
  if (alert !== undefined && watched !== undefined) tellOfTrouble(watching, watched, alert);
}

/** By when an environment's next backup is expected. */
export function expectationOf(
  { rooms, lateness }: Pick<Watching, 'rooms' | 'lateness'>,
  watched: Watched,
  last: LastBackup | undefined,
  now: Date,
): Expectation {
  const { name, configuration } = watched;
  const inForce = rooms.storage.watch.alert(name, IN_FORCE);
  const from = inForce?.facts === JSON.stringify(configuration.schedule) ? new Date(inForce.since) : now;
  return lateness.expectation(watched, last, from);
}

function followSchedule({ rooms }: Watching, { name, configuration }: Watched, now: Date): void {
  const facts = JSON.stringify(configuration.schedule);
  const known = rooms.storage.watch.alert(name, IN_FORCE);
  // One that came into force in the future was written before the clock was set back.
  if (known?.facts === facts && known.since <= now.toISOString()) return;
  const since = now.toISOString();
  rooms.storage.watch.saveAlert({
    ...{ environment: name, condition: IN_FORCE, since, toldAt: since, reminders: 0, times: 0 },
    facts,
  });
}
