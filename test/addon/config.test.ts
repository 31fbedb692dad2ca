import { afterEach, describe, expect, test, vi } from 'vitest';
import { dataDirectoryIn } from '../../addon/config.ts';

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
