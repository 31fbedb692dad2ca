import { expect, test } from 'vitest';
import { statusReport } from '../../../addon/flows/status.ts';
import { exposition } from '../../../addon/server/metrics.ts';
import { buildMetricsApp, listenForMetrics } from '../../../addon/server/metrics-door.ts';
import type { Log } from '../../../storage-node/base/log.ts';
import { watchTrial } from '../flows/watch-trial.ts';
import { startReceiver } from '../notify/receivers.ts';

async function scrape(it: ReturnType<typeof watchTrial>): Promise<string[]> {
  const answer = await buildMetricsApp(it.watching).inject('/metrics');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  return answer.body.split('\n');
}

test('Prometheus is answered with every environment, the queue, failures by code and the storage', async () => {
  const it = watchTrial();
  await it.look();
  it.job('backup', 'succeeded');
  it.job('backup', 'dump-failed');
  it.job('backup', 'dump-failed');
  await it.pass(10);
  expect(await scrape(it)).toEqual(
    expect.arrayContaining([
      'dbbackup_last_success_timestamp_seconds{environment="shop",engine="custom"} 1795262400',
      'dbbackup_last_success_age_seconds{environment="shop",engine="custom"} 36180',
      'dbbackup_last_success_size_bytes{environment="shop",engine="custom"} 2000000',
      'dbbackup_last_success_stored_bytes{environment="shop",engine="custom"} 1000000',
      'dbbackup_last_success_duration_seconds{environment="shop",engine="custom"} 60',
      'dbbackup_overdue{environment="shop",engine="custom"} 0',
      'dbbackup_consecutive_failures{environment="shop",engine="custom"} 2',
      'dbbackup_jobs_ended_total{kind="backup",outcome="succeeded"} 1',
      'dbbackup_jobs_ended_total{kind="backup",outcome="dump-failed"} 2',
      'dbbackup_jobs{state="running"} 0',
      'dbbackup_storage_free_bytes 90000000000',
      'dbbackup_storage_full_seconds +Inf',
      'dbbackup_messages_waiting 0',
    ]),
  );
});

test('what was uninstalled disappears, and scraping twice counts nothing twice', async () => {
  const it = watchTrial();
  it.job('backup', 'succeeded');
  await scrape(it);
  expect(await scrape(it)).toContain('dbbackup_jobs_ended_total{kind="backup",outcome="succeeded"} 1');
  it.uninstall('shop');
  expect((await scrape(it)).filter((line) => line.includes('shop'))).toEqual([]);
});

test('a name cannot break out of its label', async () => {
  const it = watchTrial();
  const report = await statusReport(it.watching);
  const [shop] = report.environments;
  if (shop === undefined) throw new Error('no environment');
  const environments = [{ ...shop, environment: 'a"} 1\nfake{x="\\' }];
  const text = await exposition({ ...report, environments }, []);
  expect(text).toContain('environment="a\\"} 1\\nfake{x=\\"\\\\"');
  expect(text).not.toMatch(/^fake/m);
});

test('its own address knows no verb', async () => {
  const app = buildMetricsApp(watchTrial().watching);
  expect((await app.inject('/health')).json()).toMatchObject({ ok: true, freeBytes: 90e9 });
  for (const url of ['/backups', '/environments', '/jobs', '/status', '/environments/shop/key'])
    expect((await app.inject(url)).statusCode).toBe(404);
});

test('a port that is taken, or none at all, keeps nobody from going on, and is said in the log', async () => {
  const { watching } = watchTrial();
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const log: Log = { info: say, warn: say, error: say, with: () => log };
  await using taken = await startReceiver();
  const address = new URL(taken.url).host;
  const door = await listenForMetrics(address, watching, log);
  expect(said).toEqual([expect.stringMatching(/^metrics are not answered on 127\.0\.0\.1:\d+: .*EADDRINUSE/)]);
  await door?.close();
  const other = await listenForMetrics('[::1]:0', watching, log);
  expect(said.at(-1)).toBe('metrics are answered');
  await other?.close();
  expect(await listenForMetrics(undefined, watching, log)).toBeUndefined();
});
