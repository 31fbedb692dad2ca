import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that holds namespaces: they and all in them vanish when it ends. */
export interface Anchor {
  /** The process inside the namespaces, as the machine sees it. */
  readonly pid: number;
  /** Ends it and returns when nothing of it is left. Twice is fine. */
  stop(): Promise<void>;
}

/** One process by pid and start, so that a pid used again is never taken for it. */
export interface ProcessMark {
  readonly pid: number;
  readonly startedAt: string;
}

/**
 * Starts `argv`, which prints `ready PID` once it stands. It dies with the process that started it, even by SIGKILL.
 * Rejects with what it said when it ends before that.
 */
export async function startAnchor(what: string, argv: readonly string[]): Promise<Anchor> {
  const lifeline = ['setpriv', '--pdeathsig', 'KILL', '--', ...argv];
  // A session of its own: Ctrl-C in a terminal must not take the hosts away before they are cleaned up.
  const child = spawn(lifeline[0] as string, lifeline.slice(1), { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = await readyPid(what, child);
  const mark = markProcess(pid);
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  return {
    pid,
    stop: async () => {
      await endProcess(mark);
      await ended(child);
    },
  };
}

/** Notes who a running process is. */
export function markProcess(pid: number): ProcessMark {
  const startedAt = startOf(pid);
  if (startedAt === undefined) throw new Error(`process ${pid} has ended already`);
  return { pid, startedAt };
}

/** Whether the marked process still runs. */
export function isRunning(mark: ProcessMark): boolean {
  return startOf(mark.pid) === mark.startedAt;
}

/** Kills the marked process and returns when it is gone; one that is gone already, or whose pid now belongs to another, is left alone. */
export async function endProcess(mark: ProcessMark): Promise<void> {
  for (let waitedMs = 0; startOf(mark.pid) === mark.startedAt; waitedMs += 5) {
    if (waitedMs >= 30_000) throw new Error(`process ${mark.pid} did not end within 30 seconds of SIGKILL`);
    if (waitedMs === 0) killIfThere(mark.pid);
    await sleep(5);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended between the look and the kill.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The start time of a process in clock ticks since boot; undefined when it has ended, also when its parent has not yet taken notice. */
function startOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // No such entry: it has ended.
    return undefined;
  }
  // The name, in parentheses, may itself hold blanks and parentheses; the state is the field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function readyPid(what: string, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    child.stdout?.on('data', (text) => {
      stdout += text;
      const ready = /^ready (\d+)$/m.exec(stdout);
      if (ready) resolve(Number(ready[1]));
    });
    child.on('error', (error) => reject(new Error(`${what} could not be started: ${error.message}`)));
    child.on('close', (code) =>
      reject(new Error(`${what} could not be started (exit status ${code}): ${stderr.trim()}`)),
    );
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  child.ref();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
