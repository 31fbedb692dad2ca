import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobView } from '../../addon/cli/follow.ts';
import { ERRORS } from '../../storage-node/base/errors.ts';
import { fleet } from '../support/fleet.ts';
import type { Host } from '../support/hosts.ts';
import { type Daemon, type EnvironmentRequest, startDaemon } from '../support/installation.ts';
import { prepareMaster, startSshd } from '../support/servers/sshd.ts';
import { leftOnStorage } from '../support/story.ts';

const NAMES = ['a', 'b', 'c'];
const { host } = fleet();
/** While this file is there, no backup goes on: the machine may be slow, and nothing of it is a race. */
const HOLD = '/var/tmp/hold-backups';
let daemon: Daemon;
let server: Host;
const requests = new Map<string, EnvironmentRequest>();

/** Three environments on one server, whose backups take a second each, and as long as they are held. */
beforeAll(async () => {
  const storage = await host('storage');
  server = await host('server');
  daemon = await startDaemon(storage);
  const hostKey = await startSshd(server);
  for (const name of NAMES) {
    const environment = { name, displayName: name, region: 'local', owner: 'owner-1' };
    const { publicKey } = await daemon.hook('prepare', { environment });
    await prepareMaster(server, String(publicKey));
    const backupCommand = `echo "${name} begins"; sleep 1; while [ -e ${HOLD} ]; do sleep 0.1; done; echo "${name} ends"`;
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

const hold = () => server.sh(`touch ${HOLD}`);
const letGo = () => server.sh(`rm -f ${HOLD}`);
const ask = (name: string) => daemon.hook('backup-now', { ...requests.get(name), settings: {} }, { wait: false });
const jobs = async () => (await daemon.jobs()) as readonly JobView[];
const backups = async () => (await daemon.backups()).map(({ environment }) => environment).toSorted();
const quiet = async () => (await jobs()).every(({ endedAt }) => endedAt !== null);

describe('a daemon with a queue', () => {
  test('says who waits for what, and does not begin a second job on the same server', async () => {
    await hold();
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
    const following = daemon.dbbackup('jobs', '--follow', String(waiting[0]?.id));
    await sleep(2_000);
    await letGo();
    const followed = await following;
    expect(followed).toMatchObject({ exitCode: 0 });
    expect(followed.stdout).toMatch(
      /backup of b: waits, number 1 in the queue[\s\S]*the backup of b succeeded in \d+ s/,
    );
    await expect.poll(quiet, { timeout: 60_000, interval: 250 }).toBe(true);
    expect(await backups()).toEqual(NAMES);
  });

  test('follows a job that is cancelled to its exit status', async () => {
    await hold();
    await ask('a');
    const following = daemon.dbbackup('jobs', 'a', '--follow', '--json');
    await expect.poll(async () => (await jobs())[0]?.bytes, { timeout: 30_000, interval: 250 }).toBeGreaterThan(0);
    await sleep(2_000);
    const id = (await jobs()).find(({ state }) => state === 'running')?.id;
    expect(await daemon.dbbackup('cancel', String(id))).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await following;
    await letGo();
    expect(exitCode).toBe(ERRORS['job-cancelled'].exit);
    const seen = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JobView);
    expect(seen.at(-1)).toMatchObject({ id, state: 'cancelled' });
    const ran = seen.findLast(({ state }) => state === 'running');
    expect(ran?.expected?.seconds).toBeGreaterThan(1);
    expect(ran?.expected?.bytes).toBeGreaterThan(0);
  });

  test.each([400, 2_500])(
    'that is killed after %d ms does all that it was asked for, once, without a human',
    async (moment) => {
      const before = await backups();
      await hold();
      for (const name of NAMES) expect(await ask(name)).toMatchObject({ ok: true });
      await sleep(moment);
      await daemon.kill();
      await daemon.start();
      expect((await jobs()).some(({ state }) => state === 'queued')).toBe(true);
      await letGo();
      await expect.poll(quiet, { timeout: 150_000, interval: 500 }).toBe(true);
      expect(await backups()).toEqual([...before, ...NAMES].toSorted());
      const rows = await jobs();
      const retry = rows.find(({ repeats }) => repeats !== null);
      expect(rows.find(({ id }) => id === retry?.repeats)).toMatchObject({ state: 'interrupted' });
      expect(await leftOnStorage(daemon)).toBe('');
    },
    240_000,
  );

  test('takes a person’s request in the place of the repetition of a job that was cut off', async () => {
    const before = await backups();
    await hold();
    await ask('a');
    await sleep(1_200);
    await daemon.kill();
    await daemon.start();
    await letGo();
    expect(await daemon.hook('backup-now', { ...requests.get('a'), settings: {} })).toMatchObject({ ok: true });
    const [latest, repetition] = (await daemon.jobs('a')).filter(({ kind }) => kind === 'backup');
    expect(latest).toMatchObject({ state: 'succeeded', repeats: null });
    expect(repetition).toMatchObject({ state: 'cancelled', startedAt: null, attempt: 2 });
    expect(await backups()).toEqual([...before, 'a'].toSorted());
  });
});
