import { join } from 'node:path';
import type { Host } from '../../support/hosts.ts';
import { untilReady } from '../../support/servers/waiting.ts';
import { type Estate, type MountPoint, type PlatformNode, Refusal } from './words.ts';

/** The port of NFS, on which the stand-in of its server listens. */
const PORT = 2049;
const serverFile = join(import.meta.dirname, 'nfs-stand-in.ts');
const log = '/var/log/nfs-stand-in.log';

/** Serves a host's files to other nodes, as the platform's NFS server does; at most one runs. */
async function serve(host: Host): Promise<void> {
  const listens = async () => (await host.must(['ss', '-Hltn', `sport = :${PORT}`])) !== '';
  if (await listens()) return;
  await host.spawn([process.execPath, serverFile, `${PORT}`], { logFile: log });
  await untilReady(host, 'the stand-in of nfs', log, listens);
}

/** Mounts files of another node, or of a host by its address. sshfs stands in for NFS: a server that is gone makes access fail or hang alike. */
export async function mount(estate: Estate, node: PlatformNode, point: MountPoint): Promise<void> {
  const source = findNode(estate, point.sourceNodeId);
  if (source !== undefined) {
    if (source.status !== 1) throw new Refusal(1, `source node ${source.id} is not running`);
    await serve(source.host);
  }
  const address = source?.host.address ?? point.sourceHost ?? '';
  const options = ['allow_other', 'default_permissions', 'reconnect', ...(point.readOnly ? ['ro'] : [])].join(',');
  // NFS is mounted by the platform, whatever the container itself may do.
  const script = `[ -c /dev/fuse ] || { mknod -m 666 /dev/fuse c 10 229; trap 'rm /dev/fuse' EXIT; }
    mkdir -p -- "$1"
    sshfs -o "directport=$2,$3" "$4:$5" "$1"`;
  const run = await node.host.run(
    ['sh', '-c', script, 'sh', point.path, `${PORT}`, options, address, point.sourcePath],
    {
      timeoutMs: 60_000,
    },
  );
  if (run.exitCode !== 0) throw new Refusal(1, `cannot mount ${point.path} on node ${node.id}: ${run.stderr.trim()}`);
}

/** Mounts again what a node had mounted before it was restarted; a source that is away leaves its directory empty. */
export async function mountAll(estate: Estate, node: PlatformNode): Promise<void> {
  for (const point of node.mounts)
    await mount(estate, node, point).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
}

/** Takes a mount away, even when nothing answers behind it. */
export async function unmount(node: PlatformNode, path: string): Promise<void> {
  await node.host.run(['umount', '-l', '--', path]);
}

function findNode(estate: Estate, id: number | null): PlatformNode | undefined {
  if (id === null) return undefined;
  for (const { nodes } of estate.environments.values()) {
    const found = nodes.find((node) => node.id === id);
    if (found !== undefined) return found;
  }
  throw new Refusal(11022, `source node ${id} is not found`);
}
