import { resolve } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { beforeAll, expect, test } from 'vitest';
import type { StatusReport } from '../../addon/flows/status.ts';
import { type Story, story } from '../support/story.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SECRET = `whsec_${Buffer.from('a secret of exactly 32 bytes ok!').toString('base64')}`;
const WAIT = { timeout: 90_000, interval: 500 };
const CONFIG = {
  metricsListen: '127.0.0.1:9464',
  notify: {
    mail: { host: '127.0.0.1', port: 2525, security: 'none', from: 'Backups <dbbackup@hoster.example>' },
    hosterMail: ['ops@hoster.example'],
    allowPrivateAddresses: true,
  },
};

interface Received {
  readonly mail?: string;
  readonly raw?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const told = story({
  settings: {
    notifyEmail: 'admin@shop.example',
    webhookUrl: 'http://127.0.0.1:8099/hook',
    webhookSecret: SECRET,
    pingUrl: 'http://127.0.0.1:8099/ping',
  },
});
let it: Story;

async function received(): Promise<Received[]> {
  const text = (await it.storage.run(['cat', '/root/news.jsonl'])).stdout;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Received);
}
const mails = async (to: string, subject: RegExp) =>
  (await received()).filter(({ mail, raw = '' }) => mail === to && subject.test(raw.replaceAll('\r\n ', ' ')));
const events = async () =>
  (await received()).flatMap(({ path, body = '' }) =>
    path === '/hook' ? [(JSON.parse(body) as { type: string }).type] : [],
  );
const pings = async () => (await received()).flatMap(({ path = '' }) => (path.startsWith('/ping') ? [path] : []));
const configure = async (config: object) => {
  await it.daemon.stop();
  await it.storage.writeFile(`${it.daemon.dataDirectory}/config.json`, JSON.stringify(config));
  await it.daemon.start();
};
const backup = () => it.daemon.hook('backup-now', { ...it.request, settings: {} });

beforeAll(async () => {
  it = await told();
  await it.server.sql('CREATE DATABASE shop; CREATE TABLE shop.t (a INT); INSERT INTO shop.t VALUES (1)');
  await it.storage.spawn(
    [`${ROOT}/node_modules/.bin/node`, `${ROOT}/test/support/programs/news.ts`, '/root/news.jsonl', '/root/refuse'],
    { logFile: '/root/news.log' },
  );
  await configure({ notify: { allowPrivateAddresses: true } });
  expect(await it.daemon.hook('install', it.request)).toMatchObject({
    ok: true,
    warnings: [expect.stringContaining('the storage node has no mail server')],
  });
  await configure(CONFIG);
  expect(await it.daemon.hook('configure', { ...it.request, settings: {} })).toMatchObject({ ok: true, warnings: [] });
  expect((await it.daemon.dbbackup('status')).exitCode).toBe(1);
});

test('a backup that succeeds calls the dead-man address, and asks nobody to act', async () => {
  expect(await backup()).toMatchObject({ ok: true });
  await expect.poll(pings, WAIT).toEqual(['/ping']);
  expect(await received()).toHaveLength(1);
  const status = await it.daemon.dbbackup('status');
  expect([status.exitCode, status.stdout.split('\n')[0]]).toEqual([0, 'DBBACKUP OK - 1 environment backed up']);
});

test('a backup that fails is told to the customer and the hoster, by mail and by a webhook that proves itself', async () => {
  await it.server.stop();
  expect(await backup()).toMatchObject({ ok: false });
  await expect
    .poll(() => mails('admin@shop.example', /^Subject: \[dbbackup\] backup of shop failed/m), WAIT)
    .toHaveLength(1);
  await expect.poll(() => mails('ops@hoster.example', /backup of shop failed/), WAIT).toHaveLength(1);
  await expect.poll(events, WAIT).toEqual(['backup.failed']);
  await expect.poll(pings, WAIT).toEqual(['/ping', '/ping/fail']);
  const [hook] = (await received()).filter(({ path }) => path === '/hook');
  expect(new Webhook(SECRET).verify(hook?.body ?? '', hook?.headers ?? {})).toMatchObject({
    type: 'backup.failed',
    data: { environment: { name: 'shop' }, error: { code: 'database-unreachable' } },
  });
  expect(await it.daemon.dbbackup('status', 'shop')).toMatchObject({ exitCode: 1 });
});

