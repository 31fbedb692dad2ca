import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Duplex, Readable } from 'node:stream';
import type { Command, Expectation, Machine, Outcome, RunLimits, Verdict } from '../../addon/machines/machine.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Host } from './host.ts';

const account = 'dbbackup';
const keptBytes = 16 * 1024 * 1024;
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The unprivileged account of a host as a Machine, without ssh: what engines are tried on. Makes the account where it is missing. */
export async function engineMachine(host: Host): Promise<Machine> {
  await host.sh(
    `getent passwd ${account} >/dev/null || useradd --create-home --password '*' --shell /bin/sh ${account}`,
  );
  const run: Machine['run'] = async (command, limits = {}) => {
    const running = launch(host, command);
    running.child.stdin.end(command.input ?? '');
    return await within(limits, [running], async () => {
      const stdout = collect(running.child.stdout, limits.maxBytes);
      return await outcomeOf(running, await stdout);
    });
  };
  const pump: Machine['pump'] = async ({ producer, consumer, expect }, limits = {}) => {
    const from = launch(host, producer);
    const to = launch(host, consumer);
    from.child.stdin.end(producer.input ?? '');
    return await within(limits, [from, to], async () => {
      const saying = collect(to.child.stdout, limits.maxBytes);
      const passed = await pass(from, to, limits.onProgress);
      const said = await outcomeOf(from, '');
      const verdict = passed.refused ? 'consumer-failed' : judge(expect, said, passed);
      if (verdict === 'complete') to.child.stdin.end();
      else await to.kill();
      const heard = await outcomeOf(to, await saying);
      return {
        verdict: verdict === 'complete' && heard.exitCode !== 0 ? 'consumer-failed' : verdict,
        bytes: passed.bytes,
        producer: { exitCode: said.exitCode, stderr: said.stderr },
        consumer: heard,
      };
    });
  };
  const place: Machine['place'] = async ({ source, name, mode }) => {
    const content = await readFile(source);
    const sum = createHash('sha256').update(content).digest('hex');
    const script = `mkdir -p "$HOME/.dbbackup"; cd "$HOME/.dbbackup"; base64 -d >"$1"; chmod "$2" "$1"; sha256sum <"$1"; pwd`;
    const argv = ['sh', '-ec', script, 'sh', name, mode.toString(8)];
    const { stdout } = await run({ argv, input: content.toString('base64') });
    const [found, folder] = stdout.split('\n');
    if (!found?.startsWith(sum)) throw new AddonError('tool-altered', `${name} differs on ${host.name}`);
    return `${folder}/${name}`;
  };
  return { name: host.name, run, pump, place, [Symbol.asyncDispose]: async () => undefined };
}

interface Running {
  readonly child: { readonly stdin: NodeJS.WritableStream; readonly stdout: Readable };
  readonly ended: Promise<number>;
  readonly stderr: Promise<string>;
  kill(): Promise<void>;
}

/** The launcher's argv names nothing of the command: the script that starts it comes over descriptor 3. */
function launch(host: Host, command: Command): Running {
  const [program = '', ...rest] = host.enter;
  const become = ['setpriv', `--reuid=${account}`, `--regid=${account}`, '--init-groups', 'env', '-i'];
  const environment = [
    `HOME=/home/${account}`,
    `USER=${account}`,
    'PATH=/usr/local/bin:/usr/bin:/bin',
    'LC_ALL=C.UTF-8',
  ];
  const shell = ['setsid', 'sh', '-c', 'echo $$ >&3; script=$(cat <&3); exec 3>&-; eval "$script"'];
  const child = spawn(program, [...rest, ...become, ...environment, ...shell], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const control = child.stdio[3] as Duplex;
  const group = new Promise<string>((resolve) => {
    control.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    control.once('close', () => resolve(''));
  });
  // A program may end before it has read what it is given.
  for (const stream of [control, child.stdin]) stream.on('error', () => undefined);
  control.end(scriptOf(command));
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGTERM' ? 143 : 137)));
  });
  return {
    child,
    ended,
    stderr: collect(child.stderr),
    kill: async () => {
      const leader = await group;
      if (leader !== '') await host.run(['kill', '-KILL', '--', `-${leader}`]);
      await ended;
    },
  };
}

