import { fork } from 'node:child_process';
import type { WriteStream } from 'node:tty';

/** What the process in the background says to the one in front. */
type Message = { readonly text: string } | { readonly left: true };

/** The process in front, as the one in the background knows it. */
export interface Front {
  /** The terminal that it writes to. */
  readonly screen: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>;
  /** Lets it end with success; this process goes on alone. */
  leave(): void;
  /** Waits until it has heard everything. */
  flush(): Promise<void>;
}

/**
 * Runs the same program again in a session of its own, which goes on when this one has ended. Shows what it says, hands signals on to it,
 * and answers its exit status, or 0 as soon as it goes on alone.
 */
export async function runInBackground(program: string, signals: readonly string[]): Promise<number> {
  const { isTTY = false, columns = 80 } = process.stdout;
  const child = fork(program, process.argv.slice(2), {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, DEMO_FRONT: JSON.stringify({ isTTY, columns }) },
  });
  child.stderr?.pipe(process.stderr);
  for (const signal of signals) process.on(signal, () => child.kill(signal as NodeJS.Signals));
  return await new Promise((resolve) => {
    child.on('message', (message: Message) => {
      if ('text' in message) process.stdout.write(message.text);
      else resolve(0);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** The process in front, where this is the one in the background. Without it, what is not done yet is given up. */
export function heardFromFront(): Front | undefined {
  const { DEMO_FRONT: described } = process.env;
  const { send } = process;
  if (described === undefined || send === undefined) return undefined;
  const { isTTY, columns } = JSON.parse(described) as { readonly isTTY: boolean; readonly columns: number };
  let alone = false;
  const tell = (message: Message) => new Promise<void>((resolve) => void send.call(process, message, () => resolve()));
  let told: Promise<void> = Promise.resolve();
  process.once('disconnect', () => alone || process.kill(process.pid, 'SIGHUP'));
  return {
    screen: {
      isTTY,
      columns,
      write: (text: string | Uint8Array) => {
        if (!alone) told = tell({ text: String(text) });
        return true;
      },
    },
    leave: () => {
      alone = true;
      told = tell({ left: true });
    },
    flush: () => told,
  };
}
