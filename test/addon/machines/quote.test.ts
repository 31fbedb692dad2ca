import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quote } from '../../../addon/machines/quote.ts';

const SHELLS = ['dash', 'bash', 'bash --posix', 'busybox sh'];
const words = fc.array(
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
  {
    minLength: 1,
    maxLength: 40,
  },
);

describe.each(SHELLS)('a quoted word in %s', (shell) => {
  test('is the text itself, whatever is in it', () => {
    const [program = '', ...args] = shell.split(' ');
    fc.assert(
      fc.property(words, (texts) => {
        const script = `for word in ${texts.map(quote).join(' ')}; do printf '%s\\0' "$word"; done`;
        const said = execFileSync(program, [...args, '-c', script]);
        expect(said.toString().split('\0').slice(0, -1)).toEqual(texts);
      }),
      { numRuns: 40 },
    );
  });
});

test.each([
  "'",
  "''",
  "a'b",
  '$(id)',
  '`id`',
  '\n',
  '\\',
  '-n',
  '',
  ' ',
  '*',
  '~',
  '!',
  '\r\n',
  'ü€😀',
  '\u0001\u007f',
])('quotes %j so that a shell gives it back', (text) => {
  expect(execFileSync('sh', ['-c', `printf %s ${quote(text)}`]).toString()).toBe(text);
});

test.each([
  ['a NUL byte', 'a\0b'],
  ['half a surrogate pair', 'a\ud800'],
])('refuses %s, which no argument can hold', (_, text) => {
  expect(() => quote(text)).toThrow(expect.objectContaining({ code: 'name-refused' }));
});
