import type { Clock } from '../../storage-node/base/clock.ts';

/** What a ticker does, and by which clock. */
export interface TickerOptions {
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

/** Ticks by time that passes, not by the clock: setting the clock delays no tick and repeats none. */
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
  const timer = setInterval(begin, intervalMs);
  queueMicrotask(begin);

  const stop = async () => {
    stopped = true;
    clearInterval(timer);
    await underWay;
  };
  return { stop, [Symbol.asyncDispose]: stop };
}
