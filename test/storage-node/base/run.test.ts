import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, existsSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { AddonError } from '../../../storage-node/base/errors.ts';
import { accompany, converse, createPipe, run } from '../../../storage-node/base/run.ts';

const shell = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];
const isAlive = (pid: number) => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** Whether a text stands in the arguments or the environment of any process of this machine. */
function isExposed(text: string): boolean {
  const read = (path: string) => {
    try {
      return readFileSync(path).includes(text);
    } catch {
      return false; // the process has ended meanwhile
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.some((pid) => read(`/proc/${pid}/cmdline`) || read(`/proc/${pid}/environ`));
}

function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`).includes(text);
      } catch {
        return false; // the process has ended meanwhile
      }
    });
}

describe('running a program', () => {
  test('answers its exit status, output and errors, unchanged', async () => {
    expect(await run(shell('echo out; echo err >&2; exit 7'))).toEqual({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('passes arguments as they are', async () => {
    const odd = ['a b', "it's", '$HOME', '', '-x', 'new\nline', 'ü'];
    expect((await run(['printf', '%s|', ...odd])).stdout).toBe(odd.map((each) => `${each}|`).join(''));
  });

  test('gives it the input, and nothing to read where there is none', async () => {
    expect((await run(['cat'], { input: 'hello' })).stdout).toBe('hello');
    expect((await run(['cat'])).stdout).toBe('');
  });

  test('gives it its folder, a fixed environment and nothing of the daemon’s own', async () => {
    vi.stubEnv('DBBACKUP_CANARY', 'seen');
    try {
      const { stdout } = await run(['env'], { cwd: '/', environment: { RESTIC_CACHE_DIR: '/c' } });
      expect(stdout.split('\n').map((line) => line.split('=')[0])).toEqual(
        expect.arrayContaining(['PATH', 'LC_ALL', 'RESTIC_CACHE_DIR']),
      );
      expect(stdout).not.toContain('DBBACKUP_CANARY');
      expect((await run(['pwd'], { cwd: '/' })).stdout).toBe('/\n');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.for([
    ['a signal', shell('kill -9 $$'), {}],
    ['a time limit', ['sleep', '60'], { timeoutMs: 100 }],
    ['too much output', shell('yes | head -c 1000000'), { maxBytes: 1000 }],
    ['too much output, though it ends well,', shell('trap "" PIPE; yes | head -c 1000000; exit 0'), { maxBytes: 1000 }],
    [
      'a time limit, though it ends well,',
      shell('trap "exit 0" TERM; while :; do sleep 0.1; done'),
      { timeoutMs: 100 },
    ],
    ['too much output of errors', shell('yes | head -c 1000000 >&2'), { maxBytes: 1000 }],
  ] as const)('answers -1 when %s ends it', async ([, argv, options]) => {
    expect((await run(argv, options)).exitCode).toBe(-1);
  });

  test('kills after a grace what ignores its end', async () => {
    const began = performance.now();
    const { exitCode } = await run(shell('trap "" TERM; while :; do sleep 0.1; done'), { timeoutMs: 100 });
    expect(exitCode).toBe(-1);
    expect(performance.now() - began).toBeLessThan(8000);
  }, 15_000);

  test('ends what the program has started with it', async () => {
    const mark = '61.2305';
    expect((await run(shell('sleep "$1" & wait', mark), { timeoutMs: 200 })).exitCode).toBe(-1);
    expect(processesWith(mark)).toEqual([]);
  });

  test('rejects with the reason of an abort, when the program is gone', async () => {
    const reason = new AddonError('job-cancelled', 'stopped on request');
    const abort = new AbortController();
    const mark = '61.2301';
    const running = run(['sleep', mark], { signal: abort.signal });
    await vi.waitUntil(() => processesWith(mark).length > 0);
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(processesWith(mark)).toEqual([]);
  });

  test('does not begin when the signal is aborted already', async () => {
    const reason = new Error('stopped');
    await expect(run(['touch', '/nonexistent/x'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('says which program is missing', async () => {
    await expect(run(['no-such-program'])).rejects.toMatchObject({
      code: 'storage-failed',
      message: 'program no-such-program is not installed',
    });
  });

  test('refuses an empty command as a fault of ours', async () => {
    await expect(run([])).rejects.toMatchObject({ code: 'bug' });
  });
});

describe('a secret', () => {
  test('is read from descriptor 3, whatever it holds', async () => {
    for (const secret of ['canary', ' a b ', "it's", '"$HOME" `id` \\n %s', 'ü🔑', '-n'])
      expect((await run(shell('cat /dev/fd/3'), { secret })).stdout.replace(/\n$/, '')).toBe(secret);
  });

  test('leaves stdin to the program’s input', async () => {
    const { stdout } = await run(shell('cat <&3 >/dev/null; cat'), { secret: 'canary', input: 'one\ntwo' });
    expect(stdout).toBe('one\ntwo');
  });

  test('keeps the exit status of the program', async () => {
    expect((await run(shell('exit 7'), { secret: 'canary' })).exitCode).toBe(7);
  });

  test('stands in nobody’s arguments or environment', async () => {
    const control = run(['sleep', '61.2302'], { timeoutMs: 1500 });
    await vi.waitUntil(() => isExposed('61.2302'));
    const secret = `canary-${process.pid}-${Math.random()}`;
    const mark = '61.2303';
    const running = run(shell('cat <&3 >/dev/null; sleep "$1"', mark), { secret, timeoutMs: 500 });
    await vi.waitUntil(() => processesWith(mark).length > 0);
    expect(isExposed(secret)).toBe(false);
    await Promise.all([running, control]);
  });

  test('does not outlive an abort: the program that has it is gone too', async () => {
    const abort = new AbortController();
    const mark = '61.2304';
    const running = run(['sleep', mark], { secret: 'canary', signal: abort.signal });
    await vi.waitUntil(() =>
      processesWith(mark).some((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n'),
    );
    abort.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
    expect(processesWith(mark)).toEqual([]);
  });

  test('changes nothing about a program that is missing', async () => {
    await expect(run(['no-such-program'], { secret: 'canary' })).rejects.toMatchObject({
      code: 'storage-failed',
      message: 'program no-such-program is not installed',
    });
  });
});

describe('a pipe', () => {
  test('carries bytes and ends when its writer is closed', async () => {
    const { readEnd, writeEnd } = await createPipe();
    writeSync(writeEnd, 'through');
    closeSync(writeEnd);
    const room = Buffer.alloc(20);
    expect(room.subarray(0, readSync(readEnd, room)).toString()).toBe('through');
    expect(readSync(readEnd, room)).toBe(0);
    closeSync(readEnd);
  });

  test('leaves nothing in the file system', async () => {
    const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith('dbbackup-pipe-'));
    const before = ours();
    const { readEnd, writeEnd } = await createPipe();
    expect(ours().filter((name) => !before.includes(name))).toEqual([]);
    closeSync(readEnd);
    closeSync(writeEnd);
  });

  test('can be opened again by its path among the descriptors', async () => {
    const { readEnd, writeEnd } = await createPipe();
    const again = createReadStream(`/dev/fd/${readEnd}`);
    const text = again.setEncoding('utf8').toArray();
    await once(again, 'open');
    writeSync(writeEnd, 'twice');
    closeSync(writeEnd);
    expect(await text).toEqual(['twice']);
    closeSync(readEnd);
  });
});

describe('a companion', () => {
  const start = async (argv: readonly string[]) => {
    const input = await createPipe();
    const output = await createPipe();
    return {
      companion: accompany(argv, input.readEnd, output.writeEnd),
      writeEnd: input.writeEnd,
      readEnd: output.readEnd,
    };
  };

  test('reads and writes the descriptors it was given, and ends with its input', async () => {
    const { companion, writeEnd, readEnd } = await start(['tr', 'a-z', 'A-Z']);
    writeSync(writeEnd, 'loud');
    closeSync(writeEnd);
    expect(await companion.ended).toEqual({ exitCode: 0, stderr: '' });
    const room = Buffer.alloc(20);
    expect(room.subarray(0, readSync(readEnd, room)).toString()).toBe('LOUD');
    expect(readSync(readEnd, room)).toBe(0);
    closeSync(readEnd);
  });

  test('answers its exit status and its last words only', async () => {
    const { companion, writeEnd, readEnd } = await start(
      shell('yes first | head -c 100000 >&2; echo last words >&2; exit 3'),
    );
    const { exitCode, stderr } = await companion.ended;
    expect([exitCode, stderr.length <= 8192, stderr.endsWith('last words\n')]).toEqual([3, true, true]);
    closeSync(writeEnd);
    closeSync(readEnd);
  });

  test('is gone when its kill is done, and answers -1', async () => {
    const { companion, writeEnd, readEnd } = await start(['sleep', '600']);
    expect(isAlive(companion.pid)).toBe(true);
    await companion.kill();
    expect(isAlive(companion.pid)).toBe(false);
    expect((await companion.ended).exitCode).toBe(-1);
    await companion.kill();
    closeSync(writeEnd);
    closeSync(readEnd);
  });

  test('answers in time when its program is missing', async () => {
    const { companion, writeEnd, readEnd } = await start(['no-such-program']);
    const { exitCode, stderr } = await companion.ended;
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('no-such-program');
    closeSync(writeEnd);
    closeSync(readEnd);
  });

  test('dies with the process that started it, even when that is killed', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'companionParent.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await vi.waitUntil(() => !isAlive(pid), { timeout: 5000 });
  }, 15_000);
});

describe('a dialogue', () => {
  test('answers what it is told, and ends when nothing more is said', async () => {
    const dialogue = converse(['tr', 'a-z', 'A-Z'], { LC_ALL: 'C' });
    dialogue.stdin.end('loud');
    const said = await dialogue.stdout.setEncoding('utf8').toArray();
    dialogue.stderr.resume();
    expect([said.join(''), await dialogue.ended]).toEqual(['LOUD', { exitCode: 0 }]);
  });

  test('answers -1 when it is killed', async () => {
    const dialogue = converse(['sleep', '600']);
    dialogue.stdout.resume();
    dialogue.stderr.resume();
    dialogue.kill();
    expect(await dialogue.ended).toEqual({ exitCode: -1 });
  });
});