/** Each secret is a pipe of the kernel's, so that `/dev/fd/3` can be opened; the program's own stdin waits at descriptor 9. */
function scriptOf({ argv, environment = {}, secrets = [], directory }: Command): string {
  const settings = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`);
  const start = `exec 9<&-; exec ${argv.map(quote).join(' ')}`;
  const fed = secrets.reduceRight(
    (inner, secret, index) => `printf %s ${quote(secret)} | { exec ${index + 3}<&0 <&9; ${inner}; }`,
    start,
  );
  return `cd ${quote(directory ?? `/home/${account}`)} || exit 127\n${settings.join('\n')}\nexec 9<&0\n${fed}\n`;
}

async function within<Answer>(
  limits: RunLimits,
  running: readonly Running[],
  work: () => Promise<Answer>,
): Promise<Answer> {
  const late = limits.timeoutMs === undefined ? undefined : AbortSignal.timeout(limits.timeoutMs);
  const signal = AbortSignal.any([limits.signal, late].filter((one) => one !== undefined));
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  const working = work();
  working.catch(() => undefined); // an abort has its own answer below
  try {
    const first = await Promise.race([working, aborted]);
    if (first !== 'aborted') return first;
    if (limits.signal?.aborted) throw limits.signal.reason;
    throw new AddonError('job-timeout', `a program did not end within ${limits.timeoutMs} ms`);
  } finally {
    // Killing what has ended already costs nothing.
    if (signal.aborted) await Promise.all(running.map((one) => one.kill()));
  }
}

async function collect(stream: Readable, maxBytes = keptBytes): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += (piece as Buffer).length;
    if (size > maxBytes) throw new AddonError('bug', `a program said more than ${maxBytes} bytes`);
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString();
}

async function outcomeOf(running: Running, stdout: string): Promise<Outcome> {
  const [exitCode, stderr] = await Promise.all([running.ended, running.stderr]);
  return { exitCode, stdout, stderr };
}

interface Passed {
  readonly bytes: number;
  readonly tail: string;
  /** The consumer ended before the producer did. */
  readonly refused: boolean;
}

async function pass(from: Running, to: Running, onProgress?: (bytes: number) => void): Promise<Passed> {
  let bytes = 0;
  let tail = Buffer.alloc(0);
  let gone = false;
  const consumerEnded = to.ended.then(() => {
    gone = true;
  });
  for await (const piece of from.child.stdout as AsyncIterable<Buffer>) {
    bytes += piece.length;
    tail = Buffer.concat([tail, piece]).subarray(-4096);
    if (!gone && !to.child.stdin.write(piece)) {
      await Promise.race([new Promise<void>((resolve) => to.child.stdin.once('drain', resolve)), consumerEnded]);
    }
    onProgress?.(bytes);
    // Leaving the loop drops the rest, without which the producer never counts as ended.
    if (gone) break;
  }
  if (gone) await from.kill();
  return { bytes, tail: tail.toString('latin1'), refused: gone };
}

function judge(expect: Expectation, said: Outcome, passed: Passed): Verdict {
  if (said.exitCode !== 0) return 'producer-failed';
  const { complaint, endMarker } = expect;
  if (complaint !== undefined && said.stderr.split('\n').some((line) => new RegExp(complaint, 'i').test(line)))
    return 'producer-complained';
  if (passed.bytes === 0 && expect.mayBeEmpty !== true) return 'empty';
  if (expect.bytes !== undefined && expect.bytes !== passed.bytes) return 'wrong-length';
  if (endMarker !== undefined && !passed.tail.includes(endMarker)) return 'end-marker-missing';
  return 'complete';
}
