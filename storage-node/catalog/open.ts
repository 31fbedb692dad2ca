import { DatabaseSync } from 'node:sqlite';
import { AddonError } from '../base/errors.ts';
import { MIGRATIONS } from './migrations.ts';

const BUSY_MS = 5_000;

function migrate(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version > MIGRATIONS.length)
    throw new AddonError('data-directory', `catalog ${path} was made by a newer version of this program`);
  for (const [index, script] of MIGRATIONS.entries()) {
    if (index >= version) database.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

/** Opens the catalog: durable at each commit, brought to the newest shape. */
export function openCatalog(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    migrate(database, path);
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof AddonError) throw cause;
    throw new AddonError('data-directory', `catalog ${path} cannot be opened: ${String(cause)}`, {
      hint: 'move the file away; the list of backups is rebuilt from the repositories at the next start.',
      cause,
    });
  }
}

/** Holds the data directory for this process alone. The system gives the lock back when the process ends, however it ends. */
export function lockDirectory(path: string, directory: string): Disposable {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 1;');
  } catch (cause) {
    database.close();
    throw new AddonError('daemon-running', `another daemon owns the data directory ${directory}`, { cause });
  }
  return { [Symbol.dispose]: () => database.close() };
}
