import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../../storage-node/base/run.ts';
import { backUp, openStorage, resticAt, type Storage } from '../kit/storage.ts';

let storage: Storage;
const environment = 'shop';
const signal = () => AbortSignal.timeout(60_000);
beforeEach(async () => {
  storage = await openStorage(environment);
});
afterEach(() => storage[Symbol.asyncDispose]());
const locks = () => readdirSync(join(storage.folder(environment), 'locks'));

/** Leaves the lock of a backup that was killed on a host of another name, a moment ago. */
async function leaveLock(): Promise<void> {
  const secret = storage.node.exportKey(environment);
  const restic = `restic -r '${storage.folder(environment)}' --password-file /dev/fd/3 --no-cache backup --stdin`;
  const script = `hostname elsewhere; sleep 60 2>/dev/null | ${restic} >/dev/null 2>&1 &
    while [ -z "$(ls locks)" ]; do sleep 0.05; done; kill -9 $!`;
  const isolated = ['unshare', '--uts', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  await run([...isolated, 'sh', '-c', script], { cwd: storage.folder(environment), secret, timeoutMs: 20_000 });
  expect(locks()).toHaveLength(1);
}

describe('a lock that a killed session left', () => {
  test('blocks nobody: the next backup, retention and prune go on at once', async () => {
    await leaveLock();
    expect((await resticAt(storage, environment, 'prune')).stderr).toMatch(/already locked/);
    await storage.node.prune(environment, signal());
    expect(locks()).toEqual([]);
    await leaveLock();
    await backUp(storage, { environment, id: '1' });
    expect(locks()).toEqual([]);
    await storage.node.retain(environment, { count: 1 }, new Date());
  });

  test('is not removed by others while a session may still write', async () => {
    await using share = await storage.node.share(environment, 'write');
    expect(share.writable).toBe(true);
    await leaveLock();
    await expect(storage.node.prune(environment, signal())).rejects.toMatchObject({ code: 'repository-locked' });
    expect(locks()).toHaveLength(1);
  });

  test('that is no lock at all does no harm', async () => {
    writeFileSync(join(storage.folder(environment), 'locks/junk'), 'x');
    await backUp(storage, { environment, id: '1' });
    await storage.node.prune(environment, signal());
  });
});

describe('operations of one environment', () => {
  test('asked for at once run one after the other', async () => {
    await backUp(storage, { environment, id: '1' });
    await backUp(storage, { environment, id: '2' });
    await Promise.all([
      storage.node.prune(environment, signal()),
      storage.node.pin('1', '2027-01-01T00:00:00Z'),
      storage.node.check(environment, { readData: false }, signal()),
      storage.node.remove('2'),
      storage.node.pin('1', null),
    ]);
    expect(storage.node.backups.list().map(({ id, pinnedUntil }) => [id, pinnedUntil])).toEqual([['1', null]]);
    expect(await storage.node.reconcile()).toEqual({ adopted: [], lost: [], discarded: [] });
  });

  test('that were stopped leave nothing in the way of the next', async () => {
    await backUp(storage, { environment, id: '1', parts: { a: 'x'.repeat(1e6) } });
    for (const milliseconds of [20, 60, 120, 200])
      await storage.node.prune(environment, AbortSignal.timeout(milliseconds)).catch(() => undefined); // stopped, as meant
    expect((await storage.node.check(environment, { readData: true }, signal())).ok).toBe(true);
  });
});
