import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { type EnvironmentStore, environmentStore } from '../../../storage-node/catalog/environments.ts';
import { MIGRATIONS } from '../../../storage-node/catalog/migrations.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';

let database: DatabaseSync;
let store: EnvironmentStore;
beforeEach(() => {
  database = openCatalog(':memory:');
  store = environmentStore(database);
});

const record = (name: string) => ({
  ...{ name, region: '', owner: '', displayName: '', engine: 'redis' as const },
  ...{ installed: true, configuration: '{}', createdAt: '2026-01-01T00:00:00.000Z' },
});
const run = (nextRun: string, plannedAt = '2026-01-01T00:00:00.000Z') => {
  const moment = `2026-01-01T${nextRun}:00.000Z`;
  return { nextRun: moment, occurrence: moment, label: `2026-01-01T${nextRun}`, plannedAt };
};
const until = '2026-01-01T12:00:00.000Z';

describe('the planned run of an environment', () => {
  test('stays when its record is written again, and is what was planned last', () => {
    store.save(record('shop'));
    store.plan('shop', run('03:00'));
    store.plan('shop', run('04:00'));
    store.save({ ...record('shop'), configuration: '{"new":true}' });
    expect(store.planned('shop')).toEqual(run('04:00'));
    expect(store.get('shop')).toEqual({ ...record('shop'), configuration: '{"new":true}' });
  });

  test('ends when the add-on is taken off, and none can be planned then', () => {
    store.save(record('shop'));
    store.plan('shop', run('03:00'));
    store.save({ ...record('shop'), installed: false });
    expect(store.planned('shop')).toBeUndefined();
    store.plan('shop', run('03:00'));
    expect(store.due({ until, limit: 9 })).toEqual([]);
  });

  test('is due from its moment on, the longest due first, page by page', () => {
    for (const [name, at] of Object.entries({ a: '11:00', b: '09:00', c: '12:00', d: '12:01', e: '10:00' })) {
      store.save(record(name));
      store.plan(name, run(at));
    }
    const names = (range: { after?: string; limit: number }) => store.due({ until, ...range }).map(({ name }) => name);
    expect(names({ limit: 9 })).toEqual(['b', 'e', 'a', 'c']);
    expect(names({ limit: 2 })).toEqual(['b', 'e']);
    expect(names({ after: '2026-01-01T10:00:00.000Z', limit: 9 })).toEqual(['a', 'c']);
    expect(store.due({ until, limit: 1 })).toEqual([{ name: 'b', configuration: '{}', ...run('09:00') }]);
  });

  test('is found by its index, so that a tick reads nobody who is not due', () => {
    const plan = database
      .prepare(
        "EXPLAIN QUERY PLAN SELECT * FROM environments WHERE next_run > '' AND next_run <= '2' ORDER BY next_run LIMIT 9",
      )
      .all();
    expect(plan[0]?.detail).toContain('USING INDEX environments_by_next_run');
  });

  test('is missing where none was made, or was made by a clock that was ahead', () => {
    for (const name of ['sound', 'missing', 'ahead', 'off']) store.save(record(name));
    store.plan('sound', run('03:00'));
    store.plan('ahead', run('03:00', '2027-01-01T00:00:00.000Z'));
    store.save({ ...record('off'), installed: false });
    const found = store.unplanned('2026-01-02T00:00:00.000Z').map(({ name }) => name);
    expect(found).toEqual(['ahead', 'missing']);
  });
});

test('a catalog of the first version keeps the runs that its configurations held', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbbackup-catalog-'));
  const path = join(folder, 'catalog.sqlite');
  const old = new DatabaseSync(path);
  old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1;`);
  const insert = old.prepare("INSERT INTO environments VALUES (?, '', '', '', 'redis', ?, ?, '2026-01-01T00:00:00Z')");
  insert.run('shop', 1, '{"nextRun":"2026-01-01T03:00:00.000Z"}');
  insert.run('off', 0, '{"nextRun":"2026-01-01T03:00:00.000Z"}');
  insert.run('rebuilt', 0, '');
  old.close();
  const catalog = openCatalog(path);
  const migrated = environmentStore(catalog);
  expect(migrated.planned('shop')).toMatchObject({ nextRun: '2026-01-01T03:00:00.000Z' });
  expect(migrated.due({ until, limit: 9 }).map(({ name }) => name)).toEqual(['shop']);
  catalog.close();
  rmSync(folder, { recursive: true });
});
