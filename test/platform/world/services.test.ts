import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { stand } from './stand.ts';

const { platform, environment } = stand();

async function host() {
  const { name } = await environment('bare', 'docker');
  const found = (await platform()).estate.environments.get(name)?.nodes[0]?.host;
  if (found === undefined) throw new Error('no host');
  return found;
}

const unit = (exec: string, more = '') => `[Unit]
Description=A service of a test
[Service]
Environment=GREETING="good morning" OTHER=x
EnvironmentFile=-/etc/default/kept
User=nobody
Restart=always
RestartSec=100ms
${more}
ExecStart=${exec}
[Install]
WantedBy=multi-user.target
`;
const file = (name: string) => `/etc/systemd/system/${name}.service`;
const script = `#!/bin/sh
echo "$GREETING|$KEPT|$HOME|$(id -un)|$1" >/tmp/said
exec sleep 600
`;
const until = async (look: () => Promise<boolean>) => {
  for (let tries = 0; tries < 100 && !(await look()); tries++) await sleep(50);
  expect(await look()).toBe(true);
};

describe('services of hosts', () => {
  it('run as their unit says: account, environment, arguments', async () => {
    const node = await host();
    await node.writeFile('/opt/serve', script, 0o755);
    await node.writeFile('/etc/default/kept', '# a comment\nKEPT="from the file"\n');
    await node.writeFile(file('greeter'), unit(`/opt/serve "two words"`));
    await node.sh('systemctl daemon-reload; systemctl enable --now greeter');
    await until(async () => (await node.run(['test', '-s', '/tmp/said'])).exitCode === 0);
    expect(await node.readFile('/tmp/said')).toBe('good morning|from the file|/nonexistent|nobody|two words\n');
    expect((await node.run(['systemctl', 'is-active', 'greeter'])).stdout).toBe('active\n');
    expect((await node.run(['systemctl', 'status', 'greeter.service'])).stdout).toContain('Active: active');
  });

  it('come back when they are killed, and with their host when they are enabled; stopped they stay away', async () => {
    const node = await host();
    const pid = async () => Number(await node.must(['systemctl', 'show', '-p', 'MainPID', '--value', 'greeter']));
    const first = await pid();
    await node.must(['kill', '-KILL', `${first}`]);
    await until(async () => (await pid()) > 0 && (await pid()) !== first);

    expect((await (await platform()).operate('restart', 'bare')).type).toBe('success');
    expect((await node.run(['systemctl', 'is-active', 'greeter'])).exitCode).toBe(0);

    await node.must(['systemctl', 'stop', 'greeter']);
    expect((await node.run(['systemctl', 'is-active', 'greeter'])).stdout).toBe('inactive\n');
    expect((await node.run(['pgrep', '-u', 'nobody'])).stdout).toBe('');
    await node.must(['systemctl', 'disable', 'greeter']);
    await (await platform()).operate('restart', 'bare');
    expect((await node.run(['systemctl', 'is-active', '--quiet', 'greeter'])).exitCode).toBe(3);
  });

  it('fail when they cannot run, and what is not known is refused by its name', async () => {
    const node = await host();
    await node.writeFile(file('broken'), unit('/no/such/program', 'StartLimitBurst=2'));
    await node.run(['systemctl', 'start', 'broken']);
    await until(async () => (await node.run(['systemctl', 'is-failed', 'broken'])).exitCode === 0);
    expect((await node.run(['systemctl', 'start', 'missing'])).stderr).toContain('Unit missing.service not found');
    expect((await node.run(['systemctl', 'isolate', 'greeter'])).stderr).toContain('the verb isolate is not known');
  });
});
