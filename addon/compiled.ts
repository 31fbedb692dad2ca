import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the programs of a data directory keep what they were compiled to. */
export function compiledIn(dataDirectory: string): string {
  return join(resolve(dataDirectory), 'code');
}

/** Whether nobody but this very account can have written what lies there: it is run as if it were our own. */
export function isTrusted(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
