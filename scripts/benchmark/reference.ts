import type { Host } from '../../test/support/hosts.ts';
import { untilReady } from '../../test/support/servers/waiting.ts';
import type { BenchServer } from './server.ts';

/** Seconds that each step took, by its name. */
export type Steps = Readonly<Record<string, number>>;

/** Asks, after the end of an operation, what it did: the asking is no part of it. */
export type Ended = () => Steps | Promise<Steps>;

/** The usual flow, run as root on the database node: a dump into a file there, restic over a mount of the storage. */
export interface Reference {
  /** Whether this kernel counts what is written to the mount as written to disk (see /proc/PID/io). */
  readonly mountCountsAsDisk: boolean;
  backup(): Promise<Ended>;
  /** Of the newest snapshot. */
  restore(): Promise<Ended>;
  storedBytes(): Promise<number>;
  /** Ends the mount and removes the repository. */
  end(): Promise<void>;
}

const keep = 5;
const log = '/var/log/reference-mount.log';
const check = 'restic -q check --read-data-subset=5%';
const forget = `restic -q forget --keep-last ${keep} --prune`;
const file = '/root/db_backup.sql.gz';

/** Mounts a folder of the storage on the database node by sshfs, as this product does, and makes an empty repository in it. */
export async function startReference(server: BenchServer, storage: Host, name: string): Promise<Reference> {
  const master = server.host;
  const folder = `/srv/reference/${name}`;
  const mountPoint = `/mnt/reference/${name}`;
  const repository = {
    ...server.environment,
    RESTIC_REPOSITORY: mountPoint,
    RESTIC_PASSWORD: name,
    RESTIC_COMPRESSION: 'off',
    RESTIC_PACK_SIZE: '8',
    GOGC: '20',
  };
  await logInWithKey(storage, master);
  await master.must(['mkdir', '-p', mountPoint]);
  await storage.must(['mkdir', '-p', folder]);
  const mount = `mkfifo -m 600 "$1.up" "$1.down"
    /usr/lib/openssh/sftp-server <"$1.up" >"$1.down" &
    exec ssh -o BatchMode=yes -o Ciphers=aes128-gcm@openssh.com "root@$2" sshfs ":$1" "$3" -f -o passive,auto_cache,dcache_timeout=2 >"$1.up" <"$1.down"`;
  const ssh = await storage.spawn(['sh', '-c', mount, 'sh', folder, master.name, mountPoint], { logFile: log });
  await untilReady(storage, 'the mount', log, async () => {
    return (await master.run(['mountpoint', '-q', mountPoint])).exitCode === 0;
  });
  await master.must(['restic', '-q', 'init'], { env: repository });

  const timed = async (steps: Readonly<Record<string, string>>): Promise<Ended> => {
    const script = Object.entries(steps).map(([step, line]) => `${line}\necho "${step} $(date +%s.%N)" >&9`);
    const bash = ['bash', '-c', `exec 9>&1 >/dev/null; set -eo pipefail; date +%s.%N >&9\n${script.join('\n')}`];
    const said = (await master.must(bash, { env: repository, timeoutMs: 7_200_000 })).trim().split('\n');
    let before = Number(said[0]);
    const took = Object.fromEntries(
      said.slice(1).map((line) => {
        const [at = '', ...words] = line.split(' ').reverse();
        const seconds = Number(at) - before;
        before = Number(at);
        return [words.reverse().join(' '), seconds];
      }),
    );
    return () => took;
  };
  const probe = 'dd if=/dev/zero of="$1" bs=1M count=1 status=none; rm "$1"; sed -n "s/^write_bytes: //p" /proc/$$/io';
  const counted = await master.must(['sh', '-ec', probe, 'sh', `${mountPoint}/probe`]);
  return {
    mountCountsAsDisk: Number(counted) >= 1024 * 1024,
    backup: () =>
      timed({
        'check before': check,
        'forget before': forget,
        'dump and gzip': `${server.dump} | gzip >${file}`,
        'restic backup': `restic -q backup ${file}`,
        'forget after': forget,
        'check after': check,
        'remove file': `rm -f ${file}`,
      }),
    restore: () =>
      timed({
        'restic restore': 'restic -q restore latest --target /',
        gunzip: `gunzip -f ${file}`,
        client: `${server.load} <${file.replace(/\.gz$/, '')}`,
        'remove file': `rm -f ${file.replace(/\.gz$/, '')}`,
      }),
    storedBytes: () => bytesBelow(storage, folder),
    end: async () => {
      await storage.run(['kill', `${ssh.pid}`]);
      await master.run(['umount', '-l', mountPoint]);
      await storage.must(['rm', '-rf', folder, `${folder}.up`, `${folder}.down`]);
    },
  };
}

/** Sum of the sizes of all files below a folder. */
export async function bytesBelow(host: Host, folder: string): Promise<number> {
  const sizes = await host.sh(`find '${folder}' -type f -printf '%s\\n' | awk '{ sum += $1 } END { print sum + 0 }'`);
  return Number(sizes);
}

async function logInWithKey(from: Host, to: Host): Promise<void> {
  await from.sh(`[ -f /root/.ssh/id_ed25519 ] || { install -d -m 700 /root/.ssh
    ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519; }`);
  const hostKey = await to.readFile('/etc/ssh/ssh_host_ed25519_key.pub');
  await from.sh(`printf '%s\\n' '${to.name} ${hostKey.trim()}' >>/root/.ssh/known_hosts`);
  const publicKey = await from.readFile('/root/.ssh/id_ed25519.pub');
  await to.writeFile('/root/.ssh/authorized_keys', publicKey, 0o600);
}
