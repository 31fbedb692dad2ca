import type { Readable, Writable } from 'node:stream';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Outcome, RunLimits } from './machine.ts';
import { BEAT_MS, spoken } from './session.ts';

/** A shell on a machine that waits for its script on stdin. */
export interface Conversation {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when it is over; without an exit status when the shell was killed or the connection broke. Never rejects. */
  readonly closed: Promise<{ readonly exitCode?: number }>;
  /** Drops it without waiting for the other side. */
  destroy(): void;
}

/** What is said in one conversation. */
export interface Talk {
  /** For messages: which program, on which machine. */
  readonly subject: string;
  /** The line that the script prints first: what a login shell says before it is none of ours. */
  readonly id: string;
  readonly script: string;
  readonly limits?: RunLimits;
  /** Bytes that the script reads before it starts its guard. */
  readonly feed?: Readable;
  readonly onOutput?: (text: string) => void;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** The guard gives its groups two seconds each; then it does not answer any more. */
const LAST_WAIT_MS = 10_000;

/**
 * Gives the script to the shell and answers how it ended. When it has to end before its time, stdin ends first, and the guard's
 * word that nothing is left running is awaited, within bounds, before the rejection.
 */
export async function talk(conversation: Conversation, { subject, id, script, ...rest }: Talk): Promise<Outcome> {
  const { signal, timeoutMs, maxBytes = MAX_BYTES } = rest.limits ?? {};
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const tooMuch = () => stop.abort(new AddonError('bug', `${subject} said more than ${maxBytes} bytes`));
  const late = () => stop.abort(new AddonError('job-timeout', `${subject} did not end within ${timeoutMs} ms`));
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
  const stdout = gather(conversation.stdout, maxBytes + id.length + 1_024, tooMuch, rest.onOutput);
  const stderr = gather(conversation.stderr, maxBytes, tooMuch);
  // A shell that ends early closes its stdin while we still write to it.
  conversation.stdin.on('error', () => undefined);
  conversation.stdin.write(spoken(script));
  let beat: NodeJS.Timeout | undefined;
  const fed = (rest.feed === undefined ? Promise.resolve() : feed(conversation.stdin, rest.feed, stop.signal)).then(
    () => {
      if (!conversation.stdin.writableEnded) beat = setInterval(() => conversation.stdin.write('.'), BEAT_MS);
    },
  );
  try {
    await Promise.race([
      conversation.closed,
      fed.then(() => conversation.closed),
      new Promise((_, reject) => {
        if (stop.signal.aborted) reject(stop.signal.reason);
        stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
      }),
    ]);
    const { exitCode } = await conversation.closed;
    if (exitCode === undefined) throw new AddonError('connection-lost', `connection was lost while ${subject} ran`);
    return { exitCode, stdout: afterLine(stdout(), id, subject, stderr()), stderr: stderr() };
  } catch (reason) {
    conversation.stdin.end();
    await within(conversation.closed, LAST_WAIT_MS);
    conversation.destroy();
    throw reason;
  } finally {
    conversation.stdin.end();
    clearInterval(beat);
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function gather(stream: Readable, maxBytes: number, tooMuch: () => void, onText?: (text: string) => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) return tooMuch();
    chunks.push(chunk);
    onText?.(chunk.toString());
  });
  return () => Buffer.concat(chunks).toString();
}

function feed(stdin: Writable, bytes: Readable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    bytes.once('end', resolve);
    bytes.once('error', reject);
    stdin.once('close', () => bytes.destroy());
    signal.addEventListener('abort', () => bytes.destroy(), { once: true });
    bytes.pipe(stdin, { end: false });
  });
}

function afterLine(stdout: string, id: string, subject: string, stderr: string): string {
  const at = stdout.startsWith(`${id}\n`) ? 0 : stdout.indexOf(`\n${id}\n`) + 1;
  if (at === 0 && !stdout.startsWith(`${id}\n`)) {
    const said = (stderr.trim() || stdout.trim()).slice(-500);
    throw new AddonError('node-account', `the account’s shell did not run ${subject}: ${said || 'it said nothing'}`);
  }
  return stdout.slice(at + id.length + 1);
}

/** Waits for the promise, but no longer than this. */
export async function within(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([promise, enough]).finally(() => clearTimeout(timer));
}
