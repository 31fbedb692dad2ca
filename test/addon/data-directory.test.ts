import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { codeIn, dataDirectoryIn, isTrusted } from '../../addon/data-directory.ts';

afterEach(() => void vi.unstubAllEnvs());

describe('the data directory of a command line', () => {
  test.for([
    [['list', '--data', '/srv/a'], '/srv/a'],
    [['list', '--data=/srv/b', 'shop'], '/srv/b'],
    [['list', '--data'], '/of/the/environment'],
    [['list', 'shop'], '/of/the/environment'],
  ] as const)('%j means %s', ([argv, directory]) => {
    vi.stubEnv('DBBACKUP_DATA', '/of/the/environment');
    expect(dataDirectoryIn(argv)).toBe(directory);
  });

  test('is the usual one where nothing names another', () => {
    vi.stubEnv('DBBACKUP_DATA', '');
    expect(dataDirectoryIn(['list'])).toBe('/var/lib/dbbackup');
  });
});

describe('compiled code', () => {
  const place = () => codeIn(mkdtempSync(join(tmpdir(), 'data-directory-')));

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
