import type { DatabaseSync } from 'node:sqlite';

/**
 * Runs writes as one transaction without waiting for the disk at its end: it outlives the program, and a crash of the machine
 * takes at most the newest of them. Part of the transaction that is open already, where one is.
 */
export function lightly<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work();
  database.exec('PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}
