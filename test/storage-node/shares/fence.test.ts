import { spawn } from 'node:child_process';
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../../storage-node/base/clock.ts';
import { serversOf } from '../../../storage-node/shares/fence.ts';
import { SftpClient } from '../kit/sftp-client.ts';
import { open, openStorage, type Storage } from '../kit/storage.ts';

let storage: Storage;
let folder: string;
beforeEach(async () => {
  storage = await openStorage('shop');
  folder = storage.folder('shop');
});
afterEach(() => storage[Symbol.asyncDispose]());

/** Processes that were started for the folder, in whatever state of their making. */
const processesNaming = (path: string) =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`\0${path}\0`);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });

/** Another process that opens the same directory, and serves the folder where told so. */
async function startHolder(...args: readonly string[]) {
  const holder = spawn(process.execPath, [join(import.meta.dirname, '../kit/holder.ts'), storage.directory, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  return {
    kill: () =>
      new Promise((resolve) => {
        holder.once('exit', resolve);
        holder.kill('SIGKILL');
      }),
  };
}

describe('the fence', () => {
  test('ends an earlier session before the next one begins', async () => {
    const first = await storage.node.share('shop', 'write');
    const line = await first.serve();
    const session = new SftpClient(line);
    expect(await session.write('data/aa/pack', 'x')).toBe(true);
    await using second = await storage.node.share('shop', 'write');
    await line.ended;
    expect(serversOf(folder)).toEqual([]);
    expect(second.proof.file).not.toBe(first.proof.file);
    expect(readdirSync(folder).filter((name) => name.startsWith('.proof-'))).toEqual([second.proof.file]);
    session.close();
    await first[Symbol.asyncDispose]();
  });

  test('leaves nobody served when a share is over', async () => {
    const share = await storage.node.share('shop', 'write');
    const sessions = [new SftpClient(await share.serve()), new SftpClient(await share.serve())];
    for (const session of sessions) expect(await session.exists('config')).toBe(true);
    await share[Symbol.asyncDispose]();
    expect(serversOf(folder)).toEqual([]);
    await expect(share.serve()).rejects.toThrow(/closed/);
    for (const session of sessions) session.close();
  });

  test('ends one line and leaves the others', async () => {
    await using share = await storage.node.share('shop', 'write');
    const [one, two] = [await share.serve(), await share.serve()];
    const [first, second] = [new SftpClient(one), new SftpClient(two)];
    expect(await first.exists('config')).toBe(true);
    await one.end();
    expect(await second.exists('config')).toBe(true);
    first.close();
    second.close();
  });

  test('ends servers that are still being started, and leaves nothing of them', async () => {
    for (let pause = 0; pause < 24; pause++) {
      const share = await storage.node.share('shop', 'write');
      const line = await share.serve();
      await sleep(pause);
      await share[Symbol.asyncDispose]();
      closeSync(line.fromServer);
      closeSync(line.toServer);
      expect(processesNaming(folder)).toEqual([]);
    }
  });

  test('does not touch the file servers of other folders', async () => {
    await storage.node.provision({ name: 'blog', region: '', owner: '', displayName: '' });
    await using blog = await storage.node.share('blog', 'write');
    const session = new SftpClient(await blog.serve());
    expect(await session.exists('config')).toBe(true);
    await using _shop = await storage.node.share('shop', 'write');
    expect(await session.exists('config')).toBe(true);
    session.close();
  });
});

describe('a daemon that is killed', () => {
  test('takes its file servers with it, and gives the data directory back', async () => {
    await storage.reopen(async () => {
      const holder = await startHolder('shop', 'up');
      expect(serversOf(folder).length).toBeGreaterThan(0);
      await expect(open(storage.directory)).rejects.toMatchObject({ code: 'daemon-running' });
      await holder.kill();
      await expect.poll(() => processesNaming(folder)).toEqual([]);
    });
  });

  test('while it starts a file server leaves nothing that outlives the next start', async () => {
    for (let round = 0; round < 4; round++)
      await storage.reopen(async () => {
        const holder = await startHolder('shop', 'at once');
        await holder.kill();
      });
    await expect.poll(() => processesNaming(folder)).toEqual([]);
    await using share = await storage.node.share('shop', 'write');
    expect(share.writable).toBe(true);
  });
});
