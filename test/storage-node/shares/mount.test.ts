import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../storage-node/base/run.ts';
import { openStorage } from '../kit/storage.ts';

test('a mount of the share is a repository to restic, and dies with the share', async () => {
  await using storage = await openStorage('shop');
  const { node } = storage;
  const share = await node.share('shop', 'write');
  const line = await share.serve();
  const mountpoint = mkdtempSync(join(tmpdir(), 'dbbackup-mount-'));
  const sshfs = spawn('sshfs', [':/share', mountpoint, '-f', '-o', 'passive'], {
    stdio: [line.fromServer, line.toServer, 'ignore'],
  });
  closeSync(line.fromServer);
  closeSync(line.toServer);
  const unmounted = new Promise((resolve) => sshfs.once('exit', resolve));
  try {
    await expect.poll(() => existsSync(join(mountpoint, share.proof.file)), { timeout: 10_000 }).toBe(true);
    const part = { name: 'a', kind: 'database' } as const;
    const writer = node.writer({ environment: 'shop', backup: '1', part, engine: 'redis', file: '0.rdb' });
    const written = await run(['restic', '-r', '.', ...writer.arguments], {
      cwd: mountpoint,
      secret: writer.secret,
      input: 'dump',
    });
    expect(written).toMatchObject({ exitCode: 0 });
    const { snapshot } = node.readSummary(written.stdout);
    const reader = node.reader({ environment: 'shop', snapshot, file: '0.rdb' });
    const read = await run(['restic', '-r', '.', ...reader.arguments], { cwd: mountpoint, secret: reader.secret });
    expect(read).toMatchObject({ exitCode: 0, stdout: 'dump' });
  } finally {
    await share[Symbol.asyncDispose]();
    await unmounted;
    rmdirSync(mountpoint);
  }
});
