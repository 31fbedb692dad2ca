import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ServedLine, Share } from '../../../storage-node/base/line.ts';
import { serversOf } from '../../../storage-node/shares/fence.ts';
import { SftpClient } from '../kit/sftp-client.ts';
import { openStorage, type Storage } from '../kit/storage.ts';

let storage: Storage;
let share: Share;
let line: ServedLine;
let session: SftpClient;
let folder: string;
let outside: string;

beforeAll(async () => {
  storage = await openStorage('shop', 'blog');
  folder = storage.folder('shop');
  // Readable and writable for everybody, so that nothing but the confinement protects it.
  outside = mkdtempSync(join(tmpdir(), 'dbbackup-outside-'));
  chmodSync(outside, 0o777);
  writeFileSync(join(outside, 'secret'), 'secret');
  chmodSync(join(outside, 'secret'), 0o666);
});
afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  rmSync(outside, { recursive: true, force: true });
});
const begin = async (mode: 'read' | 'write') => {
  share = await storage.node.share('shop', mode);
  line = await share.serve();
  session = new SftpClient(line);
};
beforeEach(() => begin('write'));
afterEach(async () => {
  session.close();
  await share[Symbol.asyncDispose]();
});

const outsideIsUntouched = () => {
  expect(readdirSync(outside)).toEqual(['secret']);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
};

describe('a session', () => {
  test('sees the proof and can write files of its own, under an account that nothing else has', async () => {
    expect(await session.read(`/share/${share.proof.file}`)).toBe(share.proof.content);
    expect(await session.read(share.proof.file)).toBe(share.proof.content);
    expect(await session.write('/share/locks/mine', 'x')).toBe(true);
    const blog = statSync(storage.folder('blog')).gid;
    const { uid, gid, mode } = statSync(join(folder, 'locks/mine'));
    expect([uid, gid, mode & 0o777]).toEqual([statSync(folder).gid, statSync(folder).gid, 0o600]);
    expect(blog).not.toBe(gid);
    expect(await session.remove('/share/locks/mine')).toBe(true);
    expect(readdirSync(join(folder, 'locks'))).toEqual([]);
  });

  test('finds nothing around the folder but libraries and its own name', async () => {
    expect(await session.list('/')).toEqual(['dev', 'etc', 'lib', 'lib64', 'share', 'usr']);
    expect(await session.list('/share/..')).toEqual(['dev', 'etc', 'lib', 'lib64', 'share', 'usr']);
    expect(await session.list('/etc')).toEqual(['passwd']);
    expect(await session.read('/etc/passwd')).toMatch(/^share:x:\d+:\d+::\/share:\/bin\/false\n$/);
    expect(await session.list('/dev')).toEqual(['null']);
    expect(await session.exists('/proc')).toBe(false);
  });

  test.for(['..', '../..', '../../../../../../..'])('does not get out by %s', async (way) => {
    for (const path of [`${way}${outside}/secret`, `/share/${way}${outside}/secret`])
      expect(await session.read(path)).toBeUndefined();
    expect(await session.write(`${way}${outside}/planted`, 'x')).toBe(false);
    expect(await session.makeDirectory(`${way}${outside}/planted`)).toBe(false);
    outsideIsUntouched();
  });

  test('does not get out by an absolute path', async () => {
    for (const path of [
      join(outside, 'secret'),
      join(storage.directory, 'keys/master.key'),
      join(storage.folder('blog'), 'config'),
      '/etc/hostname',
    ])
      expect([path, await session.read(path)]).toEqual([path, undefined]);
    expect(await session.write(join(outside, 'secret'), 'x')).toBe(false);
    expect(await session.remove(join(outside, 'secret'))).toBe(false);
    outsideIsUntouched();
  });

  test('cannot see the folder of another environment by its way past its own', async () => {
    expect(await session.exists('../blog/config')).toBe(false);
    expect(await session.exists('/share/../blog/config')).toBe(false);
  });

  test('does not get out by links, even by those that root planted in the folder', async () => {
    symlinkSync(outside, join(folder, 'planted-directory'));
    symlinkSync(join(outside, 'secret'), join(folder, 'planted-file'));
    symlinkSync('../../../../../../../..', join(folder, 'planted-up'));
    try {
      expect(await session.read('planted-file')).toBeUndefined();
      expect(await session.read('planted-directory/secret')).toBeUndefined();
      expect(await session.read(`planted-up${outside}/secret`)).toBeUndefined();
      expect(await session.write('planted-file', 'x')).toBe(false);
      expect(await session.write('planted-directory/new', 'x')).toBe(false);
      outsideIsUntouched();
    } finally {
      for (const name of ['directory', 'file', 'up']) rmSync(join(folder, `planted-${name}`));
    }
  });

  test('cannot make or read links, remove directories or copy on the server', async () => {
    await session.write('own', 'x');
    await session.makeDirectory('empty');
    expect(await session.symlink('/etc/passwd', 'link')).toBe(false);
    expect(await session.hardlink('own', 'second')).toBe(false);
    expect(await session.removeDirectory('empty')).toBe(false);
    symlinkSync('own', join(folder, 'planted'));
    expect(await session.readLink('planted')).toBe(false);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['own', 'empty']));
    expect(['link', 'second'].some((name) => existsSync(join(folder, name)))).toBe(false);
    for (const name of ['planted', 'own', 'empty']) rmSync(join(folder, name), { recursive: true });
  });

  test('has no privileges, no network, no sight of other processes', async () => {
    expect(await session.exists('config')).toBe(true);
    const pids = serversOf(folder);
    const statusOf = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8');
    const server = pids.find((pid) => statusOf(pid).startsWith('Name:\tsftp-server'));
    const status = statusOf(server ?? 0);
    const uid = statSync(folder).gid;
    expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    expect(status).toContain(`Gid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(status).toMatch(/^CapEff:\t0+\nCapBnd:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1$/m);
    for (const space of ['net', 'pid', 'mnt', 'ipc'])
      expect(readlinkSync(`/proc/${server}/ns/${space}`)).not.toBe(readlinkSync(`/proc/self/ns/${space}`));
  });
});

describe('a session for reading', () => {
  beforeEach(async () => {
    session.close();
    await share[Symbol.asyncDispose]();
    await begin('read');
  });

  test('reads, and writes nowhere', async () => {
    expect(share.writable).toBe(false);
    expect(await session.read(share.proof.file)).toBe(share.proof.content);
    expect(await session.write('locks/mine', 'x')).toBe(false);
    expect(await session.makeDirectory('new')).toBe(false);
    expect(await session.remove(share.proof.file)).toBe(false);
    expect(readdirSync(join(folder, 'locks'))).toEqual([]);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });
});
