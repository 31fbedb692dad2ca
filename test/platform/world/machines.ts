import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../support/hosts.ts';
import { startSshd } from '../../support/servers/sshd.ts';
import { type Disk, freshDisk, movePaths, signalAll } from './disks.ts';
import type { Kind, Service } from './kinds.ts';
import { mountAll } from './mounts.ts';
import type { Environment, Estate, PlatformNode } from './words.ts';

/** What a machine is made of, before there is a node. */
export interface MachinePlan {
  readonly id: number;
  readonly environment: string;
  readonly nodeGroup: string;
  readonly kind: Kind;
  readonly tag: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly password: string;
  readonly master: number;
  /** The folder of this machine that all nodes of a cluster have as `/data`. */
  readonly shared: string | undefined;
}

const disksOf = new WeakMap<Host, Disk>();
const standIn = join(import.meta.dirname, 'systemctl-stand-in');
const jem = join(import.meta.dirname, 'jem-stand-in');

/** The disk of a host that was booted here. */
export function diskOf(host: Host): Disk {
  const disk = disksOf.get(host);
  if (disk === undefined) throw new Error(`host ${host.name} has no disk of the platform's`);
  return disk;
}

/** The name of a node in the network. */
export function nodeName(estate: Pick<Estate, 'domain'>, id: number, environment: string): string {
  return `node${id}-${environment}.${estate.domain}`;
}

/** Boots a machine on a disk: what the platform puts on each, sshd, and the services that are enabled. The database server is not its affair. */
export async function bootMachine(estate: Estate, plan: MachinePlan, disk?: Disk, address?: string): Promise<Host> {
  const name = nodeName(estate, plan.id, plan.environment);
  const used = disk ?? freshDisk(estate.disks, name);
  const host = await estate.network.addHost({
    name,
    aliases: [`node${plan.id}.${plan.environment}.${estate.domain}`, `node${plan.id}`],
    upper: used.upper,
    fuse: estate.fuse,
    ...(plan.shared === undefined ? {} : { binds: [{ from: plan.shared, to: '/data' }] }),
    ...(address === undefined ? {} : { address }),
  });
  disksOf.set(host, used);
  await furnish(estate, host, plan);
  await startSshd(host);
  await host.run(['systemctl', 'boot']);
  return host;
}

async function furnish(estate: Estate, host: Host, plan: MachinePlan): Promise<void> {
  const { kind } = plan;
  const metainf = [
    `COMPUTE_TYPE=${kind.computeType}`,
    `COMPUTE_TYPE_VERSION=${/^\d*/.exec(plan.tag)?.[0] ?? ''}`,
    `COMPUTE_TYPE_FULL_VERSION=${plan.tag}`,
  ];
  const preserved = ['# Paths, one a line, that a redeploy keeps besides the volumes', '/etc/jelastic/redeploy.conf'];
  await host.writeFile('/etc/jelastic/metainf.conf', `${metainf.join('\n')}\n`);
  await host.writeFile('/usr/local/lib/systemctl-stand-in', await readFile(standIn, 'utf8'), 0o755);
  await host.writeFile('/usr/bin/jem', (await readFile(jem, 'utf8')).replace('@DOMAIN@', estate.domain), 0o755);
  await host.writeFile('/usr/local/share/ca-certificates/stand-in-internet.crt', estate.certificates.authority);
  await host.writeFile('/tmp/redeploy.conf', `${preserved.join('\n')}\n`);
  await host.sh(`
    [ -e /etc/jelastic/redeploy.conf ] || cp /tmp/redeploy.conf /etc/jelastic/redeploy.conf
    rm /tmp/redeploy.conf
    for name in systemctl journalctl; do rm -f /usr/bin/$name; ln -s /usr/local/lib/systemctl-stand-in /usr/bin/$name; done
    # The machine's own services are none of the host's.
    find /etc/systemd/system -lname '/lib/systemd/*' -delete
    # Of the machine's own bundle nothing is of use: no real network is reachable.
    cp /usr/local/share/ca-certificates/stand-in-internet.crt /etc/ssl/certs/ca-certificates.crt
    mkdir -p /var/lib/jelastic/keys ${kind.volumes.filter((path) => path.startsWith('/data')).join(' ')}
    getent passwd jelastic >/dev/null || useradd --create-home --password '*' --shell /bin/bash jelastic`);
  await writeVariables(host, { ...plan.variables, MASTER_ID: `${plan.master}` });
}

