import { expect, test } from 'vitest';
import { keptWords, retentionWords } from '../../../addon/flows/retention-words.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const decision = { backup: 'b', keep: true, reasons: ['newest 3 of 5'], expiresAt: null };
const plain = { acceptedAt: null };
const flags = ['the size fell from 21.3 MB to 4.0 MB'];

test.each([
  ['what holds it', plain, decision, ['kept: newest 3 of 5']],
  [
    'several reasons',
    plain,
    { ...decision, reasons: ['newest 3 of 5', 'daily 1 of 7'] },
    ['kept: newest 3 of 5, daily 1 of 7'],
  ],
  [
    'that it goes',
    plain,
    { ...decision, keep: false, reasons: ['older than the newest 5'] },
    ['goes with the next complete backup: older than the newest 5'],
  ],
  ['its flag', { ...plain, flags }, decision, ['kept: newest 3 of 5', 'flagged: the size fell from 21.3 MB to 4.0 MB']],
  [
    'its accepted flag',
    { flags, acceptedAt: 'x' },
    decision,
    ['kept: newest 3 of 5', 'flagged, then accepted: the size fell from 21.3 MB to 4.0 MB'],
  ],
  ['nothing where nobody decided', plain, undefined, []],
])('the words of a backup say %s', (_, backup, decided, words) => {
  expect(retentionWords(backup, decided, NOW)).toEqual(words);
});

test.each([
  ['2026-12-04T11:00:00Z', 'expires in 12 days'],
  ['2026-11-23T12:00:00Z', 'expires in 2 days'],
  ['2026-11-23T11:59:00Z', 'expires in 47 hours'],
  ['2026-11-21T13:30:00Z', 'expires in 1 hour'],
  ['2026-11-21T12:30:00Z', 'expires in less than an hour'],
  ['2026-11-21T12:00:00Z', 'expires with the next complete backup'],
  ['2026-11-01T12:00:00Z', 'expires with the next complete backup'],
])('what ends at %s %s', (expiresAt, words) => {
  expect(retentionWords(plain, { ...decision, expiresAt }, NOW)).toContain(words);
});

test.each([
  [{ keep: 5 }, 'the newest 5 backups are kept'],
  [{ keep: 1, keepAlso: { age: '', rules: '' } }, 'the newest backup is kept'],
  [
    { keep: 5, keepAlso: { age: '90 days', rules: 'daily 7' } },
    'the newest 5 backups are kept, by age (90 days), by calendar (daily 7)',
  ],
])('what a configuration keeps is told in words: %j', (configuration, words) => {
  expect(keptWords(configuration)).toBe(words);
});
