import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tagsOf } from '../../../storage-node/repository/tags.ts';
import { backUp, openStorage, resticAt, resticOver, type Storage, writeParts } from '../kit/storage.ts';

let storage: Storage;
const environment = 'shop';
beforeEach(async () => {
  storage = await openStorage(environment);
});
afterEach(() => storage[Symbol.asyncDispose]());
const nothing = { adopted: [], lost: [], discarded: [] };
const loseCatalog = () => {
  for (const name of readdirSync(storage.directory))
    if (name.startsWith('catalog.sqlite')) rmSync(join(storage.directory, name));
};
const snapshotsOf = async (backup: string) =>
  JSON.parse((await resticAt(storage, environment, 'snapshots', '--json', '--tag', `backup=${backup}`)).stdout) as {
    id: string;
  }[];

describe('a lost catalog', () => {
  test('is rebuilt from the repositories with the same list, pins included', async () => {
    const takenAt = '2026-11-20T02:00:00.000Z';
    await backUp(storage, { environment, id: '1', parts: { a: 'one', b: 'two' }, more: { takenAt, name: 'before' } });
    await backUp(storage, { environment, id: '2', more: { kind: 'safety', pinnedUntil: '2026-11-28T02:00:00Z' } });
    await backUp(storage, { environment, id: '3', more: { pinnedUntil: '2026-11-28T02:00:00Z' } });
    await storage.node.pin('1', '2027-01-01T00:00:00Z');
    await storage.node.pin('1', '2027-02-01T00:00:00Z');
    await storage.node.pin('3', null);
    const before = storage.node.backups.list();
    expect(before.map(({ pinnedUntil }) => pinnedUntil)).toEqual([
      null,
      '2026-11-28T02:00:00Z',
      '2027-02-01T00:00:00Z',
    ]);
    await storage.reopen(loseCatalog);
    expect(storage.node.backups.list()).toEqual([]);
    const drift = await storage.node.reconcile();
    expect({ ...drift, adopted: drift.adopted.sort() }).toEqual({ ...nothing, adopted: ['1', '2', '3'] });
    expect(storage.node.backups.list()).toEqual(before);
    expect(await storage.node.reconcile()).toEqual(nothing);
  });

  test('keeps the keys', async () => {
    const key = storage.node.exportKey(environment);
    await storage.reopen(loseCatalog);
    expect(storage.node.exportKey(environment)).toBe(key);
  });
});

