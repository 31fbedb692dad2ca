import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fleet } from '../support/fleet.ts';
import type { Host } from '../support/hosts.ts';
import { packThinArchive } from '../support/thin-archive.ts';

const SCRIPT = join(import.meta.dirname, '../../storage-node/install');
const SYSTEMCTL = join(import.meta.dirname, '../platform/world/systemctl-stand-in');
/** A program that serves until it is stopped, and says of jobs what a file says. */
const PROGRAM = `#!/bin/sh
case $1 in
  serve) echo $$ >/run/served; exec sleep infinity ;;
  jobs) cat /run/jobs ;;
  list) [ -e /run/served ] && echo '[]' ;;
esac
`;

const { host } = fleet();
let folder: string;
let node: Host;
const checksums = new Map<string, string>();

const archiveOf = (version: string) => join(folder, `${version}.tar.gz`);
const release = (version: string) => [
  ...['--archive', archiveOf(version), '--version', version],
  ...['--sha256', checksums.get(version) ?? ''],
];
const install = (words: readonly string[]) => node.run(['sh', SCRIPT, ...words]);
const pid = () => node.sh('cat /run/served');

beforeAll(async () => {
  folder = mkdtempSync('/var/tmp/install-');
  for (const version of ['0.1.0', '0.1.1', '0.2.0'])
    checksums.set(version, await packThinArchive(archiveOf(version), { version, program: PROGRAM }));
  node = await host('storage');
  await node.writeFile('/usr/local/lib/systemctl-stand-in', readFileSync(SYSTEMCTL, 'utf8'), 0o755);
  await node.sh(`rm -f /usr/bin/systemctl /usr/bin/journalctl; ln -s /usr/local/lib/systemctl-stand-in /usr/bin/systemctl
    echo '[]' >/run/jobs`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['no archive', []],
  ['a version that is a path', ['--archive', 'x', '--version', '../x', '--sha256', '0'.repeat(64)]],
  ['a checksum that is none', ['--archive', 'x', '--version', '1', '--sha256', 'abc']],
  ['a data directory with a space', ['--data', '/data x']],
])('refuses %s, and changes nothing', async (_, words) => {
  const { exitCode, stderr } = await install(words);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^install: .*usage: /);
  expect((await node.run(['ls', '/opt/dbbackup'])).exitCode).not.toBe(0);
});

test('an archive with another checksum is not unpacked', async () => {
  const { exitCode, stderr } = await install([...release('0.1.0').slice(0, 5), 'f'.repeat(64)]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SHA-256 differs') });
  expect(await node.sh('ls -A /opt/dbbackup/versions')).toBe('');
});

test('the daemon runs as a service that comes back with the machine and stays over a redeploy', async () => {
  const { exitCode, stdout, stderr } = await install(release('0.1.0'));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe('version=0.1.0 data=/data/dbbackup state=running\n');
  expect(await node.sh('systemctl is-enabled dbbackup; systemctl is-active dbbackup; dbbackup list')).toBe(
    'enabled\nactive\n[]\n',
  );
  expect(await node.sh('grep dbbackup /etc/jelastic/redeploy.conf')).toBe(
    '/opt/dbbackup\n/etc/systemd/system/dbbackup.service\n/usr/local/bin/dbbackup\n',
  );
});

test('run again, it changes nothing', async () => {
  const before = await pid();
  expect((await install(release('0.1.0'))).stdout).toBe('version=0.1.0 data=/data/dbbackup state=running\n');
  expect(await pid()).toBe(before);
  expect(await node.sh('grep -c dbbackup /etc/jelastic/redeploy.conf')).toBe('3\n');
});

test('a new version waits for the job that runs', async () => {
  const before = await pid();
  await node.writeFile('/run/jobs', '[{"id":"j1","state":"running"}]');
  const upgrade = install(release('0.1.1'));
  await expect.poll(() => node.sh('cat /opt/dbbackup/current/VERSION'), { timeout: 20_000 }).toBe('0.1.1\n');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await pid()).toBe(before);
  await node.writeFile('/run/jobs', '[{"id":"j1","state":"succeeded"}]');
  expect(await upgrade).toMatchObject({ exitCode: 0, stdout: 'version=0.1.1 data=/data/dbbackup state=running\n' });
  await expect.poll(pid).not.toBe(before);
});

test('an older version leaves the newer one in place, and only the former one is kept beside it', async () => {
  expect(await install(release('0.2.0'))).toMatchObject({ exitCode: 0 });
  const older = await install(release('0.1.1'));
  expect(older).toMatchObject({ exitCode: 0, stdout: 'version=0.2.0 data=/data/dbbackup state=running\n' });
  expect(older.stderr).toContain('0.2.0 is newer than 0.1.1');
  expect(await node.sh('cat /opt/dbbackup/current/VERSION; ls /opt/dbbackup/versions')).toContain('0.2.0\n');
});

test('what it left half-done is mended by the next run', async () => {
  await node.sh('rm -rf /opt/dbbackup/versions/0.2.0 /usr/local/bin/dbbackup; systemctl stop dbbackup');
  expect(await install(release('0.2.0'))).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('state=running'),
  });
  expect(await node.sh('dbbackup list')).toBe('[]\n');
});
