import { describe, expect, test } from 'vitest';
import { EVENTS, type EventName, type Happening } from '../../../addon/notify/happening.ts';
import { letterOf } from '../../../addon/notify/texts.ts';
import { names, oneLine, span } from '../../../addon/notify/words.ts';
import { FAILED } from './happenings.ts';

const WHOLE: Happening = {
  ...FAILED,
  backup: FAILED.lastGood ?? null,
  warnings: ['rows of orders differ'],
  storage: { freeBytes: 2e9, totalBytes: 100e9, fullInSeconds: 3 * 86_400 },
  summary: [{ environment: 'shop', verdict: 'failing', lastSuccess: '2026-11-18T03:00:00.000Z' }],
};
const told = (event: EventName, change: Partial<Happening> = {}) => letterOf({ ...WHOLE, event, ...change });

test.for([
  ['backup.failed', '[dbbackup] backup of Käse & Söhne (shop) failed'],
  ['backup.overdue', '[dbbackup] backup of Käse & Söhne (shop) is overdue'],
  ['backup.recovered', '[dbbackup] backup of Käse & Söhne (shop) works again'],
  ['backup.suspicious', '[dbbackup] backup of Käse & Söhne (shop) looks like a loss of data'],
  ['backup.done', '[dbbackup] backup of Käse & Söhne (shop) is complete'],
  ['restore.done', '[dbbackup] restore of Käse & Söhne (shop) is done'],
  ['restore.failed', '[dbbackup] restore of Käse & Söhne (shop) failed'],
  ['repository.damaged', '[dbbackup] stored backups of Käse & Söhne (shop) are damaged'],
  ['repository.sound', '[dbbackup] stored backups of Käse & Söhne (shop) are sound again'],
  ['host-key.changed', '[dbbackup] database node of Käse & Söhne (shop) shows another host key'],
  ['storage.filling', '[dbbackup] backup storage is nearly full'],
  ['storage.relieved', '[dbbackup] backup storage has room again'],
  ['news.many', '[dbbackup] more is happening than is mailed'],
  ['summary.daily', '[dbbackup] daily summary: 1 of 1 environments need attention'],
] as const)('%s has the subject "%s"', ([event, subject]) => {
  expect(told(event).subject).toBe(subject);
});

test('every event has a text that a person can act on', () => {
  for (const event of Object.keys(EVENTS) as EventName[]) {
    const { subject, text } = told(event);
    expect(subject.length).toBeLessThan(180);
    expect(text).not.toMatch(/undefined|null|NaN|\[object|\.\.\n/);
    expect(text).toMatch(/2026-11-21 12:00:00 UTC/);
    if (EVENTS[event].weight === 'problem') expect(text).toMatch(/What to do:/);
  }
});

describe('a failed backup', () => {
  test('says what happened, why, what to do, what is left, and what comes', () => {
    expect(
      told('backup.failed').text,
    ).toBe(`A backup of Käse & Söhne (shop) failed. Nothing of it was kept, and no earlier backup was removed.

What went wrong: Mariadb on 10.0.0.5 refused user backup.

What to do: Enter the database user and password again with configure.

The last good backup is 20261118T030000Z-3f9a1c, taken 2026-11-18 03:00:00 UTC (3 days ago); it is kept and can be restored.

The next backup is planned for 2026-11-22 03:00:00 UTC.

Everything it wrote down: dbbackup logs 20261121T115900Z-81b2d0

This happened at 2026-11-21 12:00:00 UTC.
`);
  });

  test('that is told again says since when, and how often', () => {
    const { subject, text } = told('backup.failed', { since: '2026-11-19T12:00:00.000Z', failures: 7, reminder: 2 });
    expect(subject).toBe('[dbbackup] reminder: backup of Käse & Söhne (shop) failed');
    expect(text).toContain('failing since 2026-11-19 12:00:00 UTC (2 days ago); 7 backups have failed since then.');
  });

  test('without any earlier backup says so', () => {
    expect(told('backup.failed', { lastGood: null }).text).toContain('There is no complete backup of it yet.');
  });

  test('with words of a program over many lines stays readable', () => {
    const error = { code: 'dump-failed', message: `line one\r\n\tline two\u0000 ${'x'.repeat(5_000)}`, hint: 'see.' };
    const { text } = told('backup.failed', { error });
    expect(text).toContain('What went wrong: Line one line two xxx');
    expect(text.length).toBeLessThan(2_500);
  });
});

test('names of databases are data', () => {
  expect(names(['orders', 'we"ird\nname', 'naïve db', ...Array(20).fill('x')])).toBe(
    'orders, "we\\"ird name", "naïve db", x, x, x, x, x, x, x and 13 more',
  );
});

test('a line is one line, of whole characters, and no longer than asked', () => {
  expect(oneLine('a\r\nb\u2028c\u202ed\u0007e')).toBe('a b c d e');
  expect(oneLine('😀'.repeat(300), 10)).toBe(`${'😀'.repeat(9)}…`);
  expect(oneLine('broken \ud800 half')).toBe('broken \ufffd half');
});

test('spans are said as people say them', () => {
  expect([0, 60_000, 90 * 60_000, 5 * 3_600_000, 47 * 3_600_000, 72 * 3_600_000].map(span)).toEqual([
    ...['0 minutes', '1 minute', '90 minutes', '5 hours', '47 hours', '3 days'],
  ]);
});
