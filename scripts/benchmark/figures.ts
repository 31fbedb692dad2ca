import type { EngineName } from './options.ts';
import type { Steps } from './reference.ts';
import type { Usage } from './watch.ts';

/** The bare dump to /dev/null, the usual flow, and this product by its two transports. */
export type Flow = 'dump' | 'usual' | 'mount' | 'channel';
export type Action = 'first backup' | 'after a day, in one range' | 'after a day, spread evenly' | 'restore';

export const ACTIONS: readonly Action[] = [
  'first backup',
  'after a day, in one range',
  'after a day, spread evenly',
  'restore',
];

/** One measured operation. */
export interface Figure extends Omit<Usage, 'writtenBytes'> {
  readonly engine: EngineName;
  readonly run: number;
  readonly action: Action;
  readonly flow: Flow;
  /** By how much the stored files grew. */
  readonly newBytes: number;
  /** What was written to the master's disk, by others than the database server; without programs that were placed there. */
  readonly diskBytes: number;
  readonly steps: Steps;
}

/** Asks for the figures of one action and flow, the middle ones of all runs. */
export type Middle = (engine: EngineName, action: Action, flow: Flow) => Figure | undefined;

/** The median of each number over the runs; the steps are those of the run whose time is the median. */
export function middleOf(figures: readonly Figure[]): Middle {
  return (engine, action, flow) => {
    const runs = figures
      .filter((each) => each.engine === engine && each.action === action && each.flow === flow)
      .sort((one, other) => one.seconds - other.seconds);
    const middle = runs[Math.floor((runs.length - 1) / 2)];
    if (middle === undefined) return undefined;
    return {
      ...middle,
      seconds: median(runs.map((each) => each.seconds)),
      masterBytes: median(runs.map((each) => each.masterBytes)),
      diskBytes: median(runs.map((each) => each.diskBytes)),
      daemonBytes: median(runs.map((each) => each.daemonBytes)),
      newBytes: median(runs.map((each) => each.newBytes)),
    };
  };
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}
