import type { Access, Server, StoredPart } from '../../../addon/engines/engine.ts';
import { postgresql } from '../../../addon/engines/postgresql.ts';
import type { Machine } from '../../../addon/machines/machine.ts';
import { type FileBackup, pourFrom, serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { engineMachine } from '../../support/engineMachine.ts';
import type { Host } from '../../support/host.ts';
import { type PostgresServer, startPostgres } from '../../support/servers/postgres.ts';

const password = 'pass word';

/** A PostgreSQL server on a host, and the engine's operations on it. */
export interface PostgresTrial {
  readonly host: Host;
  readonly postgres: PostgresServer;
  readonly machine: Machine;
  readonly access: Access;
  readonly server: Server;
  sql(database: string, text: string): Promise<string>;
  /** The globals and the named databases; without names, everything. */
  backup(...databases: readonly string[]): Promise<FileBackup>;
  restore(backup: FileBackup, on?: Server): ReturnType<typeof postgresql.restore>;
  /** Names of all databases that are not the server's own. */
  databases(): Promise<readonly string[]>;
}

export async function startTrial(host: Host, settings: readonly string[] = []): Promise<PostgresTrial> {
  const postgres = await startPostgres(host, { password, settings: ['fsync = off', ...settings] });
  const machine = await engineMachine(host);
  const access = { user: 'postgres', password, host: '', port: 0, nodes: [], options: {} };
  const server = serverOf(machine, access);
  const names = `SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY datname`;
  return {
    ...{ host, postgres, machine, access, server },
    sql: async (database, text) => (await postgres.sql(database, text)).trim(),
    backup: async (...databases) =>
      await takeBackup(
        postgresql,
        server,
        ({ kind, name }) => databases.length === 0 || kind === 'globals' || databases.includes(name),
      ),
    restore: async (backup, on = server) => await postgresql.restore(on, backup.parts, { version: backup.version }),
    databases: async () => (await postgres.sql('postgres', names)).split('\n').filter((line) => line !== ''),
  };
}

type Stored = FileBackup['parts'][number];

/** The backup without its globals, as when a user chooses databases. */
export const withoutGlobals = (backup: FileBackup): FileBackup => ({
  ...backup,
  parts: backup.parts.filter(({ kind }) => kind !== 'globals'),
});

/** The backup with one of its parts changed. */
export function altered(backup: FileBackup, name: string, change: (part: Stored) => Partial<StoredPart>): FileBackup {
  return { ...backup, parts: backup.parts.map((part) => (part.name === name ? { ...part, ...change(part) } : part)) };
}

/** A part of which the storage holds only the first bytes, and knows no better. */
export function cutAt(server: Server, part: Stored, bytes: number): Partial<StoredPart> {
  return { bytes, pourInto: pourFrom(server, { name: part.name, bytes }, ['head', '-c', `${bytes}`, part.file]) };
}
