import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Share } from '../../../storage-node/base/line.ts';
import { run } from '../../../storage-node/base/run.ts';
import { SEALED_UID } from '../../../storage-node/shares/folder.ts';
import { SftpClient } from '../kit/sftp-client.ts';
import { openStorage, resticAt, resticOver, type Storage } from '../kit/storage.ts';

let storage: Storage;
let share: Share;
let session: SftpClient;
let folder: string;
let pack = '';
let tests = 0;

const begin = async () => {
  share = await storage.node.share('shop', 'write');
  session = new SftpClient(await share.serve());
};
const end = async () => {
  session.close();
  await share[Symbol.asyncDispose]();
};
const contentOf = (path: string) => readFileSync(join(folder, path), 'utf8');

beforeAll(async () => {
  storage = await openStorage('shop');
  folder = storage.folder('shop');
});
afterAll(() => storage[Symbol.asyncDispose]());

beforeEach(async () => {
  pack = `data/aa/pack${tests++}`;
  await begin();
  expect(await session.write(pack, 'first session')).toBe(true);
  await end();
  await begin();
});
afterEach(end);

describe('what an earlier session wrote', () => {
  test('belongs to nobody who can log in, and can still be read', async () => {
    const { uid, gid, mode } = statSync(join(folder, pack));
    expect([uid, gid, mode & 0o7777]).toEqual([SEALED_UID, statSync(folder).gid, 0o440]);
    expect(await session.read(pack)).toBe('first session');
  });

  test('cannot be overwritten, appended to or cut', async () => {
    expect(await session.write(pack, 'x')).toBe(false);
    expect(await session.write(pack, 'x', { truncate: false, create: false })).toBe(false);
    expect(await session.truncate(pack)).toBe(false);
    expect(contentOf(pack)).toBe('first session');
  });

  test('cannot be deleted, moved, or replaced by moving another over it', async () => {
    await session.write('data/aa/own', 'x');
    expect(await session.remove(pack)).toBe(false);
    expect(await session.rename(pack, 'data/aa/away')).toBe(false);
    expect(await session.rename(pack, 'data/bb/away')).toBe(false);
    expect(await session.renameOver(pack, 'data/aa/away')).toBe(false);
    expect(await session.renameOver('data/aa/own', pack)).toBe(false);
    expect(contentOf(pack)).toBe('first session');
    expect(existsSync(join(folder, 'data/aa/away'))).toBe(false);
  });

  test('cannot be taken back', async () => {
    expect(await session.changeMode(pack, 0o666)).toBe(false);
    expect(await session.changeOwner(pack)).toBe(false);
    expect(statSync(join(folder, pack))).toMatchObject({ uid: SEALED_UID, mode: 0o100440 });
  });

  test('cannot be lost by moving or opening up the directories that hold it', async () => {
    for (const directory of ['data', 'data/aa', 'snapshots', 'index', 'keys']) {
      expect(await session.renameOver(directory, 'moved')).toBe(false);
      expect(await session.changeMode(directory, 0o777)).toBe(false);
      expect(statSync(join(folder, directory))).toMatchObject({ uid: 0, mode: 0o43770 });
    }
    expect(contentOf(pack)).toBe('first session');
  });

  test('holds for what the daemon itself wrote: config and keys', async () => {
    const [key = ''] = readdirSync(join(folder, 'keys'));
    for (const path of ['config', `keys/${key}`]) {
      const before = contentOf(path);
      expect(await session.write(path, 'x')).toBe(false);
      expect(await session.remove(path)).toBe(false);
      expect(contentOf(path)).toBe(before);
    }
  });
});

describe('the end of a session', () => {
  test('takes unfinished files away', async () => {
    await session.write('data/aa/0123-tmp-456', 'x');
    await session.write('data/aa/0123-restic-temp-78ab', 'x');
    await end();
    expect(readdirSync(join(folder, 'data/aa')).filter((name) => name.startsWith('0123'))).toEqual([]);
    expect(contentOf(pack)).toBe('first session');
    await begin();
  });

  test('takes its proof and its locks away', async () => {
    await end();
    await begin();
    const { arguments: writing, secret } = storage.node.writer({
      ...{ environment: 'shop', backup: '1', part: { name: 'a', kind: 'database' }, engine: 'redis', file: '0.rdb' },
    });
    expect((await resticOver(share, { arguments: writing, secret }, 'x')).exitCode).toBe(0);
    await session.write('locks/left-behind', 'x');
    await end();
    expect(readdirSync(folder).sort()).toEqual(['config', 'data', 'index', 'keys', 'locks', 'snapshots']);
    await begin();
  });

  test('seals directories that the session made', async () => {
    await session.makeDirectory('data/aa/odd');
    await session.write('data/aa/odd/file', 'x');
    await end();
    expect(statSync(join(folder, 'data/aa/odd'))).toMatchObject({ uid: 0, mode: 0o43770 });
    expect(statSync(join(folder, 'data/aa/odd/file'))).toMatchObject({ uid: SEALED_UID, mode: 0o100440 });
    await begin();
  });

  test('leaves nothing open to the next, whoever wrote: session or daemon', async () => {
    const writer = storage.node.writer({
      ...{ environment: 'shop', backup: '1', part: { name: 'a', kind: 'database' }, engine: 'redis', file: '0.rdb' },
    });
    expect((await resticOver(share, writer, 'x'.repeat(1e6))).exitCode).toBe(0);
    await end();
    const local = await resticAt(storage, 'shop', 'tag', '--add', 'x', 'latest');
    expect(local.exitCode).toBe(0);
    const loose = await run([
      'find',
      folder,
      '-type',
      'f',
      '!',
      '(',
      '-perm',
      '0440',
      '!',
      '-uid',
      String(statSync(folder).gid),
      ')',
    ]);
    expect(loose.stdout).toBe('');
    await begin();
  });
});
