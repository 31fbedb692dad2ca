import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory, openCatalog } from '../../../storage-node/catalog/open.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dbbackup-catalog-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const pragma = (database: DatabaseSync, name: string) =>
  Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];

describe('the catalog', () => {
  test('is durable at each commit', () => {
    const database = openCatalog(join(folder, 'catalog.sqlite'));
    expect([pragma(database, 'journal_mode'), pragma(database, 'synchronous')]).toEqual(['wal', 2]);
    database.close();
  });

  test('opens again with what it held', () => {
    const path = join(folder, 'catalog.sqlite');
    const first = openCatalog(path);
    const columns = 'name, region, owner, display_name, engine, installed, configuration, created_at';
    first.exec(`INSERT INTO environments (${columns}) VALUES ('shop', 'r', 'o', 'd', 'redis', 1, '{}', 't')`);
    first.close();
    const second = openCatalog(path);
    expect(second.prepare('SELECT name FROM environments').all()).toMatchObject([{ name: 'shop' }]);
    second.close();
  });

  test('of a newer version is refused and left alone', () => {
    const path = join(folder, 'catalog.sqlite');
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 999');
    newer.close();
    expect(() => openCatalog(path)).toThrow(/newer version/);
  });

  test('that is no database is refused, with the way out', () => {
    const path = join(folder, 'catalog.sqlite');
    writeFileSync(path, 'not a database, but long enough to be read as one'.repeat(100));
    expect(() => openCatalog(path)).toThrow(
      expect.objectContaining({ code: 'data-directory', hint: expect.stringContaining('rebuilt') }),
    );
  });
});

describe('the lock of a data directory', () => {
  test('has one holder at a time', () => {
    const path = join(folder, 'lock.sqlite');
    const first = lockDirectory(path, folder);
    expect(() => lockDirectory(path, folder)).toThrow(expect.objectContaining({ code: 'daemon-running' }));
    first[Symbol.dispose]();
    lockDirectory(path, folder)[Symbol.dispose]();
  });
});
