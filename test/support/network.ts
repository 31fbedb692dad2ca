import { type Anchor, markProcess, startAnchor } from './anchor.ts';
import { mustCommand } from './commands.ts';
import { bootHost, type Host, type HostOptions, type Plug } from './host.ts';
import type { KeptHosts } from './kept.ts';
import { openPorts } from './ports.ts';

/** Hosts on one switch, unreachable from anywhere else. */
export interface HostNetwork extends AsyncDisposable {
  readonly hosts: readonly Host[];
  /** Boots a host; all hosts of the network then know each other by name. */
  addHost(options: HostOptions): Promise<Host>;
  /** What must be written down to stop kept hosts later (see kept.ts). */
  record(): KeptHosts;
  /** Stops all hosts and the switch; waits until nothing is left. Twice is fine. */
  stop(): Promise<void>;
}

const subnet = '10.86.0';

/**
 * Makes a network of its own, in namespaces of its own: any number of them may run side by side with the same addresses.
 * It ends with this process, however that ends, unless `keep` says that it outlives it.
 */
export async function createNetwork({ keep = false }: { readonly keep?: boolean } = {}): Promise<HostNetwork> {
  if (process.getuid?.() !== 0)
    throw new Error('hosts need root: they are made of namespaces, mounts and network links');
  const switchScript = `set -e
    ip link set lo up
    # An address of its own: a bridge otherwise takes that of a port, which would still receive what a cut host sends.
    ip link add switch address 02:00:0a:56:00:01 type bridge
    ip address add ${subnet}.1/24 dev switch
    ip link set switch up
    echo "ready $$"
    exec sleep infinity </dev/null >/dev/null 2>&1`;
  const anchor = await startAnchor('the switch of a network', ['unshare', '--net', 'sh', '-c', switchScript], keep);
  const hosts: Host[] = [];
  const stop = async () => {
    await Promise.all(hosts.map((host) => host.stop()));
    await anchor.stop();
  };
  let count = 0;
  let introduced = Promise.resolve();
  return {
    hosts,
    addHost: async (options) => {
      if (hosts.some((host) => host.name === options.name))
        throw new Error(`a host named ${options.name} exists already`);
      const host = await bootHost(options, plugOf(anchor, ++count), keep);
      hosts.push(host);
      // One after the other, or an older list could be written last.
      introduced = introduced.then(() => introduce(hosts));
      await introduced;
      return host;
    },
    record: () => ({
      switch: markProcess(anchor.pid),
      hosts: hosts.map(({ name, address, pid, enter }) => ({ name, address, enter, process: markProcess(pid) })),
    }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function plugOf(anchor: Anchor, number: number): Plug {
  if (number > 240) throw new Error('a network has room for 240 hosts');
  const address = `${subnet}.${number + 9}`;
  const port = `port${number}`;
  const ip = (pid: number, lines: readonly string[]) =>
    mustCommand(['nsenter', '-t', `${pid}`, '-n', 'ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  const ports = openPorts(anchor.pid, address);
  return {
    address,
    connect: async (pid) => {
      await ip(anchor.pid, [
        `link add ${port} type veth peer name eth0 netns ${pid}`,
        `link set ${port} master switch up`,
      ]);
      await ip(pid, ['link set lo up', `address add ${address}/24 dev eth0`, 'link set eth0 up']);
    },
    cut: async () => void (await ip(anchor.pid, [`link set ${port} nomaster`])),
    restore: async () => void (await ip(anchor.pid, [`link set ${port} master switch`])),
    openPort: ports.open,
    unplug: ports.close,
  };
}

async function introduce(hosts: readonly Host[]): Promise<void> {
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost',
    ...hosts.map((host) => `${host.address} ${host.name}`),
  ];
  await Promise.all(hosts.map((host) => host.writeFile('/etc/hosts', `${lines.join('\n')}\n`)));
}
