import { describe, expect, test } from 'vitest';
import { createPace, expectationOf, secondsLeft } from '../../../addon/jobs/estimate.ts';
import type { JobRow } from '../../../storage-node/base/words.ts';

const at = (seconds: number) => new Date(Date.parse('2026-11-21T12:00:00Z') + seconds * 1_000).toISOString();
const ran = (seconds: number, bytes: number) => ({ startedAt: at(0), endedAt: at(seconds), bytes }) as JobRow;

describe('what earlier runs let expect', () => {
  test('is the middle one of them, so that one odd run says nothing', () => {
    expect(expectationOf([ran(10, 100), ran(900, 9_000), ran(12, 110)])).toEqual({ seconds: 12, bytes: 110 });
  });

  test('is nothing without any', () => {
    expect(expectationOf([])).toBeUndefined();
  });
});

describe('the time left', () => {
  const expected = { seconds: 100, bytes: 1_000 };

  test('goes by earlier times until enough bytes have passed', () => {
    expect(secondsLeft(expected, { seconds: 30, bytes: 0 })).toBe(70);
    expect(secondsLeft(expected, { seconds: 30, bytes: 199 })).toBe(70);
  });

  test('goes by the pace of this run from then on', () => {
    expect(secondsLeft(expected, { seconds: 100, bytes: 500 })).toBe(100);
    expect(secondsLeft(expected, { seconds: 10, bytes: 500 })).toBe(10);
  });

  test('is not said where the run went past all that was known', () => {
    expect(secondsLeft(expected, { seconds: 200, bytes: 1_500 })).toBeUndefined();
    expect(secondsLeft({ seconds: 10, bytes: 0 }, { seconds: 30, bytes: 5 })).toBeUndefined();
  });
});

test('the pace is that of the last moments, not of the whole run', () => {
  const pace = createPace(10_000);
  expect(pace(0, 0)).toBe(0);
  for (let second = 1; second <= 60; second++) pace(second * 1_000, 0);
  for (let second = 61; second < 80; second++) pace(second * 1_000, (second - 60) * 5_000);
  expect(pace(80_000, 100_000)).toBe(5_000);
});
