import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backUp, openStorage, type Storage } from '../kit/storage.ts';

let storage: Storage;
const environment = 'shop';
const signal = () => AbortSignal.timeout(60_000);
const noise = (seed: number) => Array.from({ length: 40_000 }, (_, index) => Math.sin(index * seed)).join();
const packs = () => {
  const folder = join(storage.folder(environment), 'data');
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.includes('/'))
    .map((name) => join(folder, name));
};

/** Makes one more backup and answers the pack that holds its data. */
async function packOfAnother(id: string): Promise<string> {
  const before = new Set(packs());
  await backUp(storage, { environment, id, parts: { a: noise(2) } });
  const added = packs().filter((path) => !before.has(path));
  return added.sort((a, b) => statSync(b).size - statSync(a).size)[0] ?? expect.fail();
}

beforeEach(async () => {
  storage = await openStorage(environment);
  await backUp(storage, { environment, id: 'whole', parts: { a: noise(1) } });
});
afterEach(() => storage[Symbol.asyncDispose]());

describe('a check', () => {
  test('finds nothing in a whole repository', async () => {
    const report = await storage.node.check(environment, { readData: true }, signal());
    expect(report).toEqual({ ok: true, problems: [], damagedBackups: [] });
  });

  test('finds a flipped byte when it reads the data, and the backups it concerns', async () => {
    const path = await packOfAnother('hurt');
    const bytes = readFileSync(path);
    bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
    rmSync(path);
    writeFileSync(path, bytes);
    const report = await storage.node.check(environment, { readData: true }, signal());
    expect(report).toMatchObject({ ok: false, damagedBackups: ['hurt'] });
    expect(report.problems.join()).toMatch(/pack id does not match/i);
  });

  test('finds a missing pack without reading the data', async () => {
    rmSync(await packOfAnother('hurt'));
    const report = await storage.node.check(environment, { readData: false }, signal());
    expect(report).toMatchObject({ ok: false, damagedBackups: ['hurt'] });
  });
});
