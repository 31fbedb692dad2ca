import { afterEach, beforeEach, expect, test } from 'vitest';
import { SftpClient } from '../kit/sftp-client.ts';
import { openStorage, type Storage } from '../kit/storage.ts';

const never = new AbortController().signal;
let storage: Storage;
beforeEach(async () => {
  storage = await openStorage('shop');
});
afterEach(() => storage[Symbol.asyncDispose]());

test('a backup that begins while another environment restores from the folder does not disturb it', async () => {
  await using reader = await storage.node.share('shop', 'read');
  const session = new SftpClient(await reader.serve());
  {
    await using writer = await storage.node.share('shop', 'write');
    const writing = new SftpClient(await writer.serve());
    expect(await writing.write('data/aa/pack', 'x')).toBe(true);
    writing.close();
  }
  expect(await session.read(reader.proof.file)).toBe(reader.proof.content);
  session.close();
});

test('a restore that begins while a backup writes does not disturb it', async () => {
  await using writer = await storage.node.share('shop', 'write');
  const writing = new SftpClient(await writer.serve());
  {
    await using reader = await storage.node.share('shop', 'read');
    expect(reader.proof.file).not.toBe(writer.proof.file);
  }
  expect(await writing.write('data/aa/pack', 'x')).toBe(true);
  expect(await writing.read(writer.proof.file)).toBe(writer.proof.content);
  writing.close();
});

test('nothing is pruned while a backup is being restored; someone who only looks is no hindrance', async () => {
  {
    await using _reader = await storage.node.share('shop', 'read');
    await expect(storage.node.prune('shop', never)).rejects.toMatchObject({ code: 'repository-locked' });
  }
  await using _looking = await storage.node.share('shop', 'look');
  expect(await storage.node.prune('shop', never)).toMatchObject({ freedBytes: expect.any(Number) });
});
