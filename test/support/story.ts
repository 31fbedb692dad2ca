import { fleet } from './fleet.ts';
import type { Host } from './hosts.ts';
import type { Daemon, EnvironmentRequest } from './installation.ts';
import { prepareEnvironment, startDaemon } from './installation.ts';
import { type MariadbServer, startMariadb } from './servers/mariadb.ts';

/** One storage host with its daemon, and one MariaDB host on which the add-on is installed. */
export interface Story {
  readonly daemon: Daemon;
  readonly storage: Host;
  readonly master: Host;
  readonly server: MariadbServer;
  readonly request: EnvironmentRequest;
}

export const PASSWORD = `p'a"s$s \\w#rd`;

/** Starts the whole story once per test file. `fuse: false` is a master that can only be reached by the channel. */
export function story(
  options: { readonly fuse?: boolean; readonly settings?: Readonly<Record<string, string>> } = {},
): () => Promise<Story> {
  const { host, shared } = fleet();
  return () =>
    shared('story', async () => {
      const storage = await host('storage');
      const master = await host('sql', { fuse: options.fuse ?? true });
      const server = await startMariadb(master, { rootPassword: PASSWORD });
      const daemon = await startDaemon(storage);
      const request = await prepareEnvironment(daemon, master, {
        name: 'shop',
        nodeType: 'mariadb-dockerized',
        settings: { dbuser: 'root', dbpass: PASSWORD, ...options.settings },
      });
      return { daemon, storage, master, server, request };
    });
}

/** Mounts and programs of ours on a master: none may outlive its operation, whatever became of the daemon. */
export async function runningOnMaster(master: Host): Promise<string> {
  return await master.sh(`
    grep -h 'fuse' /proc/mounts | grep -v '^fusectl' || true
    ps -eo user:20,pid,args --no-headers | grep '^dbbackup ' | grep -v 'sshd: ' || true
  `);
}

/** The same, with the files of an operation: gone with it, or, when the daemon was killed, with its next start. */
export async function leftOnMaster(master: Host): Promise<string> {
  const files = await master.sh(`
    find /var/lib/dbbackup/.dbbackup /dev/shm /tmp -mindepth 1 -user dbbackup ! -path '*/.dbbackup/bin*' \
      ! -path '*/.dbbackup/mnt' ! -path '*/.dbbackup/run' 2>/dev/null || true
  `);
  return (await runningOnMaster(master)) + files;
}

/** What no operation may leave behind on the storage: file servers, ssh sessions, locks, proofs. */
export async function leftOnStorage(daemon: Daemon): Promise<string> {
  return await daemon.host.sh(`
    ps -eo pid,args --no-headers | grep -E 'sftp-server|bwrap|[s]sh .*dbbackup@' | grep -v grep || true
    find ${daemon.dataDirectory}/repositories/*/locks -type f 2>/dev/null || true
  `);
}
