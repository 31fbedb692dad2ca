import type { WriteStream } from 'node:tty';

/** Says what the demo does: one line for each step that is done, and what is under way where somebody watches. */
export interface Screen {
  /** A line of its own. */
  say(line: string): void;
  /** Runs a step of one actor; afterwards its line stands, with the step's own words if it answers some. */
  step<Answer>(
    actor: string,
    what: string,
    work: () => Promise<Answer>,
    told?: (answer: Answer) => string,
  ): Promise<Answer>;
  good(text: string): string;
  bad(text: string): string;
  /** Ends the live line; steps that end later are not told any more. */
  close(): void;
}

const reminderMs = 20_000;

/** A screen on a terminal, in colours and with a live last line; or on a pipe, plain. */
export function createScreen(
  out: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>,
  started = performance.now(),
): Screen {
  const live = out.isTTY === true;
  const paint = (code: number, text: string) => (live ? `\x1b[${code}m${text}\x1b[0m` : text);
  const clock = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  let closed = false;
  const running = new Map<string, { readonly what: string; readonly since: number }>();
  const under = () => [...running].map(([actor, { what, since }]) => `${actor}: ${what} ${clock(since)}`).join(' · ');
  const print = (line: string) => out.write(live ? `\r\x1b[2K${line}\n` : `${line}\n`);
  const redraw = () => {
    const width = (out.columns ?? 80) - 4;
    if (running.size > 0) out.write(`\r\x1b[2K${paint(2, `  … ${under().slice(0, width)}`)}`);
  };
  const line = (mark: string, actor: string, text: string) =>
    closed || print(`${paint(2, clock(started).padStart(8))}  ${mark} ${actor.padEnd(11)} ${text}`);
  const timer = setInterval(
    () => {
      if (live) redraw();
      else if (running.size > 0) print(`${clock(started).padStart(8)}  … ${under()}`);
    },
    live ? 200 : reminderMs,
  );
  timer.unref();
  return {
    say: print,
    step: async (actor, what, work, told) => {
      const since = performance.now();
      running.set(actor, { what, since });
      try {
        const answer = await work();
        line(
          paint(32, '✓'),
          actor,
          `${what}${told === undefined ? '' : `: ${told(answer)}`} ${paint(2, `(${clock(since)})`)}`,
        );
        return answer;
      } catch (error) {
        line(paint(31, '✗'), actor, `${what}: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      } finally {
        running.delete(actor);
      }
    },
    good: (text) => paint(32, text),
    bad: (text) => paint(31, text),
    close: () => {
      closed = true;
      clearInterval(timer);
      if (live) out.write('\r\x1b[2K');
    },
  };
}
