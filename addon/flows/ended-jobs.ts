import { toAddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { Happening } from '../notify/happening.ts';
import { raise, settle, tellOfTrouble } from './troubles.ts';
import {
  audienceOf,
  type Condition,
  ENDED_BY_BACKUP,
  factsOf,
  lastGoodOf,
  subjectOf,
  type Watched,
  type Watching,
  watchedOf,
} from './watching.ts';

const AT_ONCE = 500;
/** A failure that is tried again is told of when it has lasted so many attempts: about five minutes. */
const TELLING_ATTEMPT = 3;

/**
 * Tells of every job that ended since the last look, each once: what is to be sent, the state of the trouble and that it was told
 * are written in one transaction; where that cannot be written, as on a full disk, it is told of at a later look. Answers whose jobs they were.
 */
export function tellOfEndedJobs(watching: Watching): ReadonlySet<string> {
  const { storage, log } = watching.rooms;
  const environments = new Set<string>();
  for (const id of storage.watch.untoldJobs(AT_ONCE)) {
    const row = storage.jobs.get(id);
    if (row !== undefined) environments.add(row.environment);
    try {
      storage.watch.atomically(() => {
        if (row !== undefined) tellOf(watching, row);
        storage.watch.toldOf(id);
      });
    } catch (thrown) {
      const error = toAddonError(thrown);
      log.error(`nobody could be told of job ${id} yet: ${error.message}`, { job: id, code: error.code });
    }
  }
  return environments;
}

function tellOf(watching: Watching, row: JobRow): void {
  const { storage } = watching.rooms;
  // One that was interrupted after its backup was complete has a backup all the same.
  const succeeded = row.state === 'succeeded' || (row.kind === 'backup' && row.backup !== null);
  const failed = !succeeded && (row.state === 'failed' || row.state === 'interrupted');
  storage.watch.countEnded(row.kind, succeeded ? 'succeeded' : (row.error?.code ?? row.state));
  if (row.kind === 'backup' && succeeded && row.backup !== null)
    storage.watch.succeeded(row.environment, row.backup, row.startedAt ?? row.queuedAt, row.endedAt ?? row.queuedAt);
  const watched = watchedOf(watching, row.environment);
  if (watched === undefined) return;
  if (failed) tellOfFailure(watching, watched, row);
  else if (succeeded) tellOfSuccess(watching, watched, row);
}

function tellOfFailure(watching: Watching, watched: Watched, row: JobRow): void {
  const trouble = (condition: Condition): boolean =>
    raise(watching, watched.name, condition, { job: row.id, error: row.error }, { times: row.attempt });
  const tellTrouble = (condition: Condition) => {
    const alert = watching.rooms.storage.watch.alert(watched.name, condition);
    if (alert !== undefined) tellOfTrouble(watching, watched, alert);
  };
  const graver: Condition | undefined =
    row.error?.code === 'node-host-key' ? 'host-key' : row.error?.code === 'repository-damaged' ? 'damaged' : undefined;
  if (graver !== undefined && trouble(graver)) tellTrouble(graver);
  const repeated = row.attempt < TELLING_ATTEMPT && watching.rooms.storage.watch.isRepeated(watched.name, row.id);
  if (row.kind === 'backup' && !repeated) {
    const isNew = trouble('failing');
    if (isNew && graver === undefined) tellTrouble('failing');
    if (watched.configuration.notify?.pingUrl)
      watching.news.ping(watched.name, 'fail', `job ${row.id}`, row.endedAt ?? row.queuedAt);
  }
  if (row.kind === 'restore') tell(watching, watched, row, { event: 'restore.failed', error: row.error });
}

function tellOfSuccess(watching: Watching, watched: Watched, row: JobRow): void {
  const { storage } = watching.rooms;
  const made = row.backup === null ? null : factsOf(storage.backups.get(row.backup));
  if (row.kind === 'backup') {
    const since = settle(watching, watched.name, ENDED_BY_BACKUP);
    const about = { backup: made, warnings: row.warnings };
    if (since === undefined) tell(watching, watched, row, { event: 'backup.done', ...about });
    else tell(watching, watched, row, { event: 'backup.recovered', since, ...about });
    lookForLoss(watching, watched, row);
    if (watched.configuration.notify?.pingUrl)
      watching.news.ping(watched.name, 'success', `job ${row.id}`, row.endedAt ?? row.queuedAt);
  }
  if (row.kind === 'restore')
    tell(watching, watched, row, { event: 'restore.done', backup: made, warnings: row.warnings });
  if (row.kind === 'check') {
    const since = settle(watching, watched.name, ['damaged']);
    if (since !== undefined) tell(watching, watched, row, { event: 'repository.sound', since });
  }
}

/** A flagged backup is a trouble that lasts until it is accepted, or a good one comes. */
function lookForLoss(watching: Watching, watched: Watched, row: JobRow): void {
  const { storage } = watching.rooms;
  const backup = row.backup === null ? undefined : storage.backups.get(row.backup);
  if (backup === undefined || (backup.flags ?? []).length === 0 || backup.acceptedAt !== null) {
    settle(watching, watched.name, ['suspicious']);
    return;
  }
  const isNew = raise(watching, watched.name, 'suspicious', {
    job: row.id,
    flagged: backup.id,
    warnings: backup.flags ?? [],
  });
  const alert = storage.watch.alert(watched.name, 'suspicious');
  if (isNew && alert !== undefined) tellOfTrouble(watching, watched, alert);
}

function tell(
  watching: Watching,
  watched: Watched,
  row: JobRow,
  facts: Pick<Happening, 'event' | 'error' | 'backup' | 'warnings' | 'since'>,
): void {
  watching.news.tell(
    {
      ...subjectOf(watching, watched),
      key: `job ${row.id}`,
      at: row.endedAt ?? watching.rooms.clock().toISOString(),
      job: row.id,
      lastGood: lastGoodOf(watching, watched.name),
      ...facts,
    },
    audienceOf(watched.configuration),
  );
}
