import { type ScheduledTask, schedule } from 'node-cron';
import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';

/** What a ticker does, and by which clock. */
export interface TickerOptions {
  /** Whole seconds that divide a minute. */
  readonly intervalMs: number;
  readonly clock: Clock;
  /**
   * Called at once and then at each interval, never twice at the same time. `jumpedMs` is by how much the clock moved
   * other than time passed since the tick before: negative when it was set back.
   */
  readonly onTick: (now: Date, jumpedMs: number) => unknown;
  /** Learns what a tick threw; ticking goes on. Without it the error stays an unhandled rejection. */
  readonly onError?: (error: unknown) => void;
}

/** Ticks until it is stopped. */
export interface Ticker extends AsyncDisposable {
  /** Ends ticking and waits for a tick that is under way. */
  stop(): Promise<void>;
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };

/** node-cron is given this one pattern only: what users wrote is worked out by `nextOccurrence`. */
function patternOf(intervalMs: number): string {
  const seconds = intervalMs / 1000;
  if (!Number.isInteger(seconds) || seconds < 1 || 60 % seconds !== 0)
    throw new AddonError('bug', `a ticker cannot tick every ${intervalMs} ms`);
  return seconds === 60 ? '0 * * * * *' : `*/${seconds} * * * * *`;
}

/** Ticks evenly: setting the clock delays no tick for longer than two intervals, and repeats none. */
export function createTicker({ intervalMs, clock, onTick, onError }: TickerOptions): Ticker {
  let underWay: Promise<void> | undefined;
  let stopped = false;
  let last: { readonly wall: number; readonly passed: number } | undefined;

  const tick = async () => {
    const now = clock();
    const passed = performance.now();
    const jumpedMs = last === undefined ? 0 : Math.round(now.getTime() - last.wall - (passed - last.passed));
    last = { wall: now.getTime(), passed };
    await onTick(now, jumpedMs);
  };
  const begin = () => {
    if (stopped || underWay !== undefined) return;
    const ended = tick().finally(() => {
      underWay = undefined;
    });
    underWay = onError === undefined ? ended : ended.catch(onError);
  };

  const pattern = patternOf(intervalMs);
  const wind = (): ScheduledTask =>
    schedule(pattern, begin, { timezone: 'UTC', suppressMissedWarning: true, logger: SILENT });
  let task = wind();
  // node-cron waits for a time of the clock: when that is set back, it stays silent until the time has come again.
  const watchdog = setInterval(() => {
    if (underWay !== undefined || performance.now() - (last?.passed ?? 0) <= intervalMs * 1.5) return;
    void task.destroy();
    task = wind();
    begin();
  }, intervalMs / 2);
  queueMicrotask(begin);

  const stop = async () => {
    stopped = true;
    clearInterval(watchdog);
    await task.destroy();
    await underWay;
  };
  return { stop, [Symbol.asyncDispose]: stop };
}
