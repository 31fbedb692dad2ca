import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compiledIn, isTrusted } from '../../addon/compiled.ts';

describe('compiled code', () => {
  const place = () => compiledIn(mkdtempSync(join(tmpdir(), 'data-directory-')));

  test('is run from a directory that nobody else can write', () => {
    const code = place();
    expect(isTrusted(code)).toBe(false);
    mkdirSync(code, { mode: 0o700 });
    expect(isTrusted(code)).toBe(true);
  });

  test.for([0o720, 0o702, 0o777])('is not run from one that others can write: mode %o', (mode) => {
    const code = place();
    mkdirSync(code);
    chmodSync(code, mode);
    expect(isTrusted(code)).toBe(false);
  });

  test('is run neither by way of a link nor from a file', () => {
    const [code, other, file] = [place(), place(), place()];
    mkdirSync(other, { mode: 0o700 });
    symlinkSync(other, code);
    writeFileSync(file, '');
    expect([isTrusted(code), isTrusted(file)]).toEqual([false, false]);
  });
});
