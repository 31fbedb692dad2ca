export { describeSchedule } from './describe.ts';
export { nextOccurrence, nextOccurrences } from './occurrences.ts';
export { AS_SCHEDULED, type Plan, planRun, type RunPolicy } from './plan.ts';
export { blackoutsOf, parseSchedule, type ScheduleFields } from './settings.ts';

/** The minutes of the local clock that a crontab names, each list ascending and without doubles. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[];
  /** How day of month and day of week are joined: as in Vixie cron, `either` only where neither begins with `*`. */
  readonly days: 'both' | 'either';
}

/** A wall-clock pattern in one time zone. */
export interface ClockSchedule {
  readonly kind: 'predefined' | 'custom' | 'crontab';
  /** The same as five crontab fields. */
  readonly expression: string;
  /** IANA name. */
  readonly zone: string;
  readonly fields: CronFields;
}

/** So many hours that pass after the latest backup of any kind: one taken by hand restarts the clock. */
export interface IntervalSchedule {
  readonly kind: 'interval';
  readonly everyHours: number;
  /** In which its runs are shown to people; it decides nothing. */
  readonly zone: string;
}

/** When jobs begin. */
export type Schedule = ClockSchedule | IntervalSchedule;
