/** Periods of the environment's own calendar; weeks begin on Monday. */
export const PERIODS = ['hour', 'day', 'week', 'month', 'year'] as const;
export type Period = (typeof PERIODS)[number];

/** A length of time as people say it: `90 days`. */
export interface Span {
  readonly count: number;
  readonly unit: Period;
}

/** Keeps what is not older than `within`: every backup, or the newest one of each `each`. */
export interface Tier {
  readonly within: Span;
  readonly each: Period | null;
}

/** Keeps the newest backup of each of the last `count` periods in which there is one. */
export interface KeepRule {
  readonly each: Period;
  readonly count: number;
}

/** Which complete backups stay. A backup stays where any of these keeps it. */
export interface RetentionPolicy {
  /** So many of the newest. */
  readonly count: number;
  readonly tiers?: readonly Tier[];
  readonly rules?: readonly KeepRule[];
  /** What to add to UTC at a moment to read the environment's clock, in milliseconds; UTC where not given. */
  readonly offsetAt?: (moment: number) => number;
}

/** Why a backup stays: `newest 2 of 5`, and when that ends; null where only newer backups end it. */
export interface Reason {
  readonly text: string;
  readonly until: number | null;
}

const ADVERBS: Readonly<Record<Period, string>> = {
  ...{ hour: 'hourly', day: 'daily', week: 'weekly', month: 'monthly', year: 'yearly' },
};

/** `daily`: how a rule for a period is named. */
export const adverbOf = (period: Period): string => ADVERBS[period];

/** `90 days`, `1 month`. */
export const spanText = ({ count, unit }: Span): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
