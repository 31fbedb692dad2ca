import { beforeAll, describe, expect, it } from 'vitest';
import { postgresql } from '../../../addon/engines/postgresql.ts';
import { serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { fleet } from '../../support/fleet.ts';
import { altered, cutAt, type PostgresTrial, startTrial } from './postgresql-trial.ts';

const { host } = fleet();

const ROLES = `SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit,
    rolpassword, rolvaliduntil, shobj_description(oid, 'pg_authid'),
    (SELECT array_agg(setconfig::text) FROM pg_db_role_setting WHERE setrole = a.oid),
    (SELECT array_agg(pg_get_userbyid(roleid) || admin_option ORDER BY pg_get_userbyid(roleid)) FROM pg_auth_members WHERE member = a.oid)
  FROM pg_authid a WHERE rolname !~ '^pg_'`;

describe('restore of PostgreSQL roles', { timeout: 120_000 }, () => {
  let trial: PostgresTrial;
  const roles = (where = 'true') => trial.sql('postgres', `${ROLES} AND ${where} ORDER BY rolname`);

  beforeAll(async () => {
    trial = await startTrial(await host('roles'));
    await trial.sql(
      'postgres',
      `CREATE ROLE postgres_exporter LOGIN PASSWORD 'one' IN ROLE pg_monitor; CREATE ROLE web LOGIN PASSWORD 'two';
      CREATE ROLE webapp LOGIN PASSWORD 'three' CONNECTION LIMIT 9 VALID UNTIL '2031-01-02 03:04:05+00'; CREATE ROLE "Odd 'one' $x$ \\ ""é""
line" NOINHERIT;
      CREATE ROLE webadmin SUPERUSER LOGIN PASSWORD 'platform'; CREATE ROLE team; GRANT team TO webapp, webadmin; GRANT web TO team WITH ADMIN OPTION;
      CREATE ROLE elder PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
      COMMENT ON ROLE webapp IS 'it''s $dbbackup$ here'; ALTER ROLE webapp SET search_path = "A ""b""", public, 'c, d';
      ALTER ROLE webapp SET my.setting = 'it''s'; ALTER ROLE webapp SET work_mem = '5MB'; GRANT SET ON PARAMETER log_statement TO team`,
    );
  }, 60_000);

  it('makes lost roles anew with their passwords, also those whose names begin like a platform role', async () => {
    const before = await roles();
    const backup = await trial.backup('none');
    await trial.sql(
      'postgres',
      `REVOKE SET ON PARAMETER log_statement FROM team; DROP ROLE postgres_exporter, web, webapp, team, elder, "Odd 'one' $x$ \\ ""é""
line"`,
    );
    expect(await trial.restore(backup)).toEqual({ restored: ['globals'], warnings: [] });
    expect(await roles()).toBe(before);
    expect(await trial.sql('postgres', `SELECT has_parameter_privilege('team', 'log_statement', 'SET')`)).toBe('t');
  });

  it('brings altered roles back, adds nothing and takes no role away', async () => {
    const before = await roles();
    const backup = await trial.backup('none');
    await trial.sql(
      'postgres',
      `ALTER ROLE webapp SUPERUSER CREATEDB PASSWORD 'changed' CONNECTION LIMIT -1 VALID UNTIL 'infinity'; ALTER ROLE web PASSWORD NULL;
      ALTER ROLE webapp SET jit = off; ALTER ROLE webapp RESET search_path; REVOKE team FROM webapp; GRANT postgres TO web;
      REVOKE ADMIN OPTION FOR web FROM team; COMMENT ON ROLE webapp IS NULL; CREATE ROLE later LOGIN`,
    );
    await trial.restore(backup);
    expect(await roles(`rolname <> 'later'`)).toBe(before);
    expect(await roles(`rolname = 'later'`)).not.toBe('');
    await trial.sql('postgres', 'DROP ROLE later');
  });

  it('leaves the roles of the platform, and the one it works as, as they are now', async () => {
    await trial.sql('postgres', `CREATE ROLE worker SUPERUSER LOGIN PASSWORD 'old'`);
    const backup = await trial.backup('none');
    await trial.sql(
      'postgres',
      `ALTER ROLE webadmin PASSWORD 'rotated' CONNECTION LIMIT 50; ALTER ROLE postgres SET work_mem = '7MB'; ALTER ROLE worker PASSWORD 'new'`,
    );
    const platform = `rolname IN ('postgres', 'webadmin', 'worker')`;
    const now = await roles(platform);
    const worker = serverOf(trial.machine, { ...trial.access, user: 'worker', password: 'new' });
    await trial.restore(backup, worker);
    expect(await roles(platform)).toBe(now);
    await trial.sql('postgres', 'DROP ROLE worker');
  });

  it('restores the roles all or none', async () => {
    const backup = await trial.backup('none');
    await trial.sql('postgres', `ALTER ROLE web PASSWORD 'changed'`);
    const changed = await roles();
    const { bytes = 0 } = backup.parts[0] ?? {};
    for (const cut of [100, 3000, bytes - 30, bytes - 2]) {
      const broken = altered(backup, 'globals', (part) => cutAt(trial.server, part, cut));
      await expect(trial.restore(broken), `cut at ${cut}`).rejects.toMatchObject({ code: 'restore-failed' });
    }
    expect(await roles()).toBe(changed);
    await trial.restore(backup);
  });

  it('writes globals that psql alone restores, twice too', async () => {
    const before = await roles();
    const [globals] = (await trial.backup('none')).parts;
    await trial.sql('postgres', 'DROP ROLE postgres_exporter, webapp; ALTER ROLE elder LOGIN');
    const script = await trial.host.readFile(globals?.file ?? '');
    await trial.sql('postgres', script);
    await trial.sql('postgres', script);
    expect(await roles()).toBe(before);
  });

  it('keeps password hashes out of the server’s log', async () => {
    await trial.sql('postgres', `ALTER SYSTEM SET log_statement = 'all'; SELECT pg_reload_conf()`);
    const backup = await trial.backup('none');
    await trial.restore(backup);
    await trial.sql('postgres', `ALTER SYSTEM RESET log_statement; SELECT pg_reload_conf()`);
    const log = await trial.host.readFile(`/var/log/postgresql/postgresql-${trial.postgres.version}-main.log`);
    expect(log).toContain('pg_auth_members');
    expect(log).not.toContain('SCRAM-SHA-256$');
  });

  it('backs up as an account that is no superuser, says what that leaves out, and names what it lacks', async () => {
    await trial.sql(
      'postgres',
      `CREATE ROLE saver LOGIN CREATEDB CREATEROLE PASSWORD 'saver' IN ROLE pg_read_all_data; CREATE DATABASE guarded OWNER web`,
    );
    await trial.sql(
      'guarded',
      `CREATE TABLE secret AS SELECT 1 AS n; ALTER TABLE secret ENABLE ROW LEVEL SECURITY; ALTER TABLE secret FORCE ROW LEVEL SECURITY`,
    );
    const saver = serverOf(trial.machine, { ...trial.access, user: 'saver', password: 'saver' });
    await expect(postgresql.probe(saver)).rejects.toMatchObject({
      code: 'privileges-missing',
      message: 'user saver lacks: pg_signal_backend',
    });
    await trial.sql('postgres', 'GRANT pg_signal_backend TO saver');
    await expect(postgresql.probe(saver)).rejects.toMatchObject({
      message: expect.stringContaining('lacks BYPASSRLS'),
    });
    await trial.sql('postgres', 'ALTER ROLE saver BYPASSRLS');
    const backup = await takeBackup(postgresql, saver);
    expect(backup.warnings).toEqual([expect.stringContaining('passwords of roles are not in the backup')]);
    const hashes = `SELECT rolpassword FROM pg_authid WHERE rolname = 'web'`;
    const before = await trial.sql('postgres', hashes);
    await trial.sql('postgres', 'DROP DATABASE guarded');
    const { warnings } = await trial.restore(backup);
    expect(warnings).toEqual([expect.stringContaining('holds no passwords of roles')]);
    expect(await trial.sql('postgres', hashes)).toBe(before);
    expect(
      await trial.sql('guarded', `SELECT n, relforcerowsecurity FROM secret, pg_class WHERE relname = 'secret'`),
    ).toBe('1|t');
  });
});
