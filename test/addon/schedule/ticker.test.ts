import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTicker } from '../../../addon/schedule/ticker.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

describe('a ticker', () => {
  let jumped: number;
  const clock = () => new Date(Date.now() + jumped);
  beforeEach(() => {
    jumped = 0;
    vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('ticks at once and then at each interval', async () => {
    const seen: string[] = [];
    const ticker = createTicker({
      intervalMs: 20 * SECOND,
      clock,
      onTick: (now) => seen.push(now.toISOString().slice(14, 19)),
    });
    await vi.advanceTimersByTimeAsync(40 * SECOND);
    await ticker.stop();
    expect(seen).toEqual(['00:00', '00:20', '00:40']);
  });

  test.for([
    ['forward', HOUR],
    ['back', -HOUR],
  ] as const)('goes on evenly when the clock is set %s, and says by how much', async ([, by]) => {
    const jumps: number[] = [];
    await using ticker = createTicker({ intervalMs: 20 * SECOND, clock, onTick: (_now, jump) => jumps.push(jump) });
    await vi.advanceTimersByTimeAsync(30 * SECOND);
    jumped = by;
    await vi.advanceTimersByTimeAsync(30 * SECOND);
    await ticker.stop();
    expect(jumps).toEqual([0, 0, by, 0]);
  });

  test.for([
    ['back', -HOUR],
    ['forward', HOUR],
  ] as const)('goes on when the clock of the machine itself is set %s', async ([, by]) => {
    const passed: number[] = [];
    await using ticker = createTicker({
      intervalMs: 20 * SECOND,
      clock: () => new Date(),
      onTick: () => passed.push(Math.round(performance.now() / SECOND)),
    });
    const start = Math.round(performance.now() / SECOND);
    await vi.advanceTimersByTimeAsync(50 * SECOND);
    vi.setSystemTime(Date.now() + by);
    await vi.advanceTimersByTimeAsync(200 * SECOND);
    await ticker.stop();
    const times = passed.map((each) => each - start);
    const gaps = times.slice(1).map((each, index) => each - (times[index] ?? 0));
    expect(times.slice(0, 3)).toEqual([0, 20, 40]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(40);
    expect(times.length).toBeGreaterThanOrEqual(11);
    expect(times.length).toBeLessThanOrEqual(14);
  });

  test('refuses an interval that no minute is made of', () => {
    expect(() => createTicker({ intervalMs: 7 * SECOND, clock, onTick: () => undefined })).toThrow('7000 ms');
  });

  test('begins no tick while one is under way', async () => {
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const onTick = () => {
      begun.push(Date.now());
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const ticker = createTicker({ intervalMs: SECOND, clock, onTick });
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(begun).toHaveLength(1);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(SECOND);
    expect(begun).toHaveLength(2);
    ends[1]?.();
    await ticker.stop();
  });

  test('tells of a tick that failed, and goes on', async () => {
    const faults: unknown[] = [];
    const onTick = vi.fn(() => Promise.reject(new Error('catalog is locked')));
    await using ticker = createTicker({ intervalMs: SECOND, clock, onTick, onError: (error) => faults.push(error) });
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    await ticker.stop();
    expect(onTick).toHaveBeenCalledTimes(3);
    expect(faults).toEqual([1, 2, 3].map(() => new Error('catalog is locked')));
  });

  test('stops after the tick that is under way, and never ticks again', async () => {
    const steps: string[] = [];
    let end = () => {};
    const onTick = async () => {
      steps.push('begun');
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      steps.push('ended');
    };
    const ticker = createTicker({ intervalMs: SECOND, clock, onTick });
    await vi.advanceTimersByTimeAsync(0);
    const stopped = ticker.stop().then(() => steps.push('stopped'));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(steps).toEqual(['begun']);
    end();
    await stopped;
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(steps).toEqual(['begun', 'ended', 'stopped']);
  });

  test('stopped before its first tick, it never ticks', async () => {
    const onTick = vi.fn();
    await createTicker({ intervalMs: SECOND, clock, onTick }).stop();
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(onTick).not.toHaveBeenCalled();
  });
});
