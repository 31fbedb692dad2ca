import type { Host } from '../../test/support/hosts.ts';
import { startMariadb } from '../../test/support/servers/mariadb.ts';
import type { BenchServer } from './server.ts';
import { DATABASES, TABLES } from './tables.ts';

const password = 'bench-password';

/** Starts MariaDB as Debian configures it, but for a buffer pool that holds the smaller sizes. */
export async function startBenchMariadb(host: Host): Promise<BenchServer> {
  const server = await startMariadb(host, { rootPassword: password, settings: ['innodb_buffer_pool_size = 512M'] });
  const environment = { MYSQL_PWD: password };
  const sql = (database: string, statement: string) => server.sql(statement, { database });
  const each = TABLES.map(({ database, name }) => `${database}.${name}`);
  return {
    engine: 'mariadb',
    nodeType: 'mariadb-dockerized',
    host,
    access: { user: 'root', password },
    environment,
    dump: 'mariadb-dump --user=root --all-databases --single-transaction',
    load: 'mariadb --user=root',
    processName: 'mariadbd',
    createTables: async () => {
      const databases = DATABASES.map((name) => `CREATE DATABASE ${name} CHARACTER SET utf8mb4;`);
      const tables = TABLES.map(({ database, name, columns, index }) => {
        const definitions = columns.map(([column, [type]]) => `${column} ${type}`);
        return `CREATE TABLE ${database}.${name} (${definitions.join(', ')}, PRIMARY KEY (id), KEY (${index}));`;
      });
      await server.sql([...databases, ...tables].join('\n'));
    },
    loadRows: async ({ database, name }, rows) => {
      const statement = `LOAD DATA LOCAL INFILE '/dev/stdin' INTO TABLE ${name} CHARACTER SET utf8mb4`;
      // Our stdin is a socket, which cannot be opened again by its name; the pipe behind cat can.
      const client = 'cat | mariadb --local-infile=1 --user=root --database="$1" --execute="$2"';
      await host.must(['sh', '-c', client, 'sh', database, statement], { input: rows, env: environment });
    },
    sql,
    stop: server.stop,
    settle: async () => void (await server.sql(`ANALYZE TABLE ${each.join(', ')}`)),
    contents: () => server.sql(`CHECKSUM TABLE ${each.join(', ')}`),
    dropDatabases: async () => void (await server.sql(DATABASES.map((name) => `DROP DATABASE ${name};`).join('\n'))),
  };
}
