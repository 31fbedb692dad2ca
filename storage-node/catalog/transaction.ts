import type { DatabaseSync } from 'node:sqlite';

/** Runs writes as one transaction that is on the disk at its end. Part of the transaction that is open already, where one is. */
export function durably<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has ended it already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** The same without waiting for the disk: it outlives the program, and a crash of the machine takes at most the newest of them. */
export function lightly<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work();
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    return durably(database, work);
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}
