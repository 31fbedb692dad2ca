import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { postgresql } from '../../../addon/engines/postgresql.ts';
import type { Machine } from '../../../addon/machines/machine.ts';
import { pourFrom, serverOf } from '../../contracts/engine-backup.ts';
import { fleet } from '../../support/fleet.ts';
import { altered, cutAt, type PostgresTrial, startTrial, withoutGlobals } from './postgresql-trial.ts';

const { host } = fleet();

describe('restore of PostgreSQL databases', { timeout: 120_000 }, () => {
  let trial: PostgresTrial;
  const rows = (database = 'shop') => trial.sql(database, 'SELECT count(*), coalesce(sum(n), 0) FROM item');

  beforeAll(async () => {
    trial = await startTrial(await host('restores'), ['max_prepared_transactions = 5', 'wal_level = logical']);
    await trial.sql('postgres', 'CREATE ROLE keeper LOGIN');
  }, 60_000);

  beforeEach(async () => {
    await trial.sql('postgres', 'DROP DATABASE IF EXISTS shop WITH (FORCE)');
    await trial.sql('postgres', 'CREATE DATABASE shop OWNER keeper');
    await trial.sql(
      'shop',
      `CREATE TABLE item (n int PRIMARY KEY, t text); INSERT INTO item SELECT i, repeat('x', 100) FROM generate_series(1, 5000) i;
      CREATE TABLE second AS SELECT * FROM item; CREATE VIEW v AS SELECT * FROM item; CREATE EXTENSION pg_trgm;
      SELECT lo_from_bytea(4711, 'large')`,
    );
  });

  it('ends live sessions for the swap and merges nothing of what they write', async () => {
    const backup = await trial.backup('shop');
    const writers = [0, 1, 2].map((writer) =>
      trial.host.spawn(
        [
          'sh',
          '-c',
          `n=$((1000000 * (1 + ${writer}))); while :; do n=$((n + 1)); psql -qXc "INSERT INTO item VALUES ($n)" shop; done`,
        ],
        { user: 'postgres' },
      ),
    );
    const pids = (await Promise.all(writers)).map(({ pid }) => pid);
    await trial.host.spawn(['psql', '-Xc', 'BEGIN; UPDATE second SET t = $$y$$; SELECT pg_sleep(600)', 'shop'], {
      user: 'postgres',
    });
    try {
      await expect.poll(async () => Number((await rows()).split('|')[0])).toBeGreaterThan(5000);
      await trial.restore(backup);
    } finally {
      await trial.host.run(['kill', '-KILL', '--', ...pids.map((pid) => `-${pid}`)]);
    }
    await trial.sql('shop', 'DELETE FROM item WHERE n > 1000000');
    expect(await rows()).toBe('5000|12502500');
    expect(await trial.sql('shop', `SELECT count(*) FROM pg_stats WHERE schemaname = 'public'`)).toBe('4');
    expect(await trial.databases()).toEqual(['shop']);
  });

  it('leaves the old database whole and in use wherever the stream is cut', async () => {
    const backup = await trial.backup('shop');
    const { bytes } = backup.parts.find(({ name }) => name === 'shop') as { bytes: number };
    await trial.sql('shop', `INSERT INTO item VALUES (6000, 'later')`);
    const cuts = [1, 5, 100, 1000, 5000, 20_000, bytes / 3, bytes / 2, bytes - 1000, bytes - 6, bytes - 5, bytes - 1];
    for (const cut of cuts.map(Math.floor)) {
      const stored = altered(backup, 'shop', (part) => cutAt(trial.server, part, cut));
      await expect(trial.restore(stored), `cut at ${cut} of ${bytes}`).rejects.toMatchObject({
        code: 'restore-failed',
      });
    }
    expect(await rows()).toBe('5001|12508500');
    expect(await trial.databases()).toEqual(['shop']);
    await trial.restore(backup);
    expect(await rows()).toBe('5000|12502500');
  });

  it('refuses what lacks objects, and tells of rows that differ', async () => {
    const backup = await trial.backup('shop');
    await trial.sql('shop', `INSERT INTO item VALUES (6000, 'later')`);
    const more = altered(backup, 'shop', ({ counts }) => ({
      counts: { objects: { ...counts?.objects, views: 2 }, rows: { ...counts?.rows } },
    }));
    await expect(trial.restore(more)).rejects.toMatchObject({
      code: 'restore-mismatch',
      message: expect.stringContaining('1 of 2 views'),
    });
    expect(await rows()).toBe('5001|12508500');
    const fewer = altered(backup, 'shop', ({ counts }) => ({
      counts: { objects: { ...counts?.objects }, rows: { ...counts?.rows, 'public.item': 4990 } },
    }));
    const { warnings } = await trial.restore(fewer);
    expect(warnings).toContain('database "shop": 5000 rows in public.item, 4990 were recorded when the dump began');
    expect(await rows()).toBe('5000|12502500');
  });

  it('leaves the old or the new database when the server dies between the two renames, and tidies up', async () => {
    const backup = await trial.backup('shop');
    await trial.sql('shop', `INSERT INTO item VALUES (6000, 'later')`);
    await expect(trial.restore(backup, dying(trial))).rejects.toMatchObject({ code: 'database-unreachable' });
    await trial.postgres.start();
    expect(await trial.databases()).toEqual([expect.stringMatching(/^dbbackup_restore_[0-9a-f]{12}$/), 'shop']);
    await expect(rows()).rejects.toThrow('not currently accepting connections');
    const done = await postgresql.tidy(trial.server);
    expect(done).toEqual([
      expect.stringContaining('opened database shop'),
      expect.stringContaining('dropped dbbackup'),
    ]);
    expect(await rows()).toBe('5001|12508500');
    expect(await trial.databases()).toEqual(['shop']);
    expect(await postgresql.tidy(trial.server)).toEqual([]);
  });

  it('opens the old database again when the swap fails', async () => {
    const backup = await trial.backup('shop');
    await trial.sql('shop', `INSERT INTO item VALUES (6000, 'later')`);
    const machine: Machine = {
      ...trial.machine,
      run: (command, limits) => {
        const input = command.input?.replace(/(ALTER DATABASE "shop" RENAME TO .*;\n)/, '$1SELECT 1/0;\n') ?? '';
        return trial.machine.run({ ...command, input }, limits);
      },
    };
    await expect(trial.restore(backup, serverOf(machine, trial.access))).rejects.toMatchObject({
      code: 'restore-failed',
      message: expect.stringMatching(/could not be swapped in: .*division by zero.* \(already restored: globals\)/),
    });
    expect(await rows()).toBe('5001|12508500');
    expect(await trial.databases()).toEqual(['shop']);
  });

  it('gives a database its name back that was renamed away, and drops no database of others', async () => {
    await trial.sql(
      'postgres',
      `ALTER DATABASE shop ALLOW_CONNECTIONS false; ALTER DATABASE shop RENAME TO dbbackup_aside_0123456789ab;
      COMMENT ON DATABASE dbbackup_aside_0123456789ab IS '{"dbbackup":"aside","database":"shop"}';
      CREATE DATABASE dbbackup_restore_0123456789ab; CREATE DATABASE dbbackup_restore_mine; CREATE DATABASE dbbackup;
      COMMENT ON DATABASE dbbackup IS '{"dbbackup":"loading","database":"shop"}'`,
    );
    await postgresql.tidy(trial.server);
    expect(await trial.databases()).toEqual(['dbbackup', 'dbbackup_restore_mine', 'shop']);
    expect(await rows()).toMatch(/^500/);
    await trial.sql(
      'postgres',
      `CREATE DATABASE dbbackup_aside_0123456789ab ALLOW_CONNECTIONS false;
      COMMENT ON DATABASE dbbackup_aside_0123456789ab IS '{"dbbackup":"aside","database":"shop"}'`,
    );
    await postgresql.tidy(trial.server);
    expect(await trial.databases()).toEqual(['dbbackup', 'dbbackup_restore_mine', 'shop']);
    await trial.sql('postgres', 'DROP DATABASE dbbackup; DROP DATABASE dbbackup_restore_mine');
  });

  it('refuses before anything is touched: a newer source, a missing extension, too little space, whatever holds the old database', async () => {
    const backup = await trial.backup('shop');
    await trial.sql('postgres', 'COMMENT ON ROLE keeper IS $$later$$');
    await expect(postgresql.restore(trial.server, backup.parts, { version: '16.1' })).rejects.toMatchObject({
      code: 'version-refused',
    });
    await expect(postgresql.restore(trial.server, backup.parts, { version: '' })).rejects.toMatchObject({
      code: 'version-refused',
    });
    const elsewhere = altered(backup, 'globals', (part) => ({
      pourInto: pourFrom(trial.server, part, ['sed', 's/pg_trgm/postgix/', part.file]),
    }));
    await expect(trial.restore(elsewhere)).rejects.toMatchObject({
      code: 'restore-failed',
      message: expect.stringContaining('postgix'),
    });
    await expect(trial.restore(altered(backup, 'shop', () => ({ bytes: 1e15 })))).rejects.toMatchObject({
      code: 'node-space',
      message: expect.stringMatching(/needs about 2000000000 MB, restores has \d+ MB free/),
    });
    await trial.sql('shop', `BEGIN; INSERT INTO item VALUES (7000); PREPARE TRANSACTION 'pending'`);
    await expect(trial.restore(backup)).rejects.toMatchObject({
      message: expect.stringContaining('prepared transaction pending in shop'),
    });
    await trial.sql('shop', `ROLLBACK PREPARED 'pending'`);
    await trial.sql('shop', `SELECT pg_create_logical_replication_slot('feed', 'pgoutput')`);
    await expect(trial.restore(backup)).rejects.toMatchObject({
      message: expect.stringContaining('replication slot feed in shop'),
    });
    await trial.sql('shop', `SELECT pg_drop_replication_slot('feed')`);
    expect(await trial.sql('postgres', `SELECT shobj_description('keeper'::regrole, 'pg_authid')`)).toBe('later');
  });

  it('makes a lost database anew from its own part, with encoding, locale and owner, when the globals are left out', async () => {
    await trial.sql(
      'postgres',
      `CREATE DATABASE "Old ""Latin""" OWNER keeper TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    await trial.sql(
      'Old "Latin"',
      `SET client_encoding = 'UTF8'; CREATE TABLE item AS SELECT 1 AS n, 'Düsseldorf' AS t`,
    );
    const backup = withoutGlobals(await trial.backup('Old "Latin"'));
    await trial.sql('postgres', 'DROP DATABASE "Old ""Latin"""');
    const { warnings, restored } = await trial.restore(backup);
    expect(restored).toEqual(['Old "Latin"']);
    expect(warnings).toEqual([expect.stringContaining('settings, grants and comment are in the globals only')]);
    const facts = `SELECT pg_encoding_to_char(encoding), datcollate, pg_get_userbyid(datdba) FROM pg_database WHERE datname LIKE 'Old%'`;
    expect(await trial.sql('postgres', facts)).toBe('LATIN1|C|keeper');
    expect(await trial.sql('Old "Latin"', `SET client_encoding = 'UTF8'; SELECT t FROM item`)).toBe('Düsseldorf');
    await trial.sql('postgres', 'DROP DATABASE "Old ""Latin"""');
  });

  it('brings back an ICU locale, with the globals and without them', async () => {
    await trial.sql(
      'postgres',
      `CREATE DATABASE sorted TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE-u-kn-true'`,
    );
    const facts = `SELECT datlocprovider, daticulocale, datcollate, datctype FROM pg_database WHERE datname = 'sorted'`;
    const before = await trial.sql('postgres', facts);
    const backup = await trial.backup('sorted');
    for (const chosen of [backup, withoutGlobals(backup)]) {
      await trial.sql('postgres', 'DROP DATABASE sorted');
      await trial.restore(chosen);
      expect(await trial.sql('postgres', facts)).toBe(before);
    }
    await trial.sql('postgres', 'DROP DATABASE sorted');
  });

  it('does without a tablespace that is gone, and says so', async () => {
    await trial.host.sh('install -d -o postgres /var/fast');
    await trial.sql('postgres', `CREATE TABLESPACE fast LOCATION '/var/fast'`);
    await trial.sql('shop', 'CREATE TABLE quick TABLESPACE fast AS SELECT 1 AS n');
    const place = `SELECT reltablespace <> 0 FROM pg_class WHERE relname = 'quick'`;
    const backup = await trial.backup('shop');
    expect((await trial.restore(backup)).warnings).toEqual([]);
    expect(await trial.sql('shop', place)).toBe('t');
    await trial.sql('shop', 'DROP TABLE quick');
    await trial.sql('postgres', 'DROP TABLESPACE fast');
    const { warnings } = await trial.restore(backup);
    expect(warnings).toEqual([expect.stringMatching(/^database "shop": tablespaces that do not exist here .*: fast$/)]);
    expect(await trial.sql('shop', place)).toBe('f');
  });

  it('keeps settings, limit and grants of a database that is there, when the globals are left out', async () => {
    await trial.sql(
      'postgres',
      `ALTER DATABASE shop CONNECTION LIMIT 7; ALTER DATABASE shop SET default_transaction_read_only = on;
      REVOKE CONNECT ON DATABASE shop FROM PUBLIC; COMMENT ON DATABASE shop IS 'the shop''s'`,
    );
    const facts = `SELECT datconnlimit, datacl, shobj_description(oid, 'pg_database'), (SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = d.oid)
      FROM pg_database d WHERE datname = 'shop'`;
    const before = await trial.sql('postgres', facts);
    const backup = await trial.backup('shop');
    await trial.restore(withoutGlobals(backup));
    expect(await trial.sql('postgres', facts)).toBe(before);
    await trial.sql('postgres', 'DROP DATABASE shop');
    await trial.restore(backup);
    expect(await trial.sql('postgres', facts)).toBe(before);
    expect(await rows()).toBe('5000|12502500');
    await trial.sql('postgres', 'ALTER DATABASE shop RESET ALL');
  });

  it('backs up and restores the database postgres only when somebody put something there', async () => {
    expect((await trial.backup()).parts.map(({ name }) => name).sort()).toEqual(['globals', 'shop']);
    await trial.sql('postgres', 'CREATE TABLE item AS SELECT 42 AS n');
    const backup = await trial.backup();
    expect(backup.parts.map(({ name }) => name).sort()).toEqual(['globals', 'postgres', 'shop']);
    await trial.sql('postgres', 'DROP TABLE item; CREATE TABLE other (n int)');
    await trial.restore(backup);
    expect(await rows('postgres')).toBe('1|42');
    expect(await trial.sql('postgres', `SELECT to_regclass('other') IS NULL`)).toBe('t');
    await trial.sql('postgres', 'DROP TABLE item');
  });
});

/** A server that is killed as soon as the first of the two renames is done. */
function dying(trial: PostgresTrial) {
  const machine: Machine = {
    ...trial.machine,
    run: async (command, limits) => {
      if (!command.input?.includes('RENAME TO')) return await trial.machine.run(command, limits);
      const input = command.input.replace(/(ALTER DATABASE "shop" RENAME TO .*;\n)/, '$1SELECT pg_sleep(600);\n');
      if (input === command.input) throw new Error('there was no rename to stop after');
      const swapping = trial.machine.run({ ...command, input }, limits);
      const asleep = `SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active' AND application_name = 'dbbackup'`;
      await expect.poll(() => trial.sql('postgres', asleep), { timeout: 20_000 }).toBe('1');
      await trial.postgres.kill();
      return await swapping;
    },
  };
  return serverOf(machine, trial.access);
}
