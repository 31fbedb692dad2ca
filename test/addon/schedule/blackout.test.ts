import { describe, expect, test } from 'vitest';
import { outsideBlackouts, parseBlackout } from '../../../addon/schedule/blackout.ts';
import { reportOf } from '../../../storage-node/base/errors.ts';

const free = (window: string, zone: string, moment: string) => {
  const blackout = parseBlackout('settings.blackout', window, zone);
  if (blackout === undefined) throw new Error('no window');
  return new Date(outsideBlackouts([blackout], Date.parse(moment))).toISOString();
};

describe('a blackout window', () => {
  test.for([
    ['before it', '08:00-18:00', '2026-06-01T07:59:59.999Z', '2026-06-01T07:59:59.999Z'],
    ['at its first moment', '08:00-18:00', '2026-06-01T08:00:00.000Z', '2026-06-01T18:00:00.000Z'],
    ['at its last moment', '08:00-18:00', '2026-06-01T17:59:59.999Z', '2026-06-01T18:00:00.000Z'],
    ['at its end', '08:00-18:00', '2026-06-01T18:00:00.000Z', '2026-06-01T18:00:00.000Z'],
    ['before midnight', '22:00-06:30', '2026-06-01T23:15:00.000Z', '2026-06-02T06:30:00.000Z'],
    ['after midnight', '22:00-06:30', '2026-06-02T00:00:00.000Z', '2026-06-02T06:30:00.000Z'],
    ['in the daytime', '22:00-06:30', '2026-06-02T12:00:00.000Z', '2026-06-02T12:00:00.000Z'],
  ] as const)('%s', ([, window, moment, expected]) => {
    expect(free(window, 'UTC', moment)).toBe(expected);
  });

  test.for([
    ['the clock of its zone', '08:00-18:00', '2026-06-01T07:00:00Z', '2026-06-01T16:00:00.000Z'],
    ['a clock that jumps within it', '22:00-06:00', '2026-03-28T21:30:00Z', '2026-03-29T04:00:00.000Z'],
    ['a clock that jumps past its end', '22:00-02:30', '2026-03-28T21:30:00Z', '2026-03-29T01:00:00.000Z'],
    ['a clock that is set back within it', '22:00-06:00', '2026-10-24T20:30:00Z', '2026-10-25T05:00:00.000Z'],
    [
      'a clock that shows its end twice, between them',
      '22:00-02:30',
      '2026-10-25T00:40:00Z',
      '2026-10-25T00:40:00.000Z',
    ],
    ['the second time that it is in the window', '22:00-02:30', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00.000Z'],
  ] as const)('follows %s', ([, window, moment, expected]) => {
    expect(free(window, 'Europe/Berlin', moment)).toBe(expected);
  });

  test('that follows upon another one is left after both', () => {
    const windows = ['08:00-12:00', '12:00-18:00'].flatMap((text) => parseBlackout('x', text, 'UTC') ?? []);
    const moment = outsideBlackouts(windows, Date.parse('2026-06-01T09:00:00Z'));
    expect(new Date(moment).toISOString()).toBe('2026-06-01T18:00:00.000Z');
  });

  test('that leaves no time of the day together with another one is refused', () => {
    const windows = ['08:00-20:00', '20:00-08:00'].flatMap((text) => parseBlackout('x', text, 'UTC') ?? []);
    expect(() => outsideBlackouts(windows, 0)).toThrow('leaves no time of the day');
  });

  test('is none where nothing is given', () => {
    expect(parseBlackout('settings.blackout', ' ', 'UTC')).toBeUndefined();
  });

  test.for([
    ['8-18', 'UTC', 'is not a window as HH:MM-HH:MM'],
    ['08:00', 'UTC', 'is not a window as HH:MM-HH:MM'],
    ['24:00-06:00', 'UTC', 'has an hour outside 0-23'],
    ['08:60-18:00', 'UTC', 'has a minute outside 0-59'],
    ['08:00-08:00', 'UTC', 'leaves no time of the day, or takes none'],
    ['08:00-18:00', 'Mars', 'has the unknown time zone "Mars"'],
  ] as const)('%s in %s is refused', ([text, zone, reason]) => {
    let report: unknown;
    try {
      parseBlackout('config.json: blackout', text, zone);
    } catch (error) {
      report = reportOf(error);
    }
    expect(report).toEqual({
      code: 'request-invalid',
      message: `config.json: blackout: ${JSON.stringify(text)} ${reason}`,
      hint: expect.stringContaining('for example'),
    });
  });
});
