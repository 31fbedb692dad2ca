import { expect, test } from 'vitest';
import { size, table, visible, when } from '../../../addon/cli/output.ts';

test('columns are as wide as their widest cell', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['long cell', 'x'],
        ['y', 'z'],
      ],
    ),
  ).toBe('A          B\nlong cell  x\ny          z');
});

test('a name cannot draw on the screen', () => {
  expect(visible('a\u001b[2Jb\nc')).toBe('a\\u001b[2Jb\\nc');
  expect(table(['N'], [['\u001b[31m']])).not.toContain('\u001b');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1400, '1.4 kB'],
  [123_456_789, '123 MB'],
  [2_500_000_000, '2.5 GB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test('moments are shown in UTC and say so', () => {
  expect(when('2026-11-20T02:00:00.000Z')).toBe('2026-11-20 02:00:00 UTC');
  expect(when(null)).toBe('-');
});
