import { toAddonError } from '../../storage-node/base/errors.ts';
import type { Alert, LastBackup } from '../../storage-node/index.ts';
import type { Expectation } from './lateness.ts';
import { raise, settle, tellOfTrouble } from './troubles.ts';
import {
  audienceOf,
  factsOf,
  installedOnes,
  lastBackups,
  subjectOf,
  type Watched,
  type Watching,
  watchedBy,
  watchedOf,
} from './watching.ts';

/** Beside the conditions: since when an environment's schedule is in force. */
const IN_FORCE = 'schedule';

/**
 * Notices environments of which no backup was completed in time. Looks at schedules and backups as they stand, so that it knows
 * at once what came due while no daemon ran.
 */
export function watchForOverdue(watching: Watching): void {
  const { storage, clock, log } = watching.rooms;
  const now = clock();
  const last = lastBackups(watching);
  const installed = installedOnes(watching);
  for (const record of installed) {
    try {
      watchOne(watching, watchedBy(record), last.get(record.name), now);
    } catch (thrown) {
      const error = toAddonError(thrown);
      log.error(`nobody watches over it: ${error.message}`, { environment: record.name, code: error.code });
    }
  }
  const names = new Set(installed.map(({ name }) => name));
  for (const { environment, condition } of storage.watch.alerts())
    if (environment !== '' && !names.has(environment)) storage.watch.closeAlert(environment, condition);
}

function watchOne(watching: Watching, watched: Watched, last: LastBackup | undefined, now: Date): void {
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
}

/** A backup that was found ended it, or a schedule that was changed; of the latter nobody is told. */
function endOverdue(watching: Watching, watched: Watched, alert: Alert, last: LastBackup | undefined): void {
  const { watch, backups } = watching.rooms.storage;
  watch.atomically(() => {
    const since = settle(watching, watched.name, ['overdue']);
    if (since === undefined || last === undefined || last.takenAt < alert.since) return;
    const at = watching.rooms.clock().toISOString();
    const backup = factsOf(backups.get(last.id));
    watching.news.tell(
      {
        event: 'backup.recovered',
        key: `overdue ${watched.name} ${since}`,
        at,
        since,
        backup,
        ...subjectOf(watching, watched),
      },
      audienceOf(watched.configuration),
    );
  });
}

function tellOverdue(watching: Watching, { name }: Watched, expected: Expectation): void {
  const { watch } = watching.rooms.storage;
  watch.atomically(() => {
    raise(watching, name, 'overdue', {}, { since: expected.dueAt });
    const alert = watch.alert(name, 'overdue');
    const watched = watchedOf(watching, name);
    if (alert !== undefined && watched !== undefined) tellOfTrouble(watching, watched, alert);
  });
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
