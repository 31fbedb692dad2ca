import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobView } from '../../addon/cli/follow.ts';
import { ERRORS } from '../../storage-node/base/errors.ts';
import { fleet } from '../support/fleet.ts';
import { type Daemon, type EnvironmentRequest, startDaemon } from '../support/installation.ts';
import { prepareMaster, startSshd } from '../support/servers/sshd.ts';
import { leftOnStorage } from '../support/story.ts';

const NAMES = ['a', 'b', 'c'];
const { host } = fleet();
let daemon: Daemon;
const requests = new Map<string, EnvironmentRequest>();

/** Three environments on one server, whose backups take two seconds each. */
beforeAll(async () => {
  const [storage, server] = [await host('storage'), await host('server')];
  daemon = await startDaemon(storage);
  const hostKey = await startSshd(server);
  for (const name of NAMES) {
    const environment = { name, displayName: name, region: 'local', owner: 'owner-1' };
    const { publicKey } = await daemon.hook('prepare', { environment });
    await prepareMaster(server, String(publicKey));
    const backupCommand = `for i in 1 2 3 4 5 6 7 8; do echo "${name} $i"; sleep 0.25; done`;
    const request: EnvironmentRequest = {
      environment,
      layer: { nodeGroup: 'cp', nodeType: 'custom' },
      nodes: [{ host: server.address, hostKey, master: true }],
      settings: {
        engine: 'custom',
        backupCommand,
        restoreCommand: 'cat >/dev/null',
        scheduleType: '3',
        cronTime: '0 3 1 1 *',
      },
    };
    requests.set(name, request);
    expect(await daemon.hook('install', request)).toMatchObject({ ok: true });
  }
});

const ask = (name: string) => daemon.hook('backup-now', { ...requests.get(name), settings: {} }, { wait: false });
const jobs = async () => (await daemon.jobs()) as readonly JobView[];
const backups = async () => (await daemon.backups()).map(({ environment }) => environment).toSorted();
const quiet = async () => (await jobs()).every(({ endedAt }) => endedAt !== null);

describe('a daemon with a queue', () => {
  test('says who waits for what, and does not begin a second job on the same server', async () => {
    for (const name of NAMES) expect(await ask(name)).toMatchObject({ ok: true });
    expect(await ask('c')).toMatchObject({ ok: false, error: { code: 'job-running' } });
    const rows = await jobs();
    expect(rows.filter(({ state }) => state === 'running')).toMatchObject([{ environment: 'a' }]);
    const waiting = rows.filter(({ state }) => state === 'queued');
    expect(waiting).toMatchObject([
      { environment: 'b', position: 1, waitsFor: 'the backup of a runs on the same server' },
      { environment: 'c', position: 2 },
    ]);
    expect((await daemon.dbbackup('jobs')).stdout).toMatch(
      /NEXT +JOB[\s\S]*\n1 .* b +backup .*runs on the same server/,
    );
    const followed = await daemon.dbbackup('jobs', '--follow', String(waiting[0]?.id));
    expect(followed).toMatchObject({ exitCode: 0 });
    expect(followed.stdout).toMatch(
      /backup of b: waits, number 1 in the queue[\s\S]*the backup of b succeeded in \d+ s/,
    );
    await expect.poll(quiet, { timeout: 60_000, interval: 250 }).toBe(true);
    expect(await backups()).toEqual(NAMES);
  });

  test('follows a job that is cancelled to its exit status', async () => {
    await ask('a');
    const following = daemon.dbbackup('jobs', 'a', '--follow', '--json');
    await sleep(1_000);
    const id = (await jobs()).find(({ state }) => state === 'running')?.id;
    expect(await daemon.dbbackup('cancel', String(id))).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await following;
    expect(exitCode).toBe(ERRORS['job-cancelled'].exit);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ id, state: 'cancelled' });
  });

  test.each([400, 2_500])(
    'that is killed after %d ms does all that it was asked for, once, without a human',
    async (moment) => {
      const before = await backups();
      for (const name of NAMES) expect(await ask(name)).toMatchObject({ ok: true });
      await sleep(moment);
      await daemon.kill();
      await daemon.start();
      expect((await jobs()).some(({ state }) => state === 'queued')).toBe(true);
      await expect.poll(quiet, { timeout: 90_000, interval: 500 }).toBe(true);
      expect(await backups()).toEqual([...before, ...NAMES].toSorted());
      const rows = await jobs();
      const retry = rows.find(({ repeats }) => repeats !== null);
      expect(rows.find(({ id }) => id === retry?.repeats)).toMatchObject({ state: 'interrupted' });
      expect(await leftOnStorage(daemon)).toBe('');
    },
  );

  test('takes a person’s request in the place of the repetition of a job that was cut off', async () => {
    const before = await backups();
    await ask('a');
    await sleep(1_200);
    await daemon.kill();
    await daemon.start();
    expect(await daemon.hook('backup-now', { ...requests.get('a'), settings: {} })).toMatchObject({ ok: true });
    const [latest, repetition] = (await daemon.jobs('a')).filter(({ kind }) => kind === 'backup');
    expect(latest).toMatchObject({ state: 'succeeded', repeats: null });
    expect(repetition).toMatchObject({ state: 'cancelled', startedAt: null, attempt: 2 });
    expect(await backups()).toEqual([...before, 'a'].toSorted());
  });
});
