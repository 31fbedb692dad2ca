import { createHash, randomBytes } from 'node:crypto';
import { AddonError, type ErrorCode } from '../../storage-node/base/errors.ts';
import type { Machine, Outcome, RunLimits } from './machine.ts';

/** Where, below the account's home, a kept mount is looked at by people. */
export const KEPT_MOUNT = 'dbbackup-storage';

/** The variable by which everything that belongs to an attachment is known, restic too; a process keeps what it was started with. */
export const MARK = 'DBBACKUP_ATTACHMENT';
/** The same for the watch over it. It takes the others away, and its own subshells must not be among them. */
const WATCH_MARK = 'DBBACKUP_WATCH';

/** What one attachment has on a master: all of it carries its id. */
export interface Site {
  readonly id: string;
  /** A private directory for scripts and pipes, relative to the account's home. */
  readonly folder: string;
  /** The same, absolute. */
  readonly path: string;
  readonly mountpoint: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A script of ours on the machine: fixed text, with arguments. */
export function runFixed(
  machine: Machine,
  text: string,
  args: readonly string[],
  limits: RunLimits = {},
): Promise<Outcome> {
  return machine.run({ argv: ['/bin/sh', '-c', text, 'sh', ...args] }, { timeoutMs: 30_000, ...limits });
}

/** Says why the account cannot mount, or nothing. */
export const WHY_NO_MOUNT = `
[ -c /dev/fuse ] || { echo 'there is no /dev/fuse'; exit 0; }
( exec 3<>/dev/fuse ) 2>/dev/null || { echo 'the account may not open /dev/fuse'; exit 0; }
command -v sshfs >/dev/null || { echo 'sshfs is not installed'; exit 0; }
command -v fusermount3 >/dev/null || command -v fusermount >/dev/null || echo 'fusermount is not installed'
`;

/** What is not an empty plain directory is no place for a mount. */
const PREPARE = `
umask 077
cd || exit 1
for folder in .dbbackup .dbbackup/run .dbbackup/mnt; do
  [ ! -L "$folder" ] || { echo "$folder is a link" >&2; exit 3; }
  mkdir -p "$folder" && chmod 700 "$folder" || exit 1
done
mkdir ".dbbackup/run/$1" || exit 1
point=\${2:-.dbbackup/mnt/$1}
[ ! -L "$point" ] || { echo "$point is a link" >&2; exit 3; }
[ -d "$point" ] || mkdir "$point" || exit 1
[ -z "$(ls -A "$point")" ] || { echo "$point is not empty" >&2; exit 3; }
chmod 700 "$point" || exit 1
home=$(pwd -P)
case $home in *[!A-Za-z0-9_./-]*) echo "home $home has a name that sshfs and restic do not take" >&2; exit 4 ;; esac
point=$(cd "$point" && pwd -P) || exit 1
printf %s "$point" >".dbbackup/run/$1/mountpoint"
temporary=/dev/shm
free=$(df -Pk /dev/shm 2>/dev/null | sed -n '2s/^.* \\([0-9][0-9]*\\)  *[0-9]*% .*/\\1/p')
grep -q ' /dev/shm tmpfs ' /proc/mounts && [ -w /dev/shm ] && [ "\${free:-0}" -ge 262144 ] || {
  temporary=$home/.dbbackup/run/$1/tmp
  mkdir "$temporary" || exit 1
}
printf '%s\\n%s\\n%s\\n' "$home/.dbbackup/run/$1" "$point" "$temporary"
`;

/** What the ids of one environment's attachments begin with: several may share an account. */
const prefixOf = (scope: string) => createHash('sha256').update(scope).digest('hex').slice(0, 12);

/** Makes the private places of one attachment. Refuses mountpoints that are not what they should be with `mount-failed`. */
export async function prepareSite(
  machine: Machine,
  scope: string,
  mountpoint = '',
  limits: RunLimits = {},
): Promise<Site> {
  const id = `${prefixOf(scope)}${randomBytes(12).toString('hex')}`;
  const { exitCode, stdout, stderr } = await runFixed(machine, PREPARE, [id, mountpoint], limits);
  const [path = '', point = '', temporary = ''] = stdout.split('\n');
  if (exitCode !== 0 || temporary === '') {
    const code: ErrorCode = exitCode === 3 || exitCode === 4 ? 'mount-failed' : 'node-space';
    throw new AddonError(code, `${machine.name} has no place for the storage: ${stderr.trim()}`);
  }
  const environment = { TMPDIR: temporary, [MARK]: id };
  return { id, folder: `.dbbackup/run/${id}`, path, mountpoint: point, environment };
}

/** Killed programs may be seen for another moment. */
const MOST_LOOKS = 20;

/**
 * Ends what an attachment (or, without an id, any) left on the machine: programs with one of these marks, mounts, pipes, directories.
 * The directory goes out of the way first: a script that the cut session was just beginning is not found any more, or has its mark
 * already. What a program starts while it is killed is found by looking again.
 */
const TAKE_AWAY = `
cd || exit 1
home=$(pwd -P)
kill_marked() {
  grep -lsE "($2)=$1" /proc/[0-9]*/environ 2>/dev/null |
    while IFS=/ read -r _ _ process _; do kill -KILL "$process" 2>/dev/null && echo "$process"; done
}
take_away() {
  point=$(cat ".dbbackup/run/$1/mountpoint" ".dbbackup/run/$1.over/mountpoint" 2>/dev/null)
  for begun in ".dbbackup/run/$1"*; do
    case $begun in *.over) ;; *) [ ! -d "$begun" ] || mv "$begun" "$begun.over" ;; esac
  done
  looks=0
  while [ -n "$(kill_marked "$1" "$2")" ] && [ "$looks" -lt ${MOST_LOOKS} ]; do looks=$((looks + 1)); done
  fusermount=$(command -v fusermount3 || command -v fusermount)
  while read -r _ _ _ _ mounted rest; do
    case $rest in *' - fuse.sshfs '*) ;; *) continue ;; esac
    case $mounted in
      "$home/.dbbackup/mnt/$1"* | "\${point:-$home/${KEPT_MOUNT}}") "$fusermount" -u "$mounted" 2>/dev/null || "$fusermount" -uz "$mounted" ;;
    esac
  done </proc/self/mountinfo
  for left in ".dbbackup/mnt/$1"*; do [ ! -d "$left" ] || rmdir "$left"; done
  rm -rf ".dbbackup/run/$1"*
}
`;

/** State of pipelines whose shell and guard were both killed, and their programs; its session's id is in its name. Follows `TAKE_AWAY`. */
const SWEEP = `
for dir in /dev/shm/dbbackup-* .dbbackup/run/dbbackup-*; do
  [ -s "$dir/owner" ] && [ -O "$dir" ] && [ ! -d "/proc/$(cat "$dir/owner")" ] || continue
  kill_marked "\${dir##*-}" DBBACKUP_SESSION >/dev/null
  rm -rf "$dir"
done
:
`;

/** Takes away what one attachment has on the machine. */
export async function takeAway(machine: Machine, id: string, limits: RunLimits = {}, more = ''): Promise<void> {
  const text = `${TAKE_AWAY}\ntake_away "$1" '${MARK}|${WATCH_MARK}' || exit\n${more}`;
  const { exitCode, stderr } = await runFixed(machine, text, [id], limits);
  if (exitCode !== 0)
    throw new AddonError('mount-failed', `storage could not be taken away from ${machine.name}: ${stderr.trim()}`);
}

/** Takes away whatever the environment's killed runs have left on the machine; nothing of it may be attached. */
export async function clean(machine: Machine, scope: string, limits: RunLimits = {}): Promise<void> {
  await takeAway(machine, prefixOf(scope), limits, SWEEP);
}

/** Stays for as long as the attachment, and takes it away when the daemon does not come to do it. By then nobody reads its words. */
const STAY = `${TAKE_AWAY}
exec >/dev/null 2>&1
trap 'take_away "$1" ${MARK}; exit 0' TERM
while :; do sleep 3600; done
`;

/** Begins to watch over a site from the machine itself. Ends, with whatever it left taken away, when aborted or when the link breaks. */
export function stay(machine: Machine, id: string, signal: AbortSignal): Promise<unknown> {
  const environment = { [WATCH_MARK]: id };
  return machine.run({ argv: ['/bin/sh', '-c', STAY, 'sh', id], environment }, { signal });
}
