import { spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { AddonError } from './errors.ts';

/** What a program of this machine is run with. */
export interface RunOptions {
  readonly cwd?: string;
  /** Stands in place of the daemon's own environment, but for PATH and LC_ALL. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** One line that the program reads from `/dev/fd/3`: how secrets reach it. */
  readonly secret?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Bound of what is kept of stdout and of stderr. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** How a program ended. `exitCode` is -1 when a signal, a time limit or too much output ended it. */
export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that goes on beside us, joined to others by descriptors; nothing of its data passes through this process. */
export interface Companion {
  readonly pid: number;
  /** Settles once, when the program has ended; never rejects. `stderr` holds its last words. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
  /** Ends it at once and waits until it is gone. */
  kill(): Promise<void>;
}

const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
const GRACE_MS = 3_000;
const LAST_WORDS_BYTES = 8_192;

/** A kernel pipe. (Node's own `pipe` is a socket, which cannot be opened again as `/dev/fd/N`.) The caller closes both ends. */
export function createPipe(): Promise<{ readonly readEnd: number; readonly writeEnd: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'dbbackup-pipe-'));
  const path = join(folder, 'pipe');
  return execa('mkfifo', ['-m', '600', path], { env: ENVIRONMENT, extendEnv: false })
    .then(() => {
      const both = openSync(path, constants.O_RDWR);
      const readEnd = openSync(path, constants.O_RDONLY);
      const writeEnd = openSync(path, constants.O_WRONLY);
      closeSync(both);
      return { readEnd, writeEnd };
    })
    .finally(() => rmSync(folder, { recursive: true, force: true }));
}

/**
 * Reads one line, offers it as descriptor 3 (a pipe of the kernel's, in Debian's sh), and leaves the rest of stdin to the program.
 * The program takes the shell's place, so that a signal for it reaches it.
 */
const WITH_SECRET = 'IFS= read -r secret; exec "$@" 3<<END\n$secret\nEND\n';
/** What runs does not outlive this process, even when that is killed (PR_SET_PDEATHSIG): a prune must never meet the next daemon. */
const MORTAL = ['setpriv', '--pdeathsig', 'KILL', '--'];

/**
 * Runs a program of this machine to its end and answers how it ended, whatever the exit status.
 * Rejects with the signal's reason when aborted, and with `storage-failed` when it cannot be started.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  if (argv[0] === undefined) throw new AddonError('bug', 'run was given an empty command');
  const [file = '', ...args] = [
    ...MORTAL,
    ...(options.secret === undefined ? [] : ['sh', '-c', WITH_SECRET, 'sh']),
    ...argv,
  ];
  const input = options.secret === undefined ? options.input : `${options.secret}\n${options.input ?? ''}`;
  options.signal?.throwIfAborted();
  const result = await execa(file, args, {
    reject: false,
    extendEnv: false,
    env: { ...ENVIRONMENT, ...options.environment },
    stripFinalNewline: false,
    forceKillAfterDelay: GRACE_MS,
    // What a program has started holds its output open: it would be waited for.
    killDescendants: true,
    maxBuffer: options.maxBytes ?? 64 * 1024 * 1024,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  options.signal?.throwIfAborted();
  if (result.code === 'ENOENT' || result.exitCode === 127)
    throw new AddonError('storage-failed', `program ${argv[0]} is not installed`);
  // Such a program may still end with 0, its output cut off.
  const exitCode = result.isMaxBuffer || result.timedOut ? -1 : (result.exitCode ?? -1);
  return { exitCode, stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? '') };
}

/**
 * Starts a program with the given descriptors as its stdin and stdout, and closes them here.
 * It dies with this process, even when that is killed (PR_SET_PDEATHSIG). `onWords` hears its stderr as it comes.
 */
export function accompany(
  argv: readonly string[],
  input: number,
  output: number,
  onWords: (text: string) => void = () => undefined,
): Companion {
  const child = spawn(MORTAL[0] ?? '', [...MORTAL.slice(1), ...argv], {
    env: ENVIRONMENT,
    stdio: [input, output, 'pipe'],
  });
  closeSync(input);
  closeSync(output);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-LAST_WORDS_BYTES);
    onWords(stderr);
  });
  const ended = new Promise<{ exitCode: number; stderr: string }>((resolve) => {
    child.once('error', (error) => resolve({ exitCode: -1, stderr: error.message }));
    child.once('close', (code) => resolve({ exitCode: code ?? -1, stderr }));
  });
  return {
    pid: child.pid ?? -1,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A program that is spoken with while it runs. */
export interface Dialogue {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles once, when the program has ended and all it said was read; never rejects. -1 when a signal ended it. */
  readonly ended: Promise<{ readonly exitCode: number }>;
  kill(): void;
}

/** Starts a program with pipes to all three of its streams. It dies with this process, even when that is killed. */
export function converse(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Dialogue {
  const child = spawn(MORTAL[0] ?? '', [...MORTAL.slice(1), ...argv], {
    env: { ...ENVIRONMENT, ...environment },
    stdio: 'pipe',
  });
  const ended = new Promise<{ exitCode: number }>((resolve) => {
    child.once('error', () => resolve({ exitCode: -1 }));
    child.once('close', (code) => resolve({ exitCode: code ?? -1 }));
  });
  const { stdin, stdout, stderr } = child;
  return { stdin, stdout, stderr, ended, kill: () => void child.kill('SIGKILL') };
}
