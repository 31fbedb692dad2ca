import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Anchor, startAnchor } from './anchor.ts';
import { type CommandOptions, type CommandRun, runCommand, succeeded } from './commands.ts';

/** What a host is made of. */
export interface HostOptions {
  readonly name: string;
  /** False: `/dev` has no fuse node, as in containers that may not mount. */
  readonly fuse?: boolean;
  readonly binds?: readonly { readonly from: string; readonly to: string; readonly readOnly?: boolean }[];
  /** A directory for what the host writes, instead of memory. A directory named after the host is made in it, and removed with the host. */
  readonly upper?: string;
  /** More names by which all hosts of the network know it. */
  readonly aliases?: readonly string[];
  /** The address of a host that is gone, to have again; else a fresh one. */
  readonly address?: string;
}

export type HostRun = CommandRun;

export interface HostRunOptions extends CommandOptions {
  /** The account in the host that runs it, with its own groups and HOME; root unless said. */
  readonly user?: string;
}

/** A machine of its own, by namespaces over the root of this one: network, mounts, processes, host name, IPC. */
export interface Host extends AsyncDisposable {
  readonly name: string;
  readonly address: string;
  /** The host's first process, as the machine sees it. */
  readonly pid: number;
  /** The prefix that enters this host from the machine. */
  readonly enter: readonly string[];
  /** Runs to its end; never rejects on a non-zero exit status. */
  run(argv: readonly string[], options?: HostRunOptions): Promise<HostRun>;
  /** Runs to its end; rejects with stderr when the exit status is not 0; answers stdout. */
  must(argv: readonly string[], options?: HostRunOptions): Promise<string>;
  /** `must` for a shell script. */
  sh(script: string, options?: HostRunOptions): Promise<string>;
  /** Starts something that goes on; it ends with the host. The pid is the one inside the host. */
  spawn(
    argv: readonly string[],
    options?: { readonly logFile?: string; readonly user?: string },
  ): Promise<{ pid: number }>;
  /** Writes a whole file as root, with its directories; mode 0644 unless said. */
  writeFile(path: string, text: string, mode?: number): Promise<void>;
  readFile(path: string): Promise<string>;
  /** Cuts the cable behind the host: packets vanish, nobody is told. */
  cutNetwork(): Promise<void>;
  restoreNetwork(): Promise<void>;
  /** Moves the host to another address of its network, from its place in it. */
  moveTo(address: string): Promise<void>;
  /** Makes a TCP port of the host reachable from this process; the answer is where. It comes over the host's cable. */
  openPort(port: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Ends everything in the host and waits until nothing is left. Twice is fine. */
  stop(): Promise<void>;
}

/** What the network gives to a host: its place in it. */
export interface Plug {
  readonly address: string;
  moveTo(address: string, pid: number): Promise<void>;
  connect(pid: number): Promise<void>;
  cut(): Promise<void>;
  restore(): Promise<void>;
  openPort(port: number): Promise<{ readonly host: string; readonly port: number }>;
  unplug(): Promise<void>;
}

const defaultTimeoutMs = 600_000;
const checkout = resolve(import.meta.dirname, '../..');
const bootScript = join(import.meta.dirname, 'host-boot.sh');

/** Boots a host and plugs it in. */
export async function bootHost(options: HostOptions, plug: Plug): Promise<Host> {
  const upper = options.upper === undefined ? '' : join(resolve(options.upper), options.name);
  const binds = [{ from: checkout, to: checkout, readOnly: true }, ...(options.binds ?? [])];
  const stage = stageOutside([upper, ...binds.map((bind) => bind.from)]);
  const anchor = await startAnchor(`host ${options.name}`, [
    ...['unshare', '--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child', 'sh', bootScript],
    ...[stage, options.name, upper, options.fuse === false ? 'no' : 'yes'],
    ...binds.flatMap((bind) => [resolve(bind.from), resolve(bind.to), bind.readOnly ? 'ro' : 'rw']),
  ]);
  const host = hostOf(options.name, anchor, plug, async () => {
    await plug.unplug();
    await anchor.stop();
    if (upper !== '') rmSync(upper, { recursive: true, force: true });
  });
  try {
    await plug.connect(anchor.pid);
  } catch (error) {
    await host.stop();
    throw error;
  }
  return host;
}

/** The host behind a first process that runs. */
export function hostOf(name: string, anchor: Pick<Anchor, 'pid'>, plug: Plug, stop: () => Promise<void>): Host {
  const enter = ['nsenter', '-t', `${anchor.pid}`, '-m', '-u', '-i', '-n', '-p', '--'];
  const run: Host['run'] = async (argv, options = {}) => {
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const startedAt = performance.now();
    // The limit is kept inside: a nsenter that is killed leaves its child unreaped, which holds up the end of the host.
    const limited = ['timeout', '-s', 'KILL', `${timeoutMs / 1000}`, ...asUser(options.user), ...argv];
    const run = await runCommand([...enter, ...limited], { ...options, timeoutMs: timeoutMs + 10_000 });
    if (run.exitCode === 137 && performance.now() - startedAt >= timeoutMs) {
      throw new Error(`on host ${name}: ${argv.join(' ')} did not end within ${timeoutMs} ms: ${run.stderr.trim()}`);
    }
    return run;
  };
  const must: Host['must'] = async (argv, options = {}) => succeeded([`${name}:`, ...argv], await run(argv, options));
  return {
    name,
    get address() {
      return plug.address;
    },
    pid: anchor.pid,
    enter,
    run,
    must,
    sh: (script, options) => must(['sh', '-ec', script], options),
    spawn: async (argv, { logFile = '/dev/null', user } = {}) => {
      const started = 'log=$1; shift; setsid "$@" </dev/null >>"$log" 2>&1 & echo $!';
      return { pid: Number(await must(['sh', '-c', started, 'sh', logFile, ...asUser(user), ...argv])) };
    },
    writeFile: async (path, text, mode = 0o644) => {
      const write = 'mkdir -p "$(dirname -- "$1")"; : >>"$1"; chmod "$2" "$1"; cat >"$1"';
      await must(['sh', '-ec', write, 'sh', path, mode.toString(8)], { input: text });
    },
    readFile: (path) => must(['cat', '--', path]),
    cutNetwork: () => plug.cut(),
    restoreNetwork: () => plug.restore(),
    moveTo: (address) => plug.moveTo(address, anchor.pid),
    openPort: (port) => plug.openPort(port),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A prefix that becomes the account, as a login would, without PAM. */
function asUser(user: string | undefined): readonly string[] {
  if (user === undefined || user === 'root') return [];
  const become = `user=$1; shift
    home=$(getent passwd "$user" | cut -d: -f6)
    [ -n "$home" ] || { echo "there is no account $user" >&2; exit 127; }
    cd "$home" 2>/dev/null || cd /
    exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups env HOME="$home" USER="$user" LOGNAME="$user" "$@"`;
  return ['sh', '-c', become, 'sh', user];
}

/** A directory that every system has, for building on: it is covered inside the new host only, so it must hold nothing that is needed. */
function stageOutside(needed: readonly string[]): string {
  const holdsNone = (stage: string) =>
    needed.every((path) => path === '' || relative(stage, resolve(path)).startsWith('..'));
  const stage = ['/media', '/mnt', '/srv', '/boot', '/opt'].find((path) => existsSync(path) && holdsNone(path));
  if (stage === undefined)
    throw new Error('no directory to build a host on: /media, /mnt, /srv, /boot and /opt are missing or in use');
  return stage;
}
