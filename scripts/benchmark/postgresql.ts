import type { Host } from '../../test/support/hosts.ts';
import { startPostgres } from '../../test/support/servers/postgres.ts';
import type { BenchServer } from './server.ts';
import { DATABASES, TABLES } from './tables.ts';

const password = 'bench-password';
const login = '--host=127.0.0.1 --username=postgres --no-password';

/** Starts PostgreSQL as Debian configures it; its vacuum runs between the measurements, not in them. */
export async function startBenchPostgresql(host: Host): Promise<BenchServer> {
  const server = await startPostgres(host, { password, settings: ['autovacuum = off', 'max_wal_size = 2GB'] });
  const inEach = async (statement: string) => {
    for (const database of DATABASES) await server.sql(database, statement);
  };
  return {
    engine: 'postgresql',
    nodeType: 'postgresql',
    host,
    access: { user: 'postgres', password },
    environment: { PGPASSWORD: password },
    dump: `pg_dumpall ${login} --clean --if-exists`,
    load: `psql ${login} --no-psqlrc --quiet --output=/dev/null --dbname=postgres`,
    processName: 'postgres',
    createTables: async () => {
      for (const database of DATABASES) {
        await server.sql('postgres', `CREATE DATABASE ${database}`);
        const tables = TABLES.filter((table) => table.database === database).map(({ name, columns, index }) => {
          const definitions = columns.map(([column, [, type]]) => `${column} ${type}`);
          return `CREATE TABLE ${name} (${definitions.join(', ')}, PRIMARY KEY (id)); CREATE INDEX ON ${name} (${index});`;
        });
        await server.sql(database, tables.join('\n'));
      }
    },
    loadRows: async ({ database, name }, rows) => {
      const client = ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', `COPY ${name} FROM STDIN`];
      await host.must(client, { input: rows, user: 'postgres' });
    },
    sql: server.sql,
    stop: server.stop,
    settle: async () => {
      await inEach('VACUUM ANALYZE');
      await server.sql('postgres', 'CHECKPOINT');
    },
    contents: async () => {
      const counted = TABLES.map(async ({ database, name }) => {
        const query = `SELECT count(*), sum(hashtext(t::text)::bigint) FROM ${name} t`;
        return `${database}.${name} ${(await server.sql(database, query)).trim()}`;
      });
      return (await Promise.all(counted)).join('\n');
    },
    dropDatabases: async () => {
      for (const database of DATABASES) await server.sql('postgres', `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}