describe('reconciling', () => {
  test('changes nothing where both sides agree', async () => {
    await backUp(storage, { environment, id: '1' });
    const before = storage.node.backups.list();
    expect(await storage.node.reconcile(environment)).toEqual(nothing);
    expect(storage.node.backups.list()).toEqual(before);
  });

  test('takes away what a killed attempt left', async () => {
    await backUp(storage, { environment, id: '1' });
    await writeParts(storage, { environment, id: '2' });
    expect(await storage.node.reconcile()).toEqual({ ...nothing, discarded: ['2'] });
    expect(await snapshotsOf('2')).toEqual([]);
    expect(await snapshotsOf('1')).toHaveLength(2);
  });

  test('leaves the snapshots of a running job alone', async () => {
    const job = { kind: 'backup', requestedBy: 'user', startedAt: '2026-11-21T12:00:00Z', owner: 'd' } as const;
    storage.node.jobs.begin({ id: 'j', environment, ...job });
    await writeParts(storage, { environment, id: '2' });
    expect(await storage.node.reconcile()).toEqual(nothing);
    expect(await snapshotsOf('2')).toHaveLength(1);
  });

  test('leaves the snapshots of others alone', async () => {
    writeFileSync(join(storage.directory, 'file'), 'x');
    await resticAt(storage, environment, 'backup', '--tag', 'mine', join(storage.directory, 'file'));
    await backUp(storage, { environment, id: '1' });
    expect(await storage.node.reconcile()).toEqual(nothing);
    expect(await storage.node.retain(environment, { count: 1 }, new Date())).toHaveLength(1);
    expect(
      JSON.parse((await resticAt(storage, environment, 'snapshots', '--json', '--tag', 'mine')).stdout),
    ).toHaveLength(1);
  });

  test('takes a backup off the list when its manifest is gone', async () => {
    const backup = await backUp(storage, { environment, id: '1' });
    await resticAt(storage, environment, 'forget', backup.snapshot);
    expect(await storage.node.reconcile()).toEqual({ adopted: [], lost: ['1'], discarded: ['1'] });
    expect(storage.node.backups.list()).toEqual([]);
  });

  test('takes a backup off the list when a part is gone, and leaves the rest of it alone', async () => {
    const backup = await backUp(storage, { environment, id: '1', parts: { a: 'one', b: 'two' } });
    await resticAt(storage, environment, 'forget', backup.parts[0]?.snapshot ?? '');
    expect(await storage.node.reconcile()).toEqual({ ...nothing, lost: ['1'] });
    expect(await snapshotsOf('1')).toHaveLength(2);
  });

  test('takes backups off the list when the repository is gone', async () => {
    await backUp(storage, { environment, id: '1' });
    renameSync(storage.folder(environment), join(storage.directory, 'aside'));
    expect(await storage.node.reconcile()).toEqual({ ...nothing, lost: ['1'] });
  });

  test('goes on where one repository cannot be opened, and forgets nothing of it', async () => {
    await backUp(storage, { environment, id: '1' });
    await storage.node.provision({ name: 'blog', region: '', owner: '', displayName: '' });
    await writeParts(storage, { environment: 'blog', id: '2' });
    await writeParts(storage, { environment, id: '3' });
    const key = storage.node.exportKey(environment);
    storage.node.importKey(environment, 'a wrong key');
    expect(await storage.node.reconcile()).toEqual({ ...nothing, discarded: ['2'] });
    await expect(storage.node.reconcile(environment)).rejects.toMatchObject({ code: 'key-missing' });
    storage.node.importKey(environment, key);
    expect(storage.node.backups.list().map(({ id }) => id)).toEqual(['1']);
  });

  test('does not believe a manifest that a database node wrote', async () => {
    const manifest = await writeParts(storage, { environment, id: '1' });
    const [snapshot] = await snapshotsOf('1');
    const forged = { ...manifest, parts: [{ ...manifest.parts[0], snapshot: snapshot?.id }] };
    {
      await using share = await storage.node.share(environment, 'write');
      const writer = storage.node.writer({
        ...{
          environment,
          backup: '1',
          part: { name: 'x', kind: 'database' },
          engine: 'mariadb',
          file: 'manifest.json',
        },
      });
      const tags = (role: Parameters<typeof tagsOf>[0]['role']) =>
        tagsOf({ environment, backup: '1', engine: 'mariadb', role });
      const [own, wanted] = [tags({ kind: 'database', name: 'x' }), tags({ kind: 'manifest' })];
      const args = writer.arguments.map((argument) => wanted[own.indexOf(argument)] ?? argument);
      expect((await resticOver(share, { ...writer, arguments: args }, JSON.stringify(forged))).exitCode).toBe(0);
    }
    expect(await snapshotsOf('1')).toHaveLength(2);
    expect(await storage.node.reconcile()).toEqual({ ...nothing, discarded: ['1'] });
    expect(storage.node.backups.list()).toEqual([]);
  });

  test('does not list a backup whose manifest file was damaged', async () => {
    const backup = await backUp(storage, { environment, id: '1' });
    const path = join(storage.folder(environment), 'snapshots', backup.snapshot);
    const bytes = readFileSync(path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    rmSync(path);
    writeFileSync(path, bytes);
    await storage.reopen(loseCatalog);
    expect(await storage.node.reconcile()).toMatchObject({ adopted: [] });
    expect(storage.node.backups.list()).toEqual([]);
    expect(await snapshotsOf('1').catch(() => 'unreadable')).not.toEqual([]);
  });
});
