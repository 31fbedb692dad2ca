import { mariadb } from '../../addon/engines/mariadb.ts';
import { mariadbDataset } from '../support/datasets/mariadb/dataset.ts';
import { quoteName } from '../support/datasets/mariadb/fingerprint.ts';
import { engineMachine } from '../support/engineMachine.ts';
import { fleet } from '../support/fleet.ts';
import { type MariadbServer, startMariadb } from '../support/servers/mariadb.ts';
import { type EngineTrial, engineContract } from './engine.ts';

const { host } = fleet();
const password = `it's "a" #\\ $ecret; `;

engineContract({ name: 'MariaDB', engine: mariadb, dumpProgram: 'mariadb-dump', start });

async function start(): Promise<EngineTrial> {
  const box = await host('sql');
  const server = await startMariadb(box, { rootPassword: password });
  const machine = await engineMachine(box);
  const access = { user: 'root', password, host: 'localhost', port: 0, nodes: [], options: {} };
  await mariadbDataset.destroy(server);
  return {
    host: box,
    machine,
    access,
    fill: async () => {
      await mariadbDataset.destroy(server);
      await mariadbDataset.fill(server, 'tiny');
      await server.sql(`CREATE TABLE shop.bulk (id INT PRIMARY KEY, body TEXT);
        INSERT INTO shop.bulk SELECT seq, REPEAT(MD5(seq), 30) FROM shop.seq_1_to_6000`);
    },
    fingerprint: async () => {
      const facts = [...(await mariadbDataset.fingerprint(server))].sort(([one], [other]) => (one < other ? -1 : 1));
      return facts.map(([subject, fact]) => `${subject}: ${fact}`).join('\n');
    },
    destroy: () => mariadbDataset.destroy(server),
    change: async () => {
      await mariadbDataset.change(server);
      // A database and an account that no backup knows stay, whatever is restored.
      await server.sql('DROP DATABASE campaign; DROP USER intern@localhost');
    },
    stop: () => server.stop(),
    start: () => server.start(),
    makeDatabase: (name, rows) => makeDatabase(server, name, rows),
    dropDatabase: async (name) => {
      await server.sql(`DROP DATABASE IF EXISTS ${quoteName(name)}`);
    },
    weak: async () => {
      await server.sql(
        `CREATE OR REPLACE USER weak@localhost IDENTIFIED BY 'weak'; GRANT SELECT ON *.* TO weak@localhost`,
      );
      const missing = [
        'SHOW VIEW',
        'TRIGGER',
        'EVENT',
        'CREATE ROUTINE',
        'DROP',
        'CREATE USER',
        'GRANT OPTION',
        'SET USER',
      ];
      return { access: { ...access, user: 'weak', password: 'weak' }, missing };
    },
    replica: async () => {
      const other = await host('replica');
      const replica = await startMariadb(other, { rootPassword: password });
      await replica.sql(`CHANGE MASTER TO MASTER_HOST = '${box.address}', MASTER_USER = 'x', MASTER_PASSWORD = 'y'`);
      return { machine: await engineMachine(other), access };
    },
  };
}

async function makeDatabase(server: MariadbServer, name: string, rows: number): Promise<() => Promise<string>> {
  const database = quoteName(name);
  await server.sql(`CREATE DATABASE ${database} CHARACTER SET latin1 COLLATE latin1_german1_ci COMMENT 'it''s ö'`);
  if (rows > 0) {
    await server.sql(`CREATE TABLE ${database}.${database} (id INT PRIMARY KEY, ${database} VARCHAR(99)) CHARSET utf8mb4;
      CREATE VIEW ${database}.v AS SELECT ${database} FROM ${database}.${database};
      INSERT INTO ${database}.${database} SELECT seq, CONCAT('ä🙂', seq) FROM ${database}.seq_1_to_${rows}`);
  }
  return async () => {
    const hex = Buffer.from(name).toString('hex');
    const known = await server.sql(
      `SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = CONVERT(X'${hex}' USING utf8mb4)`,
    );
    if (known === '') return 'absent';
    const content =
      rows > 0
        ? `SELECT * FROM ${database}.v; SHOW CREATE VIEW ${database}.v; SHOW CREATE TABLE ${database}.${database};`
        : '';
    return await server.sql(`SHOW CREATE DATABASE ${database}; SHOW FULL TABLES FROM ${database}; ${content}`);
  };
}
