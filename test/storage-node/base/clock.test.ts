import { describe, expect, test, vi } from 'vitest';
import { displayTime, sleep, systemClock } from '../../../storage-node/base/clock.ts';

test('a moment is shown in UTC, to the second', () => {
  expect(displayTime(new Date('2026-11-20T02:00:00.999Z'))).toBe('2026-11-20 02:00:00 UTC');
});

test('the system’s clock tells the present', () => {
  const before = Date.now();
  const now = systemClock().getTime();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

describe('sleeping', () => {
  test('ends after its time and not before', async () => {
    vi.useFakeTimers();
    try {
      const ended = vi.fn();
      const slept = sleep(1000).then(ended);
      await vi.advanceTimersByTimeAsync(999);
      expect(ended).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      await slept;
      expect(ended).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  test('ends at once with the reason of an abort', async () => {
    const reason = new Error('stopped');
    const abort = new AbortController();
    const slept = sleep(60_000, abort.signal);
    abort.abort(reason);
    await expect(slept).rejects.toBe(reason);
  });

  test('does not begin when the signal is aborted already', async () => {
    const reason = new Error('stopped');
    await expect(sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('leaves no listener and no timer behind', async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    await sleep(1, signal);
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
    vi.useFakeTimers();
    try {
      const abort = new AbortController();
      const slept = sleep(60_000, abort.signal);
      abort.abort(new Error('stopped'));
      await expect(slept).rejects.toThrow('stopped');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
