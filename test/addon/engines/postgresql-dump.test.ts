import { describe, expect, it } from 'vitest';
import { postgresql } from '../../../addon/engines/postgresql.ts';
import { dumpInto, pumpPlan } from '../../contracts/engine-backup.ts';
import { fleet } from '../../support/fleet.ts';
import { startTrial } from './postgresql-trial.ts';

const { host } = fleet();
const shop = { name: 'shop', kind: 'database', extension: 'pgdump' } as const;

describe('dump of a PostgreSQL database', { timeout: 60_000 }, () => {
  it('asks to be tried again when objects came or went since they were counted, and fits the count otherwise', async () => {
    const trial = await startTrial(await host('dumps'), ['idle_in_transaction_session_timeout = 50ms']);
    await trial.sql('postgres', 'CREATE DATABASE shop');
    await trial.sql('shop', `CREATE TABLE item AS SELECT repeat('x', 1000) FROM generate_series(1, 10000)`);
    expect(await dumpInto(postgresql, trial.server, shop, 'sleep 1; cat >/dev/null')).toMatchObject({
      verdict: 'complete',
      counts: { objects: { tables: 1 }, rows: { 'public.item': 10000 } },
    });
    const planned = await postgresql.dump(trial.server, shop);
    await trial.sql('shop', 'CREATE VIEW v AS SELECT 1');
    const outcome = await pumpPlan(planned, trial.server, 'cat >/dev/null');
    expect(outcome.verdict).toBe('producer-failed');
    expect(outcome.bytes).toBe(0);
    expect(outcome.producer.stderr).toMatch(new RegExp(planned.changed ?? 'nothing', 'i'));
    expect(await dumpInto(postgresql, trial.server, shop, 'cat >/dev/null')).toMatchObject({
      verdict: 'complete',
      counts: { objects: { tables: 1, views: 1 } },
    });
  });

  it('warns of what is not in a backup', async () => {
    const trial = await startTrial(await host('warns'), ['max_prepared_transactions = 2', 'wal_level = logical']);
    await trial.sql(
      'postgres',
      `CREATE DATABASE shop; CREATE DATABASE model IS_TEMPLATE true; CREATE DATABASE closed ALLOW_CONNECTIONS false;
      SELECT pg_create_physical_replication_slot('feed')`,
    );
    await trial.sql(
      'shop',
      `CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
      CREATE SUBSCRIPTION news CONNECTION 'host=none' PUBLICATION news WITH (connect = false);
      BEGIN; CREATE TABLE t (); PREPARE TRANSACTION 'pending'`,
    );
    const { parts, warnings } = await postgresql.probe(trial.server);
    expect(parts.map(({ name }) => name)).toEqual(['shop', 'globals']);
    expect(warnings).toEqual([
      'template databases are not in the backup: "model"',
      'prepared transactions are not in the backup: pending in shop',
      'replication slots are not in the backup: feed',
      'database "closed" accepts no connections and is not backed up',
      expect.stringMatching(/^database "shop": rows behind foreign servers .*: elsewhere$/),
      'database "shop": subscriptions are not restored, make them again by hand: news',
    ]);
  });

  it('fails with the words of pg_dump', async () => {
    const trial = await startTrial(await host('breaks'));
    await trial.sql('postgres', 'CREATE DATABASE shop');
    await trial.sql('shop', 'CREATE TABLE item (n int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$');
    await trial.sql('shop', `UPDATE pg_proc SET prolang = 4242 WHERE proname = 'f'`);
    const outcome = await dumpInto(postgresql, trial.server, shop, 'cat >/dev/null');
    expect(outcome).toMatchObject({ verdict: 'producer-failed' });
    expect(outcome.producer.stderr).toContain('pg_dump: error:');
  });
});
