import { AddonError } from '../../storage-node/base/errors.ts';
import { SHARED_FOLDER, type Share } from '../../storage-node/base/line.ts';
import { type Carrier, carry, lostBecause } from './carrier.ts';
import type { Machine, RepositoryLink, RunLimits } from './machine.ts';
import type { SshClient } from './openssh.ts';
import { runFixed, type Site } from './site.ts';

/** What both transports are made from. */
export interface Ends {
  readonly machine: Machine;
  readonly ssh: SshClient;
  readonly share: Share;
  readonly site: Site;
  /** Called with the reason when the way to the storage breaks. */
  readonly onLost: (reason: AddonError) => void;
  readonly limits: RunLimits;
}

/** One way to the storage, proven. */
export interface Route {
  link(): Promise<RepositoryLink>;
  /** Ends the file servers, then their sessions. */
  end(): Promise<void>;
}

/**
 * No `reconnect`: open files would become invalid unseen. Names and sizes are asked of the server, not of a cache, when restic
 * lists a directory that prune may have changed since.
 */
const OPTIONS = ['passive', 'nosuid', 'nodev', 'noexec', 'dcache_timeout=2', 'auto_cache', 'idmap=none'];
const MOUNT_SECONDS = 20;
/** How many times a second it is looked whether the mount is there. */
const LOOKS = 50;

/**
 * fusermount asks for a mountpoint that the account may write. As soon as it is covered, a process that stood in it before takes
 * that right away, so that nothing can be written there when the mount is gone.
 */
const WRITE_SCRIPT = `
cat >".dbbackup/run/$1/mount" <<END
cd "$2" || exit 1
(
  exec >/dev/null 2>&1
  tries=0
  until grep -q " $2 .* - fuse.sshfs " /proc/self/mountinfo; do
    tries=\\$((tries + 1))
    [ "\\$tries" -lt ${MOUNT_SECONDS * LOOKS} ] || exit 1
    sleep ${1 / LOOKS}
  done
  chmod 500 . && : >"$3/covered"
) &
cd /
exec sshfs -f ':${SHARED_FOLDER}' "$2" -o ${OPTIONS.join(',')}
END
`;

/** Waits for the mount and reads the proof through it. The kernel's word on what is mounted there counts, not the program's. */
const PROVE = `
tries=0
mounted() {
  while read -r _ _ _ _ point rest; do
    [ "$point" = "$1" ] && case $rest in *' - fuse.sshfs '*) return 0 ;; esac
  done </proc/self/mountinfo
  return 1
}
until [ -e "$3/covered" ] && mounted "$1"; do
  tries=$((tries + 1))
  [ "$tries" -lt ${MOUNT_SECONDS * LOOKS} ] && [ -d "$3" ] || exit 5
  sleep ${1 / LOOKS}
done
cat "$1/$2"
`;

/** Mounts the share on the master, over one ssh session, and proves that what is seen there is the share. */
export async function mount({ machine, ssh, share, site, onLost, limits }: Ends): Promise<Route> {
  await must(machine, WRITE_SCRIPT, [site.id, site.mountpoint, site.path], limits);
  const carrier = await carry(ssh, share, site, 'mount');
  let ended: AddonError | undefined;
  const broke = Promise.race([carrier.line.ended.then(() => undefined), carrier.session.ended]).then(
    async (session) => {
      ended = lostBecause(`mount on ${machine.name}`, session ?? (await soon(carrier)));
      onLost(ended);
      return ended;
    },
  );
  try {
    const args = [site.mountpoint, share.proof.file, site.path];
    const seen = await Promise.race([runFixed(machine, PROVE, args, limits), broke]);
    if (seen instanceof AddonError)
      throw seen.code === 'connection-lost' ? new AddonError('mount-failed', seen.message) : seen;
    if (seen.exitCode === 5)
      throw new AddonError(
        'mount-failed',
        `storage was not mounted on ${machine.name} within ${MOUNT_SECONDS} seconds`,
      );
    if (seen.exitCode !== 0 || seen.stdout !== share.proof.content)
      throw new AddonError(
        'mount-unproven',
        `the mount on ${machine.name} does not show the storage of ${share.environment}`,
      );
  } catch (error) {
    await carrier.end();
    throw error;
  }
  return {
    link: async () => {
      if (ended !== undefined) throw ended;
      return {
        directory: site.mountpoint,
        repositoryArguments: ['-r', '.'],
        environment: site.environment,
        async [Symbol.asyncDispose]() {},
      };
    },
    end: () => carrier.end(),
  };
}

/** The session's last words, if they come at once. */
async function soon(carrier: Carrier): Promise<{ stderr: string }> {
  const nothing = new Promise<{ stderr: string }>((resolve) => setTimeout(resolve, 300, { stderr: '' }).unref());
  return await Promise.race([carrier.session.ended, nothing]);
}

async function must(machine: Machine, text: string, args: readonly string[], limits: RunLimits): Promise<void> {
  const { exitCode, stderr } = await runFixed(machine, text, args, limits);
  if (exitCode !== 0)
    throw new AddonError('node-space', `no script could be written on ${machine.name}: ${stderr.trim()}`);
}
