import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backUp, named, openStorage, readPart, resticAt, type Storage } from '../kit/storage.ts';

let storage: Storage;
beforeEach(async () => {
  storage = await openStorage('shop');
});
afterEach(() => storage[Symbol.asyncDispose]());
const treeOf = (path: string) =>
  readdirSync(path, { recursive: true }).map((name) => {
    const { uid, gid, mode, mtimeMs } = statSync(join(path, String(name)));
    return [name, uid, gid, mode, mtimeMs];
  });

describe('an environment', () => {
  test('gets a repository of format 2 with a key and an account of its own', async () => {
    await storage.node.provision(named('blog'));
    const [shop, blog] = ['shop', 'blog'].map((name) => statSync(storage.folder(name)));
    expect([shop?.uid, shop?.mode, blog?.uid, blog?.mode]).toEqual([0, 0o43770, 0, 0o43770]);
    expect(shop?.gid).toBeGreaterThanOrEqual(20_000);
    expect(blog?.gid).not.toBe(shop?.gid);
    expect(storage.node.exportKey('blog')).not.toBe(storage.node.exportKey('shop'));
    expect(JSON.parse((await resticAt(storage, 'blog', 'cat', 'config')).stdout)).toMatchObject({ version: 2 });
  });

  test('is given its repository once: again changes nothing', async () => {
    const before = [treeOf(storage.folder('shop')), storage.node.exportKey('shop')];
    expect(await storage.node.provision(named('shop'))).toEqual({ created: false });
    expect([treeOf(storage.folder('shop')), storage.node.exportKey('shop')]).toEqual(before);
  });

  test('asked for twice at the same moment gets one repository', async () => {
    const answers = await Promise.all([storage.node.provision(named('blog')), storage.node.provision(named('blog'))]);
    expect(answers.map(({ created }) => created).sort()).toEqual([false, true]);
    expect((await resticAt(storage, 'blog', 'snapshots')).exitCode).toBe(0);
    expect(readdirSync(join(storage.directory, 'repositories')).sort()).toEqual(['blog', 'shop']);
  });

  test.for(['', '.', '..', '../x', 'a/b', '.hidden', '-dash', 'a b', 'a\n', 'ä', 'x'.repeat(64)])(
    'cannot be called %j',
    async (name) => {
      await expect(storage.node.provision(named(name))).rejects.toMatchObject({ code: 'request-invalid' });
      expect(() => storage.node.importKey(name, 'key')).toThrow(expect.objectContaining({ code: 'request-invalid' }));
    },
  );

  test('keeps nothing of itself when it is removed', async () => {
    await backUp(storage, { environment: 'shop', id: '1' });
    await storage.node.removeEnvironment('shop');
    expect(existsSync(storage.folder('shop'))).toBe(false);
    expect(storage.node.backups.list()).toEqual([]);
    expect(() => storage.node.exportKey('shop')).toThrow(expect.objectContaining({ code: 'key-missing' }));
    expect(readdirSync(join(storage.directory, 'repositories'))).toEqual([]);
    await storage.node.removeEnvironment('shop');
  });
});

describe('a repository', () => {
  test('that a killed start left half-made is made anew', async () => {
    mkdirSync(join(storage.folder('blog'), 'keys'), { recursive: true });
    writeFileSync(join(storage.folder('blog'), 'keys/half'), '');
    expect(await storage.node.provision(named('blog'))).toEqual({ created: true });
    await backUp(storage, { environment: 'blog', id: '1' });
  });

  test('that lost its config but holds snapshots is left alone', async () => {
    await backUp(storage, { environment: 'shop', id: '1' });
    rmSync(join(storage.folder('shop'), 'config'));
    const before = treeOf(storage.folder('shop'));
    await expect(storage.node.provision(named('shop'))).rejects.toMatchObject({ code: 'repository-damaged' });
    expect(treeOf(storage.folder('shop'))).toEqual(before);
  });

  test('whose key is missing is left alone', async () => {
    rmSync(join(storage.directory, 'keys/repository-shop.key'));
    const before = treeOf(storage.folder('shop'));
    await expect(storage.node.provision(named('shop'))).rejects.toMatchObject({ code: 'key-missing' });
    await expect(storage.node.share('shop', 'write')).rejects.toMatchObject({ code: 'key-missing' });
    expect(treeOf(storage.folder('shop'))).toEqual(before);
    expect(existsSync(join(storage.directory, 'keys/repository-shop.key'))).toBe(false);
  });

  test('whose key is wrong is left alone', async () => {
    storage.node.importKey('shop', 'not the key of this repository');
    await expect(storage.node.provision(named('shop'))).rejects.toMatchObject({ code: 'key-missing' });
  });

  test('from elsewhere is adopted with its key, and gets an account here', async () => {
    const backup = await backUp(storage, { environment: 'shop', id: '1', parts: { shop: 'dump' } });
    const key = storage.node.exportKey('shop');
    await using other = await openStorage();
    cpSync(storage.folder('shop'), other.folder('shop'), { recursive: true });
    other.node.importKey('shop', `${key}\n`);
    expect(await other.node.provision(named('shop'))).toEqual({ created: false });
    expect(await other.node.reconcile('shop')).toMatchObject({ adopted: ['1'] });
    expect(await readPart(other, backup, backup.parts[0] ?? expect.fail())).toBe('dump');
    await backUp(other, { environment: 'shop', id: '2' });
  });
});

describe('a start', () => {
  test('clears away what was being made or removed', async () => {
    await storage.reopen(() => {
      renameSync(storage.folder('shop'), join(storage.directory, 'repositories/.removed-shop-1'));
      mkdirSync(join(storage.directory, 'repositories/.new-blog-1'));
    });
    expect(readdirSync(join(storage.directory, 'repositories'))).toEqual([]);
  });

  test('makes a directory that only root may enter', () => {
    for (const name of ['', 'repositories', 'keys', 'accounts'])
      expect(statSync(join(storage.directory, name)).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(storage.directory, 'keys/master.key'))).toHaveLength(32);
  });
});
