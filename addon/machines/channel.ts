import { setTimeout as sleep } from 'node:timers/promises';
import { AddonError } from '../../storage-node/base/errors.ts';
import { SHARED_FOLDER } from '../../storage-node/base/line.ts';
import { carry, lostBecause } from './carrier.ts';
import type { Machine, RepositoryLink } from './machine.ts';
import type { Ends, Route } from './mount.ts';
import { contentIn, LAST_ANSWER, readRequests } from './sftp-proof.ts';
import type { Site } from './site.ts';

/** A server that ends because restic has closed its side takes its session with it in no time; any other end is a loss. */
const PARTING_MS = 2_000;

/**
 * Two pipes with a script at each end. `join` is what the ssh session runs; it stays until restic's side has closed, and then ends the
 * session: the ssh client passes on no end-of-file before that. Its exit status 0 says that the server's side had not closed first. `link` is what restic starts as its SFTP command.
 */
const WRITE_SCRIPTS = `
umask 077
cd ".dbbackup/run/$1" || exit 1
mkfifo "$2.in" "$2.out" || exit 1
cat >"$2.join" <<END
cd ".dbbackup/run/$1" || exit 1
exec 3<&0 2>/dev/null
( cat <&3 >"$2.in" 3<&- && : >"$2.over" ) &
exec 3<&-
cat <"$2.out"
[ ! -e "$2.over" ] || exit 1
kill \\$!
exit 0
END
cat >"$2.link" <<END
#!/bin/sh
cd "$3" || exit 1
exec 3<&0
cat <&3 >"$2.out" 3<&- &
exec cat <"$2.in" 3<&-
END
chmod 700 "$2.link"
`;

/** Asks the server for the proof over pipes of the very kind that restic will use. */
const PROVE = `
cd "$1" || exit 1
mkfifo ask && : >answers || exit 1
"$1/$2.link" <ask >answers &
exec 3>ask
cat >&3
tries=0
until grep -qs ${LAST_ANSWER} answers || [ "$tries" -ge 400 ]; do tries=$((tries + 1)); sleep 0.05; done
exec 3>&-
wait
base64 <answers
rm -f ask answers
`;

/** Joins restic on the master to file servers here, one for each restic process, without a mount. */
export async function channel(ends: Ends): Promise<Route> {
  const links = new Set<AsyncDisposable>();
  const lost = new AbortController();
  let count = 0;
  const link = async (): Promise<RepositoryLink> => {
    lost.signal.throwIfAborted();
    count += 1;
    const opened = await openLink(ends, `${count}`, (reason) => {
      lost.abort(reason);
      ends.onLost(reason);
    });
    links.add(opened);
    return opened;
  };
  const end = async () => {
    await Promise.all([...links].map((each) => each[Symbol.asyncDispose]()));
  };
  try {
    await using trial = await link();
    await prove(ends, `${count}`, lost.signal);
    links.delete(trial);
  } catch (error) {
    await end();
    throw error;
  }
  return { link, end };
}

async function openLink(ends: Ends, name: string, onLost: (reason: AddonError) => void): Promise<RepositoryLink> {
  const { machine, ssh, share, site, limits } = ends;
  await writeScripts(machine, site, name, limits);
  const carrier = await carry(ssh, share, site, `${name}.join`);
  let open = true;
  const watch = (async () => {
    const first = await Promise.race([carrier.session.ended, carrier.line.ended]);
    const end = first ?? (await Promise.race([carrier.session.ended, sleep(PARTING_MS, undefined, { ref: false })]));
    if (open && end?.exitCode !== 0) onLost(lostBecause(`channel to ${machine.name}`, end ?? undefined));
  })();
  return {
    directory: site.path,
    repositoryArguments: ['-r', `sftp:share:${SHARED_FOLDER}`, '-o', `sftp.command=${site.path}/${name}.link`],
    environment: site.environment,
    async [Symbol.asyncDispose]() {
      open = false;
      await carrier.end();
      await watch;
    },
  };
}

async function writeScripts(machine: Machine, site: Site, name: string, limits: Ends['limits']): Promise<void> {
  const argv = ['/bin/sh', '-c', WRITE_SCRIPTS, 'sh', site.id, name, site.path];
  const { exitCode, stderr } = await machine.run({ argv }, { timeoutMs: 30_000, ...limits });
  if (exitCode !== 0)
    throw new AddonError('node-space', `the channel’s pipes could not be made on ${machine.name}: ${stderr.trim()}`);
}

async function prove({ machine, share, site, limits }: Ends, name: string, lost: AbortSignal): Promise<void> {
  const signal = limits.signal === undefined ? lost : AbortSignal.any([lost, limits.signal]);
  const command = { argv: ['/bin/sh', '-c', PROVE, 'sh', site.path, name], input: readRequests(share.proof.file) };
  const { stdout } = await machine.run(command, { timeoutMs: 30_000, ...limits, signal });
  if (contentIn(Buffer.from(stdout, 'base64')) === share.proof.content) return;
  const message = `the channel to ${machine.name} does not show the storage of ${share.environment}`;
  throw new AddonError('mount-unproven', message);
}
