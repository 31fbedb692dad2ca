import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DEFAULT = '/var/lib/dbbackup';

/** The data directory that is meant when no `--data` says so: DBBACKUP_DATA, else /var/lib/dbbackup. */
export function defaultDataDirectory(): string {
  return process.env.DBBACKUP_DATA || DEFAULT;
}

/** The data directory that a command line means, before anything has read it as a whole. */
export function dataDirectoryIn(argv: readonly string[]): string {
  const at = argv.findIndex((word) => word === '--data' || word.startsWith('--data='));
  const named = argv[at] === '--data' ? argv[at + 1] : argv[at]?.slice('--data='.length);
  return named || defaultDataDirectory();
}

/** Where the programs of a data directory keep what they were compiled to. */
export function codeIn(dataDirectory: string): string {
  return join(resolve(dataDirectory), 'code');
}

/** Whether nobody but this very account can have written what lies there: it is run as if it were our own. */
export function isTrusted(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
