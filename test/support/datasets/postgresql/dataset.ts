import type { PostgresServer } from '../../servers/postgres.ts';
import { comparison, type Dataset } from '../dataset.ts';
import { scaleOf, script } from '../files.ts';
import { databases, fingerprint } from './fingerprint.ts';

const rowsPer20Megabytes = { books: 6_000, members: 4_000, loans: 20_000, letters: 12_000 };
const oddName = `- Müller's "Büro" $HOME \\x`;

/** pgbench's tables beside a library's, with everything that a dump may forget, and the roles that use them. */
export const postgresqlDataset: Dataset<PostgresServer> = {
  fill: async (server, size) => {
    const counts = Object.entries(rowsPer20Megabytes).map(([name, rows]) => {
      return `\\set ${name} ${Math.ceil(rows * scaleOf[size])}\n`;
    });
    await server.sql('postgres', script('postgresql/roles.sql'));
    await server.sql('library', counts.join('') + script('postgresql/library.sql'));
    await server.sql('library', script('postgresql/objects.sql'));
    await server.sql(oddName, script('postgresql/odd.sql'));
    await server.sql(
      'alt',
      `SET client_encoding = 'UTF8'; CREATE TABLE ort (name text); INSERT INTO ort VALUES ('Düsseldorf ½ £')`,
    );
    const scale = Math.max(1, Math.round(scaleOf[size] / 2));
    const pgbench = `/usr/lib/postgresql/${server.version}/bin/pgbench`;
    await server.host.must([pgbench, '-i', '-q', '-I', 'dtgvpf', '-s', `${scale}`, 'pgbench'], { user: 'postgres' });
  },
  change: async (server) => {
    await server.sql('library', script('postgresql/change.sql'));
    await server.sql(
      'pgbench',
      `UPDATE pgbench_accounts SET abalance = aid WHERE aid BETWEEN 100 AND 1100;
      INSERT INTO pgbench_history SELECT i, 1, i, 7, '2026-01-01' FROM generate_series(1, 10) AS i; DROP TABLE pgbench_tellers CASCADE`,
    );
  },
  destroy: async (server) => {
    for (const name of await databases(server)) {
      await server.sql('postgres', `DROP DATABASE "${name.replaceAll('"', '""')}" WITH (FORCE)`);
    }
    await server.sql(
      'postgres',
      `DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> 'postgres' LOOP
        EXECUTE format('DROP OWNED BY %I', name); EXECUTE format('DROP ROLE %I', name);
      END LOOP; END $$`,
    );
  },
  fingerprint,
  compare: comparison(['database', 'role', 'table', 'sequence', 'large-object', 'definition']),
};
