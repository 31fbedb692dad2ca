import type { Backup, JobRow } from '../../storage-node/base/words.ts';
import type { EnvironmentRecord, LastBackup, StorageNode } from '../../storage-node/index.ts';
import type { Audience, BackupFacts, Happening, News } from '../notify/happening.ts';
import { type Configuration, type NotifySettings, readConfiguration } from './configuration.ts';
import { createLateness, type Lateness } from './lateness.ts';
import type { Rooms } from './rooms.ts';

/** When those who watch speak up. */
export interface WatchPolicy {
  readonly remindEveryHours: number;
  readonly overdueGraceMinutes: number;
  readonly storageWarnPercent: number;
  readonly dailySummary?: { readonly at: string; readonly zone: string } | undefined;
}

/** What watching over the backups needs. */
export interface Watching {
  readonly rooms: Pick<Rooms, 'storage' | 'clock' | 'log' | 'learnSecret' | 'runPolicy'>;
  readonly news: News;
  readonly lateness: Lateness;
  readonly policy: WatchPolicy;
}

/** The troubles that last: each is told once, told again now and then, and its end is told. The gravest comes first. */
export const CONDITIONS = ['host-key', 'failing', 'overdue', 'damaged', 'suspicious', 'storage'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Kept beside them: since when an environment's schedule is in force. */
export const IN_FORCE = 'schedule';

/** The troubles of which the next complete backup is the end. */
export const ENDED_BY_BACKUP = ['host-key', 'failing', 'overdue'] as const satisfies readonly Condition[];

/** Which job failed, and of what; or which backup is flagged, and why. */
export interface TroubleFacts {
  readonly job?: string;
  readonly flagged?: string;
  readonly warnings?: readonly string[];
  readonly error?: JobRow['error'];
}

const MINUTE_MS = 60_000;

/** Joins what watching needs. */
export function watchingOf(rooms: Watching['rooms'], news: News, policy: WatchPolicy): Watching {
  return { rooms, news, policy, lateness: createLateness(policy.overdueGraceMinutes * MINUTE_MS, rooms.runPolicy) };
}

/** An installed environment as those see it who watch: its configuration, secrets still sealed. */
export interface Watched {
  readonly name: string;
  readonly configuration: Configuration;
}

/** An installed environment by its record. */
export function watchedBy({ name, configuration }: EnvironmentRecord): Watched {
  return { name, configuration: JSON.parse(configuration) as Configuration };
}

/** The environments that have the add-on. */
export function installedOnes({ rooms }: Pick<Watching, 'rooms'>): EnvironmentRecord[] {
  return rooms.storage.environments.list().filter((record) => record.installed);
}

/** One environment, or undefined where the add-on is not installed any more. What it keeps secret will be in no message. */
export function watchedOf({ rooms }: Watching, environment: string): Watched | undefined {
  const record = rooms.storage.environments.get(environment);
  if (record === undefined || !record.installed) return undefined;
  const configuration = readConfiguration(rooms.storage, record.configuration);
  for (const secret of [configuration.access.password, configuration.notify?.webhookSecret ?? ''])
    rooms.learnSecret(secret);
  return { name: environment, configuration };
}

/** Who hears of an environment. */
export function audienceOf({ notify }: Configuration): Audience {
  return {
    mail: notify?.mail ?? [],
    webhook: Boolean(notify?.webhookUrl),
    ping: Boolean(notify?.pingUrl),
    notices: notify?.all ?? false,
  };
}

/** The addresses that an environment's messages go to, its secret unsealed; undefined where it is not installed. */
export function addressesOf(storage: StorageNode, environment: string): NotifySettings | undefined {
  const record = storage.environments.get(environment);
  if (record === undefined || !record.installed) return undefined;
  return readConfiguration(storage, record.configuration).notify;
}

/** What every message about an environment says of it. */
export function subjectOf(
  { rooms }: Watching,
  { name, configuration }: Watched,
): Pick<Happening, 'environment' | 'engine' | 'nextRun'> {
  const { displayName } = configuration.environment;
  const nextRun = rooms.storage.environments.planned(name)?.nextRun ?? null;
  return { environment: { name, displayName }, engine: configuration.engine, nextRun };
}

/** A backup as messages speak of it. */
export function factsOf(backup: Backup | undefined): BackupFacts | null {
  if (backup === undefined) return null;
  const { id, takenAt, bytes, storedBytes, parts } = backup;
  const databases = parts.filter((part) => part.kind === 'database').map((part) => part.name);
  return { id, takenAt, bytes, storedBytes, databases };
}

/** The newest complete backup of an environment. */
export function lastGoodOf({ rooms }: Watching, environment: string): BackupFacts | null {
  return factsOf(rooms.storage.backups.list({ environment, limit: 1 })[0]);
}

/** The newest backup of each environment. */
export function lastBackups({ rooms }: Pick<Watching, 'rooms'>): Map<string, LastBackup> {
  return new Map(rooms.storage.watch.lastBackups().map((last) => [last.environment, last]));
}
