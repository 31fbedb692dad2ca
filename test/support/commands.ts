import { spawn } from 'node:child_process';

/** How a command ended and what it said. */
export interface CommandRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command gets besides its arguments. */
export interface CommandOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Record<string, string>;
  readonly timeoutMs?: number;
}

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};

const lingerMs = 1000;

/** Runs a command to its end in a clean environment. Rejects only when it cannot be started or runs out of time; all it started then ends too. */
export function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandRun> {
  const [program = '', ...rest] = argv;
  const timeoutMs = options.timeoutMs ?? 600_000;
  return new Promise((resolve, reject) => {
    // A group of its own: nsenter does not pass signals on, and Ctrl-C must not reach what cleans up.
    const child = spawn(program, rest, { env: { ...environment, ...options.env }, detached: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid);
    }, timeoutMs);
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    // A command may end without reading its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${program} could not be started: ${error.message}`));
    });
    child.on('exit', () => {
      // A daemon that the command left behind may hold the pipes open for good.
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, lingerMs).unref();
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const said = Buffer.concat(stderr).toString();
      if (late) reject(new Error(`${argv.join(' ')} did not end within ${timeoutMs} ms: ${said.trim()}`));
      else resolve({ exitCode: code ?? exitCodeOf(signal), stdout: Buffer.concat(stdout).toString(), stderr: said });
    });
  });
}

/** Like runCommand, but rejects with what the command said when its exit status is not 0; answers its stdout. */
export async function mustCommand(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  return succeeded(argv, await runCommand(argv, options));
}

/** Answers stdout of a run that ended well; throws with stderr for any other. */
export function succeeded(argv: readonly string[], run: CommandRun): string {
  if (run.exitCode === 0) return run.stdout;
  const said = run.stderr.trim() || run.stdout.trim() || 'it said nothing';
  throw new Error(`${argv.join(' ')} ended with exit status ${run.exitCode}: ${said.slice(-4000)}`);
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // The group may have ended by itself at this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function exitCodeOf(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 137 : signal === 'SIGTERM' ? 143 : 128;
}
