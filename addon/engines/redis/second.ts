import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server, StoredPart } from '../engine.ts';
import { ask, clientOf, credentialsOf, fieldsOf, infoOf, numberOf, type Seat } from './client.ts';
import { secondConfiguration } from './second-configuration.ts';

/** A second Redis server of ours on the master, on loopback, that holds one part whole and verified. */
export interface Second extends AsyncDisposable {
  readonly seat: Seat;
  /** Its directory on the master: `tidy` finds what an interrupted restore left by it. */
  readonly stage: string;
  info(): Promise<ReadonlyMap<string, string>>;
}

/** Whom the second server lets in; the default user where `user` is empty. */
export interface Doorkeeper {
  readonly user: string;
  readonly password: string;
}

/** How the directories of second servers are named, in the account's home. */
export const stagePrefix = '.dbbackup-redis-';

const makeStage = `
d=$(mktemp -d "$PWD/${stagePrefix}XXXXXXXX") && ln -s /proc/self/fd/0 "$d/dump.rdb" && printf '%s\\n' "$1" >"$d/port" || exit 74
printf '%s\\n' "$d"
awk '/^MemAvailable/ { print $2 }' /proc/meminfo`;

/**
 * The server reads its configuration from descriptor 3 and its "file" from stdin, so that no byte of the RDB touches a disk. It stops at
 * the RDB's end, before the stream's: only \`complete\` says that the whole stream has come and was found good. The limit makes it fail
 * instead of the machine running out of memory.
 */
const serve = `cd "$1" || exit 74; ulimit -v "$2" 2>/dev/null; { cat && : >complete; } | redis-server /dev/fd/3 >log 2>&1`;

const look = `[ -e "$1/complete" ] && echo complete:yes; shift; exec "$@" INFO`;

const keptFreeKib = 64 * 1024;
// What the allocator reserves without using it.
const reservedKib = 192 * 1024;

/** Streams the part into a server of its own and waits until it is loaded. Nothing that lives is touched. */
export async function startSecond(server: Server, part: StoredPart, live: Seat, door?: Doorkeeper): Promise<Second> {
  const { machine, signal } = server;
  const keeper = door ?? { user: '', password: randomBytes(24).toString('hex') };
  const seat: Seat = { ...keeper, host: '127.0.0.1', port: await freePort(server), tls: [] };
  const made = await machine.run({ argv: ['sh', '-c', makeStage, 'sh', `${seat.port}`] }, { signal });
  const [stage = '', available = ''] = made.stdout.split('\n');
  if (made.exitCode !== 0 || stage === '')
    throw new AddonError('node-space', `no directory could be made on the master: ${made.stderr.trim()}`);
  let ended: { readonly error: unknown } | undefined;
  const limitKib = Math.max(numberOf(available) - keptFreeKib, keptFreeKib) + reservedKib;
  const pouring = part
    .pourInto({
      argv: ['sh', '-c', serve, 'sh', stage, `${limitKib}`],
      secrets: [await secondConfiguration(server, live, seat, stage)],
    })
    .then(
      () => {
        ended = { error: undefined };
      },
      (error: unknown) => {
        ended = { error };
      },
    );
  const state = async () => {
    const argv = ['sh', '-c', look, 'sh', stage, ...clientOf(seat)];
    const { stdout } = await machine.run({ argv, environment: credentialsOf(seat) }, { signal });
    return fieldsOf(stdout);
  };
  const dispose = async () => {
    // While it still loads it may have no ear for this; the end of its stream ends it too.
    if (!ended) await ask(server, seat, ['SHUTDOWN', 'NOSAVE'], { anyway: true, timeoutMs: 30_000 }).catch(() => '');
    await Promise.race([pouring, sleep(30_000, undefined, { ref: false })]);
    // What fails here must not hide why the restore failed; `tidy` takes the directory away later.
    await machine.run({ argv: ['rm', '-rf', '--', stage] }, { timeoutMs: 30_000 }).catch((error: unknown) => {
      server.log(`the directory ${stage} stays for now: ${error instanceof Error ? error.message : error}`);
    });
  };
  try {
    for (;;) {
      const fields = await state();
      if (ended) throw await whyEnded(server, stage, part, ended.error);
      if (fields.get('complete') === 'yes' && fields.get('loading') === '0') break;
      await sleep(100, undefined, { signal });
    }
  } catch (error) {
    await dispose();
    throw signal.aborted ? signal.reason : error;
  }
  return { seat, stage, info: () => infoOf(server, seat), [Symbol.asyncDispose]: dispose };
}

async function freePort(server: Server): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = randomInt(20_000, 32_000);
    const { exitCode, stderr } = await server.machine.run(
      { argv: ['redis-cli', '-h', '127.0.0.1', '-p', `${port}`, 'PING'] },
      { signal: server.signal, timeoutMs: 20_000 },
    );
    if (exitCode !== 0 && /refused/.test(stderr)) return port;
  }
  throw new AddonError('restore-failed', 'no free port was found on the master for a second redis server');
}

async function whyEnded(server: Server, stage: string, part: StoredPart, error: unknown): Promise<AddonError> {
  const { stdout } = await server.machine.run({ argv: ['tail', '-n', '60', `${stage}/log`] }, { timeoutMs: 30_000 });
  // Redis shows a line of the configuration that it does not like, and one of them holds the password.
  const lines = stdout.split('\n').filter((line) => !line.startsWith('>>>'));
  for (const line of lines.slice(-30)) server.log(`second redis server: ${line}`);
  const cause = error === undefined ? {} : { cause: error };
  if (/handle RDB format version/.test(stdout))
    return new AddonError('version-refused', `the server's redis is too old for the RDB of ${part.name}`, cause);
  if (/no matching module|module type|loadmodule|Can't load module/i.test(stdout)) {
    return new AddonError('version-refused', `${part.name} needs a redis module that this server does not have`, {
      ...cause,
      hint: 'load the modules named in the job’s log into redis, then restore again.',
    });
  }
  if (/Out Of Memory|OOM allocating/i.test(stdout))
    return new AddonError('node-space', `the master has too little memory to load ${part.name} a second time`, cause);
  const words = lines.find((line) => /# .*(error|FATAL|CRC|Short read|Wrong)/i.test(line)) ?? '';
  if (words === '' && error instanceof AddonError) return error;
  return new AddonError('restore-failed', `the RDB of ${part.name} could not be loaded: ${words.slice(0, 300)}`, cause);
}
