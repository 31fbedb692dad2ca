import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import type { Host, HostRun } from '../support/hosts.ts';

const checkout = resolve(import.meta.dirname, '../..');
const { host, shared } = fleet();

/** A host with a copy of the scripts and nothing else of the checkout; it has no way out of its own network. */
const bare = () =>
  shared('bare checkout', async () => {
    const machine = await host('bare');
    await machine.sh(`mkdir -p '/srv/a "new" clone'; cd '/srv/a "new" clone'
      cp -r ${checkout}/scripts ${checkout}/package.json ${checkout}/package-lock.json .`);
    return machine;
  });
const clone = '/srv/a "new" clone';
const state = (machine: Host) => machine.sh(`dpkg -l; ls -lR /usr/sbin /etc '${clone}' /tmp | cksum`);

/** Runs a command that has to refuse before it changes anything. */
async function refusal(argv: readonly string[], env: Record<string, string> = {}): Promise<HostRun> {
  const machine = await bare();
  const before = await state(machine);
  const run = await machine.run(argv, { env });
  expect(await state(machine)).toBe(before);
  expect(run.stdout).toBe('');
  return run;
}

/** A directory of programs that come before the machine's own. */
async function withProgram(name: string, text: string): Promise<Record<string, string>> {
  const directory = `/opt/fake-${name}`;
  await (await bare()).writeFile(`${directory}/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
  return { PATH: `${directory}:/usr/sbin:/usr/bin:/sbin:/bin` };
}

describe.each(['demo', 'test'])('scripts/%s on a machine that cannot run it', { timeout: 60_000 }, (name) => {
  const start = ['sh', `${clone}/scripts/${name}`];

  it('says in one line that it needs root', async () => {
    await (await bare()).sh('chmod -R a+rX /srv');
    const run = await refusal(['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', ...start]);
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^[^\n]*needs root[^\n]*sudo[^\n]*\n$/) });
  });

  it('says in one line that it needs Linux', async () => {
    const run = await refusal(start, await withProgram('uname', 'echo Darwin'));
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^[^\n]*needs Linux[^\n]*\n$/) });
  });

  it('says in one line that it needs namespaces', async () => {
    const run = await refusal(start, await withProgram('unshare', 'echo "Operation not permitted" >&2; exit 1'));
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^[^\n]*namespaces[^\n]*\n$/) });
  });

  it('says in one line that the npm registry cannot be reached, before anything is changed', async () => {
    const run = await refusal(start);
    expect(run.exitCode).toBe(1);
    const line = `${name}: the npm registry cannot be reached; check the network and the registry setting of npm`;
    expect(run.stderr).toMatch(new RegExp(`^${line}[^\\n]*\\n$`));
  });
});

describe('the set-up of a machine without network', { timeout: 60_000 }, () => {
  it('says that Debian packages cannot be fetched, and leaves no trace of the attempt', async () => {
    const machine = await bare();
    const before = await state(machine);
    const run = await machine.run(['sh', `${checkout}/scripts/demo`], { env: { SYSTEM_PACKAGES: 'cowsay' } });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^demo: the Debian packages cannot be fetched[^\n]*\n$/);
    expect(await state(machine)).toBe(before);
  });
});

describe('scripts/demo', { timeout: 30_000 }, () => {
  it.each([
    [['--size', 'huge'], 'small, medium or large'],
    [['--size'], 'which size'],
    [['--keeep'], 'no option --keeep'],
  ])('refuses %j with a whole command to try, before any set-up', async (argv, words) => {
    const run = await refusal(['sh', `${clone}/scripts/demo`, ...argv]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(words);
    expect(run.stderr).toMatch(/\ntry: npm run demo -- --size medium --keep\n$/);
  });

  it('explains itself without any set-up', async () => {
    const run = await (await bare()).run(['sh', `${clone}/scripts/demo`, '--help']);
    expect(run).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('npm run demo -- --stop') });
  });
});

describe('scripts/dbbackup', { timeout: 30_000 }, () => {
  it('says what is missing in a checkout without node_modules', async () => {
    const run = await refusal(['sh', `${clone}/scripts/dbbackup`, 'list']);
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^[^\n]*no node_modules[^\n]*npm ci[^\n]*\n$/),
    });
  });

  it('is the command, also by a link from elsewhere', async () => {
    const machine = await bare();
    await machine.sh(`ln -sf ${checkout}/scripts/dbbackup /usr/local/bin/dbbackup`);
    expect(await machine.must(['dbbackup', '--help'])).toContain('Usage: dbbackup');
  });
});
