import { type Anchor, startAnchor } from './anchor.ts';
import { mustCommand } from './commands.ts';
import { bootHost, type Host, type HostOptions, type Plug } from './host.ts';
import { openPorts } from './ports.ts';

/** Hosts on one switch, unreachable from anywhere else. */
export interface HostNetwork extends AsyncDisposable {
  readonly hosts: readonly Host[];
  /** Boots a host; all hosts of the network then know each other by name. The name of a host that was stopped is free again. */
  addHost(options: HostOptions): Promise<Host>;
  /** Gives a host another address; all hosts are told. */
  renumber(host: Host): Promise<void>;
  /** Makes all hosts, those to come too, know the switch by these names: what listens in its namespace answers to them. */
  nameSwitch(names: readonly string[]): Promise<void>;
  /** The process that holds the namespace of the switch, as the machine sees it. */
  readonly switchPid: number;
  /** Stops all hosts and the switch; waits until nothing is left. Twice is fine. */
  stop(): Promise<void>;
}

const subnet = '10.86.0';
const switchAddress = `${subnet}.1`;

/**
 * Makes a network of its own, in namespaces of its own: any number of them may run side by side with the same addresses.
 * It ends with this process, however that ends.
 */
export async function createNetwork(): Promise<HostNetwork> {
  if (process.getuid?.() !== 0)
    throw new Error('hosts need root: they are made of namespaces, mounts and network links');
  const switchScript = `set -e
    ip link set lo up
    # An address of its own: a bridge otherwise takes that of a port, which would still receive what a cut host sends.
    ip link add switch address 02:00:0a:56:00:01 type bridge
    ip address add ${switchAddress}/24 dev switch
    ip link set switch up
    echo "ready $$"
    exec sleep infinity </dev/null >/dev/null 2>&1`;
  const anchor = await startAnchor('the switch of a network', ['unshare', '--net', 'sh', '-c', switchScript]);
  const known: { readonly host: Host; readonly names: readonly string[] }[] = [];
  const taken = new Set<string>();
  const switchNames: string[] = [];
  const hosts = () => known.map(({ host }) => host);
  const stop = async () => {
    await Promise.all(hosts().map((host) => host.stop()));
    await anchor.stop();
  };
  let last = 0;
  const freshAddress = () => {
    if (taken.size >= 240) throw new Error('a network has room for 240 hosts');
    // Round about: an address that was just given up is not the next one given out.
    do last = (last % 240) + 1;
    while (taken.has(`${subnet}.${last + 9}`));
    return `${subnet}.${last + 9}`;
  };
  let introduced: Promise<void> = Promise.resolve();
  const introduceAll = () => {
    // One after the other, or an older list could be written last.
    introduced = introduced.catch(() => undefined).then(() => introduce(known, switchNames)); // each caller hears of its own failure
    return introduced;
  };
  const forget = (host: Host) => {
    const place = known.findIndex((one) => one.host === host);
    if (place < 0) return;
    known.splice(place, 1);
    taken.delete(host.address);
  };
  let plugs = 0;
  return {
    get hosts() {
      return hosts();
    },
    addHost: async (options) => {
      if (hosts().some((host) => host.name === options.name))
        throw new Error(`a host named ${options.name} exists already`);
      const address = options.address ?? freshAddress();
      if (taken.has(address)) throw new Error(`the address ${address} belongs to another host`);
      taken.add(address);
      const booted = await bootHost(options, plugOf(anchor, ++plugs, address)).catch((error) => {
        taken.delete(address);
        throw error;
      });
      const stopHost = async () => {
        forget(host);
        await booted.stop();
      };
      const host: Host = Object.defineProperties(
        { ...booted, stop: stopHost, [Symbol.asyncDispose]: stopHost },
        { address: { get: () => booted.address } },
      );
      known.push({ host, names: [options.name, ...(options.aliases ?? [])] });
      await introduceAll();
      return host;
    },
    renumber: async (host) => {
      const former = host.address;
      const address = freshAddress();
      taken.add(address);
      await host.moveTo(address);
      taken.delete(former);
      await introduceAll();
    },
    nameSwitch: async (names) => {
      switchNames.push(...names);
      await introduceAll();
    },
    switchPid: anchor.pid,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The same for the same address, so that neighbours find a successor at once. */
function hardwareAddress(address: string): string {
  const digits = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...digits].join(':');
}

function plugOf(anchor: Anchor, number: number, first: string): Plug {
  let address = first;
  const port = `port${number}`;
  const ip = (pid: number, lines: readonly string[]) =>
    mustCommand(['nsenter', '-t', `${pid}`, '-n', 'ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  const ports = openPorts(anchor.pid, () => address);
  return {
    get address() {
      return address;
    },
    moveTo: async (next, pid) => {
      await ip(pid, [
        `address del ${address}/24 dev eth0`,
        `link set eth0 address ${hardwareAddress(next)}`,
        `address add ${next}/24 dev eth0`,
      ]);
      address = next;
    },
    connect: async (pid) => {
      await ip(anchor.pid, [
        `link add ${port} type veth peer name eth0 netns ${pid}`,
        `link set ${port} master switch up`,
      ]);
      await ip(pid, [
        'link set lo up',
        `link set eth0 address ${hardwareAddress(address)}`,
        `address add ${address}/24 dev eth0`,
        'link set eth0 up',
      ]);
    },
    cut: async () => void (await ip(anchor.pid, [`link set ${port} nomaster`])),
    restore: async () => void (await ip(anchor.pid, [`link set ${port} master switch`])),
    openPort: ports.open,
    unplug: ports.close,
  };
}

async function introduce(
  known: readonly { readonly host: Host; readonly names: readonly string[] }[],
  switchNames: readonly string[],
): Promise<void> {
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost',
    ...(switchNames.length === 0 ? [] : [`${switchAddress} ${switchNames.join(' ')}`]),
    ...known.map(({ host, names }) => `${host.address} ${names.join(' ')}`),
  ];
  await Promise.all(
    known.map(async (one) => {
      try {
        await one.host.writeFile('/etc/hosts', `${lines.join('\n')}\n`);
      } catch (error) {
        // One that was stopped meanwhile needs to know nobody.
        if (known.includes(one)) throw error;
      }
    }),
  );
}
