import { type AddonError, toAddonError } from '../../storage-node/base/errors.ts';
import type { Backup } from '../../storage-node/base/words.ts';
import type { EnvironmentRecord, LastBackup } from '../../storage-node/index.ts';
import { expectationOf } from './overdue.ts';
import { installedOnes, lastBackups, type TroubleFacts, type Watched, type Watching, watchedBy } from './watching.ts';

/** How an environment's backups stand: `never` is one that waits for its first. */
export type Verdict = 'ok' | 'never' | 'failing' | 'overdue';

/** One environment and its backups. Moments are UTC, ISO 8601. */
export interface EnvironmentStanding {
  readonly environment: string;
  readonly displayName: string;
  readonly engine: string;
  readonly verdict: Verdict;
  /** The newest complete backup. */
  readonly lastSuccess: {
    readonly backup: string;
    readonly takenAt: string;
    readonly ageSeconds: number;
    readonly bytes: number;
    readonly storedBytes: number;
    /** Of the job, or else of the parts. */
    readonly seconds: number;
  } | null;
  /** When the next backup should have begun at the latest. */
  readonly dueAt: string | null;
  readonly nextRun: string | null;
  /** What the last backup failed of, since when they fail, and how many have. */
  readonly failing: {
    readonly since: string;
    readonly times: number;
    readonly job: string | null;
    readonly code: string;
    readonly message: string;
    readonly hint: string;
  } | null;
  /** Whether a check found damage that no later one has found mended. */
  readonly damaged: boolean;
  /** Whether the newest backup looks like a loss of data, and nobody has accepted it. */
  readonly suspicious: boolean;
}

type Sizes = Pick<Backup, 'bytes' | 'storedBytes'> & { readonly seconds: number };
const known = new WeakMap<object, Map<string, { readonly key: string; readonly sizes: Sizes }>>();

/** How each installed environment stands. */
export function environmentStandings(watching: Pick<Watching, 'rooms' | 'lateness'>): EnvironmentStanding[] {
  const { clock } = watching.rooms;
  const last = lastBackups(watching);
  const now = clock();
  return installedOnes(watching).map((record) => {
    try {
      return standingOf(watching, watchedBy(record), last.get(record.name), now);
    } catch (thrown) {
      return unreadable(record, toAddonError(thrown));
    }
  });
}

/** What cannot be known counts as a failure. */
function unreadable(
  { name, displayName, engine, createdAt }: EnvironmentRecord,
  error: AddonError,
): EnvironmentStanding {
  const { code, message, hint } = error;
  const failing = { since: createdAt, times: 0, job: null, code, message, hint };
  const nothing = { lastSuccess: null, dueAt: null, nextRun: null, damaged: false, suspicious: false };
  return { environment: name, displayName, engine, verdict: 'failing', failing, ...nothing };
}

function standingOf(
  watching: Pick<Watching, 'rooms' | 'lateness'>,
  watched: Watched,
  last: LastBackup | undefined,
  now: Date,
): EnvironmentStanding {
  const { watch } = watching.rooms.storage;
  const { name, configuration } = watched;
  const failing = watch.alert(name, 'failing');
  const expected = expectationOf(watching, watched, last, now);
  const facts = failing && (JSON.parse(failing.facts) as TroubleFacts);
  const isOverdue = now >= expected.overdueFrom;
  return {
    environment: name,
    displayName: configuration.environment.displayName,
    engine: configuration.engine,
    verdict: isOverdue ? 'overdue' : failing ? 'failing' : last ? 'ok' : 'never',
    lastSuccess:
      last === undefined
        ? null
        : {
            backup: last.id,
            takenAt: last.takenAt,
            ageSeconds: Math.max(0, Math.round((now.getTime() - Date.parse(last.takenAt)) / 1000)),
            ...sizesOf(watching, last),
          },
    dueAt: expected.dueAt.toISOString(),
    nextRun: watching.rooms.storage.environments.planned(name)?.nextRun ?? null,
    failing: failing
      ? {
          since: failing.since,
          times: failing.times,
          job: facts?.job ?? null,
          ...(facts?.error ?? { code: 'bug', message: '', hint: '' }),
        }
      : null,
    damaged: watch.alert(name, 'damaged') !== undefined,
    suspicious: watch.alert(name, 'suspicious') !== undefined,
  };
}

/** A backup never changes: its manifest is read once. */
function sizesOf({ rooms }: Pick<Watching, 'rooms'>, last: LastBackup): Sizes {
  const found = known.get(rooms.storage) ?? new Map<string, { key: string; sizes: Sizes }>();
  known.set(rooms.storage, found);
  const key = `${last.id} ${last.endedAt}`;
  const former = found.get(last.environment);
  if (former?.key === key) return former.sizes;
  const backup = rooms.storage.backups.get(last.id);
  const took = last.startedAt && last.endedAt ? Date.parse(last.endedAt) - Date.parse(last.startedAt) : undefined;
  const parts = backup?.parts.reduce((sum, part) => sum + part.seconds, 0) ?? 0;
  const { bytes = 0, storedBytes = 0 } = backup ?? {};
  const sizes = { bytes, storedBytes, seconds: took === undefined ? parts : took / 1000 };
  found.set(last.environment, { key, sizes });
  return sizes;
}
