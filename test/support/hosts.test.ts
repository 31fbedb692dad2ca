import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Host, type HostNetwork } from './hosts.ts';

const hostsModule = join(import.meta.dirname, 'hosts.ts');
const ownNamespaces = ['net', 'mnt', 'pid', 'uts', 'ipc'] as const;

/** The processes of the machine that live in one of these namespaces. */
function livingIn(namespaces: ReadonlySet<string>): string[] {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && namespacesOf(Number(pid)).some((one) => namespaces.has(one)),
  );
}

function namespacesOf(pid: number): string[] {
  try {
    return ownNamespaces.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
  } catch {
    // It has ended since the directory was read.
    return [];
  }
}

function namespacesOfAll(hosts: readonly { readonly pid: number }[]): ReadonlySet<string> {
  const ours = new Set(hosts.flatMap((host) => namespacesOf(host.pid)));
  expect(ours.size).toBe(hosts.length * ownNamespaces.length);
  return ours;
}

async function eventuallyEmpty(look: () => readonly string[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (look().length > 0 && Date.now() < deadline) await sleep(20);
  expect(look()).toEqual([]);
}

const linksOfTheMachine = () => readdirSync('/sys/class/net').sort();
const mountsOfTheMachine = () => readFileSync('/proc/self/mounts', 'utf8');

describe('two networks side by side', { timeout: 60_000 }, () => {
  let one: HostNetwork;
  let other: HostNetwork;
  let alpha: Host;
  let beta: Host;
  let stranger: Host;

  beforeAll(async () => {
    [one, other] = await Promise.all([createNetwork(), createNetwork()]);
    [alpha, beta, stranger] = await Promise.all([
      one.addHost({ name: 'alpha' }),
      one.addHost({ name: 'beta', fuse: false }),
      other.addHost({ name: 'stranger' }),
    ]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([one?.stop(), other?.stop()]);
  });

  const answerOn = (host: Host, port: number, text: string) =>
    host.spawn([
      'bash',
      '-c',
      `exec ${process.execPath} -e '
      require("node:net").createServer((c) => c.end(process.argv[2])).listen(Number(process.argv[1]))' "$@"`,
      'bash',
      `${port}`,
      text,
    ]);
  const ask = (host: Host, address: string, port: number) =>
    host.run(['timeout', '2', 'bash', '-c', 'cat <"/dev/tcp/$1/$2"', 'bash', address, `${port}`]);
  const askUntilAnswered = async (host: Host, address: string, port: number) => {
    const deadline = Date.now() + 10_000;
    let run = await ask(host, address, port);
    while (run.stdout === '' && Date.now() < deadline) run = await ask(host, address, port);
    return run.stdout;
  };

  it('lets hosts of one network reach each other by name, and no others', async () => {
    await answerOn(beta, 7001, 'this is beta');
    await answerOn(stranger, 7002, 'this is the stranger');

    expect(await askUntilAnswered(alpha, 'beta', 7001)).toBe('this is beta');
    expect(await askUntilAnswered(stranger, 'stranger', 7002)).toBe('this is the stranger');
    expect(alpha.address).toBe(stranger.address);
    expect((await ask(beta, stranger.address, 7002)).stdout).toBe('');
  });

  it('opens a port of a host to this process', async () => {
    await answerOn(alpha, 7003, 'from afar');
    await askUntilAnswered(beta, 'alpha', 7003);
    const door = await alpha.openPort(7003);

    const socket = connect(door.port, door.host);
    const bytes: Buffer[] = [];
    socket.on('data', (chunk) => bytes.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(bytes).toString()).toBe('from afar');
  });

  it('cuts and restores the network of one host', async () => {
    await answerOn(beta, 7004, 'still here');
    expect(await askUntilAnswered(alpha, 'beta', 7004)).toBe('still here');

    await beta.cutNetwork();
    expect((await ask(alpha, 'beta', 7004)).exitCode).not.toBe(0);
    expect((await ask(beta, '127.0.0.1', 7004)).stdout).toBe('still here');

    await beta.restoreNetwork();
    expect(await askUntilAnswered(alpha, 'beta', 7004)).toBe('still here');
  });

  it('keeps what a host writes away from the machine and from other hosts', async () => {
    for (const path of [
      '/etc/only-here',
      '/tmp/only-here',
      '/run/only-here',
      '/dev/shm/only-here',
      '/root/a dir/only-here',
    ]) {
      await alpha.writeFile(path, 'x', 0o640);
      expect(await alpha.must(['stat', '-c', '%a', path])).toBe('640\n');
      expect((await beta.run(['test', '-e', path])).exitCode).toBe(1);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('shows the checkout in every host, read-only', async () => {
    expect(await alpha.readFile(hostsModule)).toBe(readFileSync(hostsModule, 'utf8'));
    expect((await alpha.run(['touch', `${hostsModule}.x`])).stderr).toContain('Read-only file system');
  });

  it('gives each host its own name, processes, and fuse unless told otherwise', async () => {
    expect(await alpha.sh('hostname; cat /etc/hostname')).toBe('alpha\nalpha\n');
    expect(await alpha.sh('cat /proc/1/cmdline')).toContain('host-boot.sh');
    expect(await alpha.sh('exec 3<>/dev/fuse && echo opened', { user: 'nobody' })).toBe('opened\n');
    expect((await beta.run(['test', '-e', '/dev/fuse'])).exitCode).toBe(1);
  });

  it('runs commands with input and as another user, and tells how they ended', async () => {
    expect(await alpha.run(['sh', '-c', 'cat; echo broken >&2; exit 7'], { input: 'in' })).toEqual({
      exitCode: 7,
      stdout: 'in',
      stderr: 'broken\n',
    });
    expect(await alpha.sh('id -un; echo $HOME $EXTRA', { user: 'mysql', env: { EXTRA: 'more' } })).toMatch(
      /^mysql\n\S+ more\n$/,
    );
    await expect(alpha.must(['sh', '-c', 'echo no luck >&2; exit 3'])).rejects.toThrow(/alpha.*exit status 3: no luck/);
    await expect(alpha.sh('true', { user: 'nobody-at-all' })).rejects.toThrow('there is no account nobody-at-all');
    await expect(alpha.run(['sleep', '60'], { timeoutMs: 200 })).rejects.toThrow('did not end within 200 ms');
  });

  it('reaps orphans and ends what goes on when told', async () => {
    const { pid } = await alpha.spawn(['sh', '-c', 'echo begun; exec sleep 600'], { logFile: '/tmp/log' });
    await alpha.must(['kill', `${pid}`]);
    await eventuallyEmpty(() => (existsSync(`/proc/${alpha.pid}/root/proc/${pid}`) ? [`${pid}`] : []));
    expect(await alpha.readFile('/tmp/log')).toBe('begun\n');
  });

  it('knows a host by its other names, at an address that it is moved to, and its successor at an address kept', async () => {
    const ownName = () => one.addHost({ name: 'gamma', aliases: ['gamma.example'] });
    const gamma = await ownName();
    const first = gamma.address;
    await one.renumber(gamma);
    expect(gamma.address).not.toBe(first);
    await answerOn(gamma, 7005, 'moved');
    expect(await askUntilAnswered(alpha, 'gamma.example', 7005)).toBe('moved');

    const address = gamma.address;
    await gamma.stop();
    const successor = await one.addHost({ name: 'gamma', aliases: ['delta.example'], address });
    expect(successor.address).toBe(address);
    expect(await alpha.readFile('/etc/hosts')).toContain(`${address} gamma delta.example\n`);
    await one.nameSwitch(['internet.example']);
    expect(await alpha.readFile('/etc/hosts')).toContain('10.86.0.1 internet.example\n');
    await successor.stop();
  });

  it('refuses a second host of the same name', async () => {
    await expect(one.addHost({ name: 'alpha' })).rejects.toThrow('a host named alpha exists already');
  });
});

describe('the end of a network', { timeout: 60_000 }, () => {
  it('leaves no process, namespace, mount, link or file behind after stop', async () => {
    const links = linksOfTheMachine();
    const mounts = mountsOfTheMachine();
    const upper = mkdtempSync(join(tmpdir(), 'hosts-upper-'));
    const network = await createNetwork();
    const host = await network.addHost({ name: 'onDisk', upper });
    const ours = namespacesOfAll([host]);
    await host.spawn(['sh', '-c', 'trap "" TERM INT HUP; sleep 600 & sleep 600']);
    await host.writeFile('/root/large', 'x'.repeat(1_000_000));
    expect(readdirSync(upper)).toEqual(['onDisk']);
    expect(livingIn(ours).length).toBeGreaterThan(2);

    await network.stop();
    await network.stop();
    expect(livingIn(ours)).toEqual([]);
    expect(readdirSync(upper)).toEqual([]);
    expect(linksOfTheMachine()).toEqual(links);
    expect(mountsOfTheMachine()).toBe(mounts);
    rmSync(upper, { recursive: true });
  });

  it('leaves nothing behind when the process that made it is killed', async () => {
    const links = linksOfTheMachine();
    const script = `const { createNetwork } = await import(process.argv[1]);
      const network = await createNetwork();
      const hosts = [await network.addHost({ name: 'a' }), await network.addHost({ name: 'b' })];
      await hosts[0].spawn(['sleep', '600']);
      await hosts[0].openPort(22);
      process.stdout.write(JSON.stringify([...hosts.map(({ pid }) => pid), network.switchPid]) + '\\n');
      await hosts[1].must(['sleep', '600']);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, hostsModule], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [first = 0, second = 0, middle = 0] = JSON.parse(line.toString()) as number[];
    const ours = new Set([
      ...namespacesOfAll([{ pid: first }, { pid: second }]),
      readlinkSync(`/proc/${middle}/ns/net`),
    ]);
    expect(livingIn(ours).length).toBeGreaterThan(4);

    child.kill('SIGKILL');
    await once(child, 'exit');
    await eventuallyEmpty(() => livingIn(ours));
    expect(linksOfTheMachine()).toEqual(links);
  });

  it('says what is wrong when a host cannot be made', async () => {
    await using network = await createNetwork();
    const missing = { from: '/no/such/place', to: '/srv/place' };
    await expect(network.addHost({ name: 'broken', binds: [missing] })).rejects.toThrow(
      /host broken could not be started.*\/no\/such\/place/s,
    );
  });
});
