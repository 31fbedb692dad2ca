import { postgresql } from '../../addon/engines/postgresql.ts';
import { postgresqlDataset } from '../support/datasets/postgresql/dataset.ts';
import { engineMachine } from '../support/engineMachine.ts';
import { fleet } from '../support/fleet.ts';
import { startPostgres } from '../support/servers/postgres.ts';
import { type EngineTrial, engineContract } from './engine.ts';

const { host } = fleet();
const password = `p'w "x" \\ $HOME`;
const account = { password, host: '127.0.0.1', port: 0, nodes: [], options: {} };
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

async function start(): Promise<EngineTrial> {
  const primary = await host('postgresql');
  const server = await startPostgres(primary, { password, settings: ['fsync = off'] });
  const exists = async (name: string) =>
    (await server.sql(
      'postgres',
      `SELECT count(*) FROM pg_database WHERE datname = '${name.replaceAll("'", "''")}'`,
    )) === '1\n';
  /** What makeDatabase made besides. */
  const made = new Set<string>();
  const destroy = () => postgresqlDataset.destroy(server);
  return {
    host: primary,
    machine: await engineMachine(primary),
    access: { ...account, user: 'postgres' },
    destroy,
    fill: async () => {
      await destroy();
      await postgresqlDataset.fill(server, 'tiny');
    },
    fingerprint: async () => {
      const facts = [...(await postgresqlDataset.fingerprint(server))];
      const filled = facts.filter(([subject]) => !made.has(/^[\w-]+ (.*?)(?::|$)/s.exec(subject)?.[1] ?? ''));
      return JSON.stringify(filled.sort(), null, 1);
    },
    change: async () => {
      await server.sql(
        'library',
        `INSERT INTO lending.letter VALUES (9999999, 'late', now()); DELETE FROM lending.loan_2024;
        CREATE TABLE lending.fine (id int PRIMARY KEY); GRANT SELECT ON lending.fine TO readers;
        DROP VIEW lending.open_loan; SELECT lo_unlink(700004); ALTER DATABASE library CONNECTION LIMIT 3;
        ALTER ROLE anna PASSWORD 'new' SUPERUSER; ALTER ROLE anna SET work_mem = '9MB'; ALTER ROLE anna SET jit = off;
        REVOKE librarians FROM anna; GRANT readers TO anna; COMMENT ON ROLE librarians IS NULL`,
      );
    },
    stop: server.stop,
    start: server.start,
    makeDatabase: async (name, rows) => {
      made.add(name);
      await server.sql('postgres', `CREATE DATABASE ${quoted(name)}`);
      if (rows > 0) {
        await server.sql(name, `CREATE TABLE t AS SELECT i, 'row ' || i AS v FROM generate_series(1, ${rows}) AS i`);
      }
      return async () => {
        if (!(await exists(name))) return 'absent';
        return rows > 0 ? await server.sql(name, 'SELECT * FROM t ORDER BY i') : await server.sql(name, '\\d');
      };
    },
    dropDatabase: async (name) => void (await server.sql('postgres', `DROP DATABASE IF EXISTS ${quoted(name)}`)),
    weak: async () => {
      await server.sql('postgres', `DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN PASSWORD 'weak'`);
      const missing = ['CREATEDB', 'CREATEROLE', 'pg_read_all_data', 'pg_signal_backend'];
      return { access: { ...account, user: 'weak', password: 'weak' }, missing };
    },
    replica: async () => {
      const standby = await host('standby');
      const other = await startPostgres(standby, { password });
      await other.stop();
      await standby.sh(
        `install -o postgres -g postgres /dev/null /var/lib/postgresql/${other.version}/main/standby.signal`,
      );
      await other.start();
      return { machine: await engineMachine(standby), access: { ...account, user: 'postgres' } };
    },
  };
}

engineContract({ name: 'PostgreSQL 15', engine: postgresql, start, dumpProgram: 'pg_dump' });
