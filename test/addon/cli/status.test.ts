import { expect, test } from 'vitest';
import { runCommandLine } from '../../../addon/cli/program.ts';
import { status } from '../../../addon/cli/status.ts';
import { type StatusReport, statusReport } from '../../../addon/flows/status.ts';
import { type WatchTrial, watchTrial } from '../flows/watch-trial.ts';

function listener() {
  const lines: string[] = [];
  const say = (text: string) => void lines.push(text);
  return { lines, output: { line: say, note: say, progress: () => undefined } };
}

async function shown(it: WatchTrial, options: { json?: boolean; problems?: boolean } = {}) {
  const { lines, output } = listener();
  const report: StatusReport = await statusReport(it.watching);
  const client = { call: async <Answer>() => report as Answer };
  const { json = false, ...rest } = options;
  return { exit: await status(undefined, rest, { client, output, json }), lines };
}

test('the first line and the exit status say it all', async () => {
  const it = watchTrial();
  await it.look();
  expect((await shown(it)).exit).toBe(1);
  it.job('backup', 'succeeded');
  expect(await shown(it)).toMatchObject({
    exit: 0,
    lines: ['DBBACKUP OK - 1 environment backed up', ...Array(6).fill(expect.any(String))],
  });
  await it.pass(17);
  const { exit, lines } = await shown(it);
  expect(exit).toBe(2);
  expect(lines[0]).toBe('DBBACKUP CRITICAL - 1 overdue: shop');
});

test('each environment has a line with verdict, last success, age, next run and what is wrong, the worst first', async () => {
  const it = watchTrial();
  it.install('blog');
  await it.look();
  it.job('backup', 'succeeded', 'blog');
  it.job('backup', 'succeeded');
  it.job('backup', 'credentials-refused');
  const text = (await shown(it)).lines.join('\n');
  expect(text).toMatch(/shop +failing +2026-11-21 12:01:00 UTC +2 min/);
  expect(text).toContain(
    '1 failed since 2026-11-21 12:03:00 UTC: credentials-refused: it failed of credentials-refused',
  );
  expect(text.indexOf('shop')).toBeLessThan(text.indexOf('blog'));
  expect((await shown(it, { problems: true })).lines.join('\n')).not.toContain('blog');
});

test('as JSON it is the whole report', async () => {
  const { lines } = await shown(watchTrial(), { json: true });
  expect(JSON.parse(lines.join(''))).toMatchObject({
    ...{ daemon: true, state: 'warning', environments: [{ environment: 'shop', verdict: 'never' }] },
    storage: { totalBytes: 100e9, fullInSeconds: null },
  });
});

test.for([[], ['--json']])('a daemon that is down is critical, and says how to start it %j', async (flags) => {
  const { lines, output } = listener();
  const parts = { version: '0', defaultDataDirectory: '/nowhere', output, readStdin: async () => '' };
  const serve = () => Promise.reject(new Error('no daemon is wanted'));
  expect(await runCommandLine(['status', '--data', '/nowhere', ...flags], { ...parts, serve })).toBe(2);
  if (flags.length > 0) expect(JSON.parse(lines[0] ?? '')).toMatchObject({ state: 'critical', daemon: false });
  else
    expect(lines.join('\n')).toMatch(/^DBBACKUP CRITICAL - no backup is taken: .*\n.*dbbackup serve --data \/nowhere/);
});
