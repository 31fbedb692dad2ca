import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './policies.ts';

const DEFAULT_DATA = '/var/lib/dbbackup';

/** The data directory that is meant when no `--data` says so: DBBACKUP_DATA, else /var/lib/dbbackup. */
export function defaultDataDirectory(): string {
  return process.env.DBBACKUP_DATA || DEFAULT_DATA;
}

/** The data directory that a command line means, before anything has read it as a whole. */
export function dataDirectoryIn(argv: readonly string[]): string {
  const at = argv.findIndex((word) => word === '--data' || word.startsWith('--data='));
  const named = argv[at] === '--data' ? argv[at + 1] : argv[at]?.slice('--data='.length);
  return named || defaultDataDirectory();
}

/** Reads the policies. Throws `request-invalid` naming the key that is wrong. What reads them is loaded only now: no other command needs it. */
export async function readConfig(dataDirectory: string): Promise<Config> {
  const { policiesIn } = await import('./policies.ts');
  const path = join(dataDirectory, 'config.json');
  return policiesIn(textOf(path), path);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw error;
  }
}