/** Writes the container's variables to where scripts find them. */
export async function writeVariables(host: Host, variables: Readonly<Record<string, string>>): Promise<void> {
  const quoted = Object.entries(variables).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`);
  await host.writeFile('/.jelenv', `${quoted.join('\n')}\n`);
}

/** Ends all that runs on a node and takes it off the network; its disk stays. */
export async function powerOff(node: PlatformNode): Promise<void> {
  // A server that died before cannot be stopped; whatever runs is killed next.
  await node.service?.stop().catch(() => undefined);
  await signalAll(node.host, 'KILL');
  await signalAll(node.host, 'KILL');
  // Automounts are gone after a reboot until they are made again.
  await node.host.run([
    'sh',
    '-c',
    `for mount in $(awk '$3 ~ /^fuse\\./ { print $2 }' /proc/mounts); do umount -l "$mount"; done`,
  ]);
  await node.host.sh('find /run /tmp -mindepth 1 -xdev -delete 2>/dev/null || true; mkdir -m 1777 -p /run/lock');
  await node.host.cutNetwork();
  node.status = 2;
}

/** Starts what a node runs when it is switched on: sshd, its database server, the enabled services. */
export async function powerOn(estate: Estate, node: PlatformNode): Promise<void> {
  await node.host.restoreNetwork();
  await node.host.sh('install -d -m 755 /run/sshd; pgrep -x sshd >/dev/null || /usr/sbin/sshd -E /var/log/sshd.log');
  await node.service?.start();
  await mountAll(estate, node);
  await node.host.run(['systemctl', 'boot']);
  node.status = 1;
}

/** Gives a node a fresh disk, onto which only volumes, root's ssh keys and the paths of redeploy.conf move. */
export async function redeployMachine(estate: Estate, environment: Environment, node: PlatformNode): Promise<void> {
  const listed = await node.host.run(['cat', '/etc/jelastic/redeploy.conf']);
  const paths = listed.stdout.split('\n').filter((line) => line.startsWith('/'));
  const former = diskOf(node.host);
  const address = node.host.address;
  const disk = freshDisk(estate.disks, node.host.name);
  await powerOff(node);
  await movePaths(former, disk, [...node.kind.volumes, '/root/.ssh', '/var/spool/cron', ...paths]);
  await node.host.stop();
  former.remove();
  const plan = planOf(environment, node);
  node.host = await bootMachine(estate, plan, disk, address);
  await resume(node);
  await mountAll(estate, node);
  node.status = 1;
}

/** Starts the database server of a node on a disk that has its data. */
export async function resume(node: PlatformNode): Promise<void> {
  if (node.kind.resume === undefined) return;
  const service = await node.kind.resume(node.host, node.password);
  await service.start();
  node.service = service;
}

/** The plan of a node that exists. */
export function planOf(environment: Pick<Environment, 'name' | 'nodes' | 'layers'>, node: PlatformNode): MachinePlan {
  return {
    id: node.id,
    environment: environment.name,
    nodeGroup: node.nodeGroup,
    kind: node.kind,
    tag: node.tag,
    variables: node.variables,
    password: node.password,
    shared: environment.layers.get(node.nodeGroup)?.shared,
    master: environment.nodes.find((one) => one.nodeGroup === node.nodeGroup && one.master)?.id ?? node.id,
  };
}

/** Installs the database server of a fresh node. */
export async function installService(host: Host, kind: Kind, password: string): Promise<Service | undefined> {
  return await kind.install?.(host, password);
}
