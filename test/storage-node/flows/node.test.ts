import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnvironmentRecord } from '../../../storage-node/index.ts';
import { openStorage, type Storage } from '../kit/storage.ts';

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage[Symbol.asyncDispose]());
const record: EnvironmentRecord = {
  name: 'shop',
  region: 'eu-1',
  owner: 'u17',
  displayName: 'Shop',
  engine: 'redis',
  installed: true,
  configuration: '{"a":1}',
  createdAt: '2026-11-21T12:00:00Z',
};

describe('a storage node', () => {
  test('remembers environments over a start', async () => {
    storage.node.environments.save(record);
    storage.node.environments.save({ ...record, name: 'blog' });
    storage.node.environments.save({ ...record, installed: false });
    await storage.reopen();
    expect(storage.node.environments.get('shop')).toEqual({ ...record, installed: false });
    expect(storage.node.environments.list().map(({ name }) => name)).toEqual(['blog', 'shop']);
    storage.node.environments.remove('shop');
    expect(storage.node.environments.get('shop')).toBeUndefined();
  });

  test('seals secrets over a start', async () => {
    const sealed = storage.node.seal('database password');
    expect(sealed).not.toContain('password');
    await storage.reopen();
    expect(storage.node.unseal(sealed)).toBe('database password');
  });

  test('knows its space', async () => {
    const { freeBytes, totalBytes } = await storage.node.space();
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });

  test('says of an environment without repository that it is missing', async () => {
    await expect(storage.node.share('nowhere', 'read')).rejects.toMatchObject({ code: 'repository-missing' });
    expect(() => storage.node.exportKey('nowhere')).toThrow(expect.objectContaining({ code: 'key-missing' }));
  });
});
