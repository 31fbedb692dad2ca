import { beforeEach, describe, expect, it } from 'vitest';
import { mariadb } from '../../../addon/engines/mariadb.ts';
import { dumpInto, pourFrom, serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { engineMachine } from '../../support/engineMachine.ts';
import { fleet } from '../../support/fleet.ts';
import { type MariadbServer, startMariadb } from '../../support/servers/mariadb.ts';

const { host, shared } = fleet();
const access = { user: 'root', password: 'secret', host: 'localhost', port: 0, nodes: [], options: {} };
const version = { version: '10.3.0-MariaDB' };

describe('a MariaDB server', { timeout: 120_000 }, () => {
  let sql: MariadbServer['sql'];
  let server: ReturnType<typeof serverOf>;
  beforeEach(async () => {
    const database = await shared('sql', async () => startMariadb(await host('sql'), { rootPassword: 'secret' }));
    const machine = await shared('machine', async () => engineMachine(await host('sql')));
    sql = database.sql;
    server = serverOf(machine, access);
    await sql('DROP DATABASE IF EXISTS d; CREATE DATABASE d');
  }, 120_000);
  const sorted = async (text: string) => (await sql(text)).split('\n').sort();
  const only = (name: string) => takeBackup(mariadb, server, (part) => part.name === name);

  it('is warned of tables without transactions, by name', async () => {
    await sql('CREATE TABLE d.old (a INT) ENGINE=MyISAM; CREATE TABLE d.new (a INT)');
    const { warnings } = await mariadb.probe(server);
    expect(warnings).toEqual([expect.stringContaining('table d.old is of MyISAM')]);
  });

  it('is backed up without a view that it cannot read itself, and says so', async () => {
    await sql(
      'CREATE TABLE d.t (a INT); CREATE VIEW d.gone AS SELECT a FROM d.t; CREATE TABLE d.u (a INT); DROP TABLE d.t',
    );
    expect((await mariadb.probe(server)).warnings).toEqual([expect.stringContaining('view d.gone')]);
    const backup = await only('d');
    await mariadb.restore(server, backup.parts, version);
    expect(await sql('SHOW FULL TABLES FROM d')).toBe('u\tBASE TABLE\n');
  });

  it('gets back objects of an account that does not exist, with a warning', async () => {
    await sql(`CREATE TABLE d.t (a INT);
      CREATE DEFINER=ghost@nowhere VIEW d.v AS SELECT 1 AS a;
      CREATE DEFINER=ghost@nowhere TRIGGER d.tr BEFORE INSERT ON d.t FOR EACH ROW SET NEW.a = 1;
      CREATE DEFINER=ghost@nowhere PROCEDURE d.p() SELECT 1;
      CREATE DEFINER=ghost@nowhere EVENT d.e ON SCHEDULE EVERY 1 DAY DO SELECT 1`);
    const backup = await only('d');
    const report = await mariadb.restore(server, backup.parts, version);
    expect([...report.warnings].sort()).toEqual(
      ['event d.e', 'routine d.p', 'trigger d.tr', 'view d.v'].map(
        (what) => `${what} belongs to ghost@nowhere, an account that does not exist here`,
      ),
    );
  });

  it('gets back databases whose views look into each other, on an empty server', async () => {
    await sql(`CREATE DATABASE a; CREATE TABLE a.t (x INT); CREATE TABLE d.t (y INT); INSERT INTO d.t VALUES (7);
      CREATE VIEW a.v AS SELECT y FROM d.t; CREATE VIEW d.v AS SELECT x FROM a.t; CREATE VIEW d.w AS SELECT y FROM a.v`);
    const backup = await takeBackup(mariadb, server, (part) => part.kind === 'database');
    await sql('DROP DATABASE a; DROP DATABASE d');
    const report = await mariadb.restore(server, backup.parts, version);
    expect(report.restored).toEqual(['a', 'd']);
    expect(await sql('SELECT * FROM d.w; SHOW TABLES FROM a')).toBe('7\nt\nv\n');
    await sql('DROP DATABASE a');
    const alone = backup.parts.filter((part) => part.name === 'd');
    await expect(mariadb.restore(server, alone, version)).rejects.toMatchObject({ code: 'restore-failed' });
  });

  it('repeats no data in what it says of a failure', async () => {
    await sql(`CREATE TABLE d.t (a TEXT); INSERT INTO d.t VALUES ('a private matter')`);
    const [part] = (await only('d')).parts;
    const spoilt = { argv: ['sed', 's/INSERT INTO `t`/INSERT INTO `elsewhere`/', part?.file ?? ''] };
    const bytes = (part?.bytes ?? 0) + 'elsewhere'.length - 't'.length;
    const stored = { ...part, name: 'd', kind: 'database', extension: 'sql', counts: null, bytes } as const;
    const parts = [{ ...stored, pourInto: pourFrom(server, stored, spoilt.argv) }];
    const error = await mariadb.restore(server, parts, version).catch((thrown: Error) => thrown);
    expect(String(error)).toContain('elsewhere');
    expect(String(error)).not.toContain('private');
  });

  it('keeps comments in routines, and who may run them when only the database is restored', async () => {
    await sql(`CREATE PROCEDURE d.p() /* why */ SELECT /* what */ 1; CREATE OR REPLACE USER runner@localhost;
      GRANT EXECUTE ON PROCEDURE d.p TO runner@localhost`);
    const before = await sql('SHOW CREATE PROCEDURE d.p; SHOW GRANTS FOR runner@localhost');
    const backup = await only('d');
    await mariadb.restore(server, backup.parts, version);
    expect(await sql('SHOW CREATE PROCEDURE d.p; SHOW GRANTS FOR runner@localhost')).toBe(before);
    expect(before).toContain('/* what */');
  });

  it('takes from accounts what they were granted later, and leaves root and unknown ones alone', async () => {
    await sql(`CREATE OR REPLACE USER clerk@'%' IDENTIFIED BY 'old'; CREATE OR REPLACE ROLE staff; GRANT staff TO clerk@'%';
      GRANT SELECT ON d.* TO staff; SET DEFAULT ROLE staff FOR clerk@'%'`);
    const facts = `SHOW CREATE USER clerk@'%'; SHOW GRANTS FOR clerk@'%'; SHOW GRANTS FOR staff; SHOW GRANTS FOR root@localhost;`;
    const before = await sql(facts);
    const backup = await only('globals');
    await sql(`ALTER USER clerk@'%' IDENTIFIED BY 'new' ACCOUNT LOCK; GRANT ALL ON *.* TO clerk@'%'; CREATE OR REPLACE ROLE spies;
      GRANT spies TO clerk@'%'; SET DEFAULT ROLE NONE FOR clerk@'%'; GRANT DROP ON d.* TO staff; REVOKE ADMIN OPTION FOR staff FROM root@localhost;
      CREATE OR REPLACE USER later@localhost IDENTIFIED BY 'x'`);
    const root = await sorted(
      'SHOW GRANTS FOR root@localhost; SHOW CREATE USER root@localhost; SHOW CREATE USER later@localhost',
    );
    const { warnings } = await mariadb.restore(server, backup.parts, version);
    const sections = (text: string) => text.split('\n').filter((line) => !line.includes('root'));
    expect(sections(await sql(facts))).toEqual(sections(before));
    expect(
      await sorted('SHOW GRANTS FOR root@localhost; SHOW CREATE USER root@localhost; SHOW CREATE USER later@localhost'),
    ).toEqual(root);
    expect(warnings.join()).toContain('account `later`@`localhost` is not in the backup and was left as it is');
    await sql(`DROP ROLE spies; DROP ROLE staff; DROP USER clerk@'%'; DROP USER later@localhost`);
  });

  it('restores accounts that were dropped, with roles, and gives the one who restores none of them', async () => {
    await sql(
      `CREATE OR REPLACE ROLE r WITH ADMIN root@localhost; CREATE OR REPLACE USER u IDENTIFIED BY 'x'; GRANT r TO u WITH ADMIN OPTION; REVOKE r FROM root@localhost`,
    );
    const facts = 'SHOW GRANTS FOR u; SHOW GRANTS FOR r; SHOW GRANTS FOR root@localhost';
    const before = await sorted(facts);
    const backup = await only('globals');
    await sql('DROP USER u; DROP ROLE r');
    await mariadb.restore(server, backup.parts, version);
    expect(await sorted(facts)).toEqual(before);
    await sql('DROP USER u; DROP ROLE r');
  });

  it('refuses a backup of a newer version before it changes anything', async () => {
    await sql('CREATE TABLE d.t (a INT)');
    const backup = await only('d');
    await sql('DROP TABLE d.t');
    await expect(mariadb.restore(server, backup.parts, { version: '99.1.0-MariaDB' })).rejects.toMatchObject({
      code: 'version-refused',
    });
    expect(await sql('SHOW TABLES FROM d')).toBe('');
  });

  it('does not count a dump as complete when a table changes under it, and says that it changed', async () => {
    await sql(
      `CREATE TABLE d.a (body TEXT); INSERT INTO d.a SELECT REPEAT('x', 1000) FROM seq_1_to_8000; CREATE TABLE d.b (a INT); INSERT INTO d.b VALUES (1)`,
      { database: 'd' },
    );
    const box = await host('sql');
    await box.sh('rm -f /tmp/go');
    const part = { name: 'd', kind: 'database', extension: 'sql' } as const;
    const plan = await mariadb.dump(server, part);
    const dumping = dumpInto(mariadb, server, part, 'while [ ! -e /tmp/go ]; do sleep 0.05; done; cat >/dev/null');
    // The dump waits in the first table, for nobody takes what it writes.
    await box.sh('until pgrep -x mariadb-dump >/dev/null; do sleep 0.05; done; sleep 1');
    await sql('ALTER TABLE d.b ADD COLUMN later INT, ALGORITHM=COPY');
    await box.sh('touch /tmp/go');
    const outcome = await dumping;
    expect(outcome.verdict).toBe('producer-failed');
    expect(outcome.producer.stderr).toMatch(new RegExp(plan.changed ?? 'no pattern', 'i'));
  });

  it('counts an account’s roles as its privileges', async () => {
    await sql(`CREATE OR REPLACE ROLE keepers; GRANT ALL ON *.* TO keepers WITH GRANT OPTION; CREATE OR REPLACE USER keeper@localhost IDENTIFIED BY 'k';
      GRANT keepers TO keeper@localhost; SET DEFAULT ROLE keepers FOR keeper@localhost`);
    const keeper = { ...server, access: { ...access, user: 'keeper', password: 'k' } };
    expect((await mariadb.probe(keeper)).parts.map(({ name }) => name)).toEqual(['d', 'globals']);
    await sql('SET DEFAULT ROLE NONE FOR keeper@localhost');
    await expect(mariadb.probe(keeper)).rejects.toMatchObject({ code: 'privileges-missing' });
    await sql('DROP ROLE keepers; DROP USER keeper@localhost');
  });

  it('is reached over TCP when it has an address', async () => {
    await sql(
      `CREATE OR REPLACE USER far@'127.0.0.1' IDENTIFIED BY 'far'; GRANT ALL ON *.* TO far@'127.0.0.1' WITH GRANT OPTION`,
    );
    const far = { ...server, access: { ...access, user: 'far', password: 'far', host: '127.0.0.1', port: 3306 } };
    await mariadb.probe(far);
    await expect(mariadb.probe({ ...far, access: { ...far.access, port: 3307 } })).rejects.toMatchObject({
      code: 'database-unreachable',
    });
    await sql(`DROP USER far@'127.0.0.1'`);
  });
});
