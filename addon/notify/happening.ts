/** What one event is: how urgent, and whose business beside the customer's. */
interface EventFacts {
  /** `problem` asks somebody to act, `relief` ends one, `notice` is for those who want to hear of everything. */
  readonly weight: 'problem' | 'relief' | 'notice';
  readonly tells: 'both' | 'customer' | 'hoster';
}

/** Everything that somebody is told of. */
export const EVENTS = {
  'backup.failed': { weight: 'problem', tells: 'both' },
  'backup.overdue': { weight: 'problem', tells: 'both' },
  'backup.recovered': { weight: 'relief', tells: 'both' },
  'backup.suspicious': { weight: 'problem', tells: 'both' },
  'backup.done': { weight: 'notice', tells: 'customer' },
  'restore.done': { weight: 'relief', tells: 'customer' },
  'restore.failed': { weight: 'problem', tells: 'both' },
  'repository.damaged': { weight: 'problem', tells: 'both' },
  'repository.sound': { weight: 'relief', tells: 'both' },
  'host-key.changed': { weight: 'problem', tells: 'both' },
  'storage.filling': { weight: 'problem', tells: 'hoster' },
  'storage.relieved': { weight: 'relief', tells: 'hoster' },
  'news.many': { weight: 'problem', tells: 'both' },
  'summary.daily': { weight: 'relief', tells: 'hoster' },
} as const satisfies Record<string, EventFacts>;
export type EventName = keyof typeof EVENTS;

/** A backup, as far as a message speaks of it. Moments are UTC, ISO 8601. */
export interface BackupFacts {
  readonly id: string;
  readonly takenAt: string;
  readonly bytes: number;
  readonly storedBytes: number;
  readonly databases: readonly string[];
}

/** One environment in a summary. */
export interface SummaryLine {
  readonly environment: string;
  readonly verdict: string;
  readonly lastSuccess: string | null;
}

/** An event with all that a message says of it. */
export interface Happening {
  readonly event: EventName;
  /** The same for the same event, whenever it is told again: `job 20261121T…`, `overdue shop 2026-11-21T…`. */
  readonly key: string;
  readonly at: string;
  /** Null where it is about the storage itself. */
  readonly environment: { readonly name: string; readonly displayName: string } | null;
  readonly engine?: string;
  /** When the trouble began. */
  readonly since?: string;
  /** 0 for the first message of a trouble. */
  readonly reminder?: number;
  /** How many backups failed since then. */
  readonly failures?: number;
  readonly job?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** What was made, or restored. */
  readonly backup?: BackupFacts | null;
  /** The newest complete backup; null where there is none. */
  readonly lastGood?: BackupFacts | null;
  readonly warnings?: readonly string[];
  readonly nextRun?: string | null;
  readonly storage?: {
    readonly freeBytes: number;
    readonly totalBytes: number;
    /** At the growth of the last days; null where it does not grow. */
    readonly fullInSeconds: number | null;
  };
  readonly summary?: readonly SummaryLine[];
}

/** Who hears of an environment's events. */
export interface Audience {
  readonly mail: readonly string[];
  readonly webhook: boolean;
  readonly ping: boolean;
  /** Also what asks nobody to act. */
  readonly notices: boolean;
}

/** Whoever passes events on. */
export interface News {
  /** Writes down what is to be sent; sends nothing itself, and never throws for the sake of a recipient. */
  tell(happening: Happening, audience: Audience | null): void;
  /** A backup was made, or failed: the dead-man address is to hear of it. */
  ping(environment: string, outcome: 'success' | 'fail', key: string, at: string): void;
}
