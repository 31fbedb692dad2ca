import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Manifest, Part } from '../../../storage-node/base/words.ts';
import { backUp, openStorage, readPart, resticAt, type Storage, writeParts } from '../kit/storage.ts';

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage('shop');
});
afterAll(() => storage[Symbol.asyncDispose]());
const environment = 'shop';
const unverified = (message: RegExp) => ({ code: 'backup-unverified', message: expect.stringMatching(message) });
const altered = (manifest: Manifest, change: Partial<Part>): Manifest => ({
  ...manifest,
  parts: manifest.parts.map((part, index) => (index === 0 ? { ...part, ...change } : part)),
});

describe('a backup', () => {
  test('is listed with its parts once it is kept, and reads back byte for byte', async () => {
    const parts = { 'a,b=c %"\n': 'one\0\xff', manifest: 'two'.repeat(1e5), '-dash': 'three' };
    const backup = await backUp(storage, { environment, id: '20261121T100000Z-000001', parts });
    expect(storage.node.backups.get(backup.id)).toEqual(backup);
    expect(storage.node.backups.list({ environment })[0]).toEqual(backup);
    expect(backup.parts.map(({ name, bytes }) => [name, bytes])).toEqual(
      Object.entries(parts).map(([name, text]) => [name, Buffer.byteLength(text)]),
    );
    for (const part of backup.parts) {
      expect(part.snapshot).toMatch(/^[0-9a-f]{64}$/);
      expect(await readPart(storage, backup, part)).toBe(
        Object.entries(parts).find(([name]) => name === part.name)?.[1],
      );
    }
  });

  test('says what the repository really grew by, compression and what was known counted', async () => {
    const parts = { big: 'the same line\n'.repeat(100_000), small: 'x' };
    const first = await backUp(storage, { environment, id: '20261121T100000Z-000002', parts });
    expect(first.bytes).toBe(1_400_001);
    expect(first.storedBytes).toBeGreaterThan(500);
    expect(first.storedBytes).toBeLessThan(50_000);
    const again = await backUp(storage, { environment, id: '20261121T100000Z-000003', parts });
    expect(again.storedBytes).toBeLessThan(first.storedBytes);
  });

  test('opens with plain restic and the exported key', async () => {
    const id = '20261121T100000Z-000004';
    const backup = await backUp(storage, { environment, id, parts: { shop: 'dump' } });
    const dump = await resticAt(storage, environment, 'dump', backup.parts[0]?.snapshot ?? '', '/0.sql');
    expect(dump).toMatchObject({ exitCode: 0, stdout: 'dump' });
    const manifest = await resticAt(storage, environment, 'dump', backup.snapshot, '/manifest.json');
    expect(JSON.parse(manifest.stdout)).toMatchObject({ id, parts: [{ name: 'shop', bytes: 4 }] });
  });
});

describe('a backup is refused, and not listed, when', () => {
  let manifest: Manifest;
  let number = 10;
  const refusal = async (told: Manifest, message: RegExp) => {
    await expect(storage.node.keep(told)).rejects.toMatchObject(unverified(message));
    expect(storage.node.backups.get(told.id)).toBeUndefined();
    const { stdout } = await resticAt(
      storage,
      environment,
      'snapshots',
      '--json',
      '--tag',
      `backup=${told.id},part=manifest`,
    );
    expect(JSON.parse(stdout)).toEqual([]);
  };
  const write = async (parts: Record<string, string>) => {
    manifest = await writeParts(storage, { environment, id: `20261121T100000Z-0000${number++}`, parts });
  };

  test('it has no parts', async () => {
    await write({});
    await refusal(manifest, /no parts/);
  });

  test('a part has another length than was sent', async () => {
    await write({ shop: 'dump' });
    await refusal(altered(manifest, { bytes: 5 }), /4 bytes, but 5 were sent/);
  });

  test('a part is not there', async () => {
    await write({ shop: 'dump', blog: 'dump of blog' });
    await resticAt(storage, environment, 'forget', manifest.parts[1]?.snapshot ?? '');
    await refusal(manifest, /"blog" has no snapshot/);
  });

  test('a part is another snapshot than the node said', async () => {
    await write({ shop: 'dump', blog: 'other dump' });
    await refusal(altered(manifest, { snapshot: manifest.parts[1]?.snapshot ?? '' }), /is in snapshot/);
    await refusal(altered(manifest, { snapshot: '' }), /is in snapshot/);
  });

  test('a part has another name, kind or file than was said', async () => {
    await write({ shop: 'dump' });
    await refusal(altered(manifest, { name: 'stop' }), /"stop" has no snapshot/);
    await refusal(altered(manifest, { kind: 'globals' }), /has no snapshot/);
    await refusal(altered(manifest, { file: '1.sql' }), /does not hold exactly 1.sql/);
    await refusal({ ...manifest, engine: 'redis' }, /has no snapshot/);
  });

  test('the repository holds more of it than was said', async () => {
    await write({ shop: 'dump', blog: 'dump' });
    await refusal({ ...manifest, parts: manifest.parts.slice(0, 1) }, /1 parts, but the repository holds 2/);
  });

  test('a part was written twice', async () => {
    await write({ shop: 'dump' });
    await writeParts(storage, { environment, id: manifest.id, parts: { shop: 'dump' } });
    await refusal(manifest, /has 2 snapshots/);
  });

  test('its data cannot be read', async () => {
    await write({ shop: 'dump' });
    const folder = join(storage.folder(environment), 'index');
    const before = readdirSync(folder);
    for (const name of before) rmSync(join(folder, name));
    await expect(storage.node.keep(manifest)).rejects.toThrow();
    expect(storage.node.backups.get(manifest.id)).toBeUndefined();
    await resticAt(storage, environment, 'rebuild-index');
  });
});

describe('an attempt that came to nothing', () => {
  test('is forgotten, and a finished backup never is', async () => {
    const kept = await backUp(storage, { environment, id: '20261121T100000Z-000090' });
    await writeParts(storage, { environment, id: '20261121T100000Z-000091' });
    await storage.node.discard(environment, '20261121T100000Z-000091');
    await storage.node.discard(environment, kept.id);
    await storage.node.discard(environment, 'never-was');
    const { stdout } = await resticAt(storage, environment, 'snapshots', '--json');
    const tags = (JSON.parse(stdout) as { tags: string[] }[]).flatMap((snapshot) => snapshot.tags);
    expect(tags).not.toContain('backup=20261121T100000Z-000091');
    expect(tags.filter((tag) => tag === `backup=${kept.id}`)).toHaveLength(2);
  });
});