test('it is told once, and its recovery is told once', async () => {
  expect(await backup()).toMatchObject({ ok: false });
  expect(await backup()).toMatchObject({ ok: false });
  await it.server.start();
  expect(await backup()).toMatchObject({ ok: true });
  await expect.poll(events, WAIT).toEqual(['backup.failed', 'backup.recovered']);
  await expect.poll(() => mails('admin@shop.example', /works again/), WAIT).toHaveLength(1);
  expect(await mails('admin@shop.example', /failed/)).toHaveLength(1);
});

test('where nobody takes messages, no job waits for them; a SIGKILL later each is delivered once', async () => {
  await it.storage.sh('touch /root/refuse');
  await it.server.stop();
  const before = await events();
  const began = performance.now();
  expect(await backup()).toMatchObject({ ok: false });
  expect(performance.now() - began).toBeLessThan(20_000);
  await it.daemon.kill();
  await it.daemon.start();
  const report = async () => JSON.parse((await it.daemon.dbbackup('status', '--json')).stdout) as StatusReport;
  await expect.poll(async () => (await report()).messages.troubled.length, WAIT).toBeGreaterThan(0);
  expect((await report()).reasons.join()).toContain('could not be sent');
  await it.storage.sh('rm /root/refuse');
  await expect.poll(events, WAIT).toEqual([...before, 'backup.failed']);
  await expect.poll(() => mails('admin@shop.example', /failed/), WAIT).toHaveLength(2);
  await expect.poll(async () => (await report()).messages.waiting, WAIT).toBe(0);
  expect(await events()).toEqual([...before, 'backup.failed']);
  await it.server.start();
});

test('metrics are answered on the socket and on the address of the configuration, which knows nothing else', async () => {
  const socket = await it.storage.must([
    'curl',
    '-sf',
    '--unix-socket',
    `${it.daemon.dataDirectory}/daemon.sock`,
    'http://d/metrics',
  ]);
  const tcp = await it.storage.must(['curl', '-sf', 'http://127.0.0.1:9464/metrics']);
  for (const text of [String(socket), String(tcp)]) {
    expect(text).toMatch(/^dbbackup_last_success_timestamp_seconds\{environment="shop",engine="mariadb"\} 1\d{9}/m);
    expect(text).toMatch(/^dbbackup_jobs_ended_total\{kind="backup",outcome="database-unreachable"\} 4$/m);
  }
  const other = await it.storage.must([
    'curl',
    '-s',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    'http://127.0.0.1:9464/backups',
  ]);
  expect(String(other)).toBe('404');
});

test('where the hoster does not allow it, no customer names an address of a private network', async () => {
  await configure({ ...CONFIG, notify: { ...CONFIG.notify, allowPrivateAddresses: false } });
  for (const webhookUrl of ['http://127.0.0.1:8099/hook', 'http://10.86.0.1/', 'http://[::1]/'])
    expect(
      await it.daemon.hook('configure', { environment: it.request.environment, settings: { webhookUrl } }),
    ).toMatchObject({
      ok: false,
      error: { code: 'request-invalid' },
    });
  const before = await events();
  await it.server.stop();
  await backup();
  const troubled = async () =>
    (JSON.parse((await it.daemon.dbbackup('status', '--json')).stdout) as StatusReport).messages.troubled;
  await expect.poll(async () => JSON.stringify(await troubled()), WAIT).toContain('is an address of a private network');
  expect(await events()).toEqual(before);
});

test('a daemon that is down is critical to monitoring', async () => {
  await it.daemon.stop();
  const status = await it.daemon.dbbackup('status');
  expect(status).toMatchObject({ exitCode: 2 });
  expect(status.stdout).toMatch(/^DBBACKUP CRITICAL - no backup is taken/);
});
