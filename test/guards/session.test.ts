import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localMachine } from '../../addon/machines/local.ts';
import { programText } from '../../addon/machines/program.ts';
import { bootstrap, runText, sessionText, spoken } from '../../addon/machines/session.ts';
import { converse, run } from '../../storage-node/base/run.ts';

let home: string;
let sessions = 0;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'session-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
};
const processes = (file: 'cmdline' | 'environ', text: string) =>
  readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/${file}`).includes(text));

/** Runs a shell script as a session does, and answers once a program with the mark on its command line runs. */
async function begin(script: string, mark: string, environment: Readonly<Record<string, string>> = {}) {
  const id = `${++sessions}`.padStart(32, '0');
  const session = converse(['sh', '-c', bootstrap()], { HOME: home, ...environment });
  session.stdout.resume();
  const text = sessionText(id) + runText(programText({ argv: ['sh', '-c', script, 'sh', mark] }));
  session.stdin.write(spoken(text));
  await expect.poll(() => processes('cmdline', `sleep\0${mark}`).length, { timeout: 10_000 }).toBeGreaterThan(0);
  return session;
}

describe('what a session started on a machine', () => {
  test('ends when the session ends', async () => {
    const session = await begin('sleep "$1"; :', '611.1');
    session.stdin.end();
    await expect.poll(() => processes('cmdline', '611.1'), { timeout: 10_000 }).toEqual([]);
    session.kill();
  });

  test('ends when the session ends, also what has left its group', async () => {
    const session = await begin('setsid sleep "$1" & sleep 600', '611.2');
    session.stdin.end();
    await expect.poll(() => processes('cmdline', '611.2'), { timeout: 10_000 }).toEqual([]);
    session.kill();
  });

  test('ends when the daemon falls silent and the connection stays', async () => {
    // Time passes twenty times as fast for the guard.
    writeFileSync(join(home, 'timeout'), '#!/bin/sh\nlimit=$1; shift; exec /usr/bin/timeout "$((limit / 20))" "$@"\n');
    chmodSync(join(home, 'timeout'), 0o755);
    const session = await begin('sleep "$1"; :', '611.3', { PATH: `${home}:/usr/sbin:/usr/bin:/sbin:/bin` });
    await expect.poll(() => processes('cmdline', '611.3'), { timeout: 10_000 }).toEqual([]);
    session.kill();
  });
});

describe('a script', () => {
  test('that was cut short on its way is not run', async () => {
    const whole = spoken(`: >"${join(home, 'ran')}"\nsleep 1`);
    const run = async (bytes: string) => {
      const session = converse(['sh', '-c', bootstrap()], { HOME: home });
      session.stdin.end(bytes);
      const { exitCode } = await session.ended;
      return { exitCode, ran: existsSync(join(home, 'ran')) };
    };
    // Base64 is read in groups of four letters: these are all cuts that it cannot see.
    for (let length = whole.indexOf('\n') + 1; length < whole.length; length += 4)
      expect(await run(whole.slice(0, length))).toMatchObject({ ran: false });
    expect(await run(whole)).toEqual({ exitCode: 0, ran: true });
  });
});

describe('a secret', () => {
  /** Processes on whose command line or in whose environment the secret stands at any time until the work is done. */
  async function exposing(secret: string, work: Promise<unknown>): Promise<readonly string[]> {
    const seen = new Set<string>();
    const watching = setInterval(() => {
      for (const pid of [...processes('cmdline', secret), ...processes('environ', secret)]) seen.add(pid);
    }, 20);
    await work.finally(() => clearInterval(watching));
    return [...seen];
  }
  const argv = ['sh', '-c', 'read -r secret <&3; sleep 1; printf %s "$secret"'];

  test('reaches a program on a machine by a descriptor, and stands on no command line and in no environment', async () => {
    const secret = `canary-${process.pid}-1`;
    const running = localMachine({ home }).run({ argv, secrets: [`${secret}\n`], input: `input ${secret}` });
    expect(await exposing(secret, running)).toEqual([]);
    expect(await running).toMatchObject({ exitCode: 0, stdout: secret });
  });

  test('reaches a program of the storage node by a descriptor, and stands on no command line and in no environment', async () => {
    const secret = `canary-${process.pid}-2`;
    const running = run(argv, { secret });
    expect(await exposing(secret, running)).toEqual([]);
    expect(await running).toMatchObject({ exitCode: 0, stdout: secret });
  });
});

describe('an argument', () => {
  test('arrives as it was given, whatever stands in it', async () => {
    const odd = [
      `it's`,
      '$HOME `id` $(id)',
      "\"; touch spliced; '; touch spliced; :'",
      'new\nline',
      '',
      '-n',
      '\\',
      '*',
    ];
    const { stdout } = await localMachine({ home }).run({ argv: ['printf', '<%s>', ...odd] });
    expect(stdout).toBe(odd.map((text) => `<${text}>`).join(''));
    expect(existsSync(join(home, 'spliced'))).toBe(false);
  });
});

describe('a placed file', () => {
  test('that was altered on the machine is replaced before it is used', async () => {
    const machine = localMachine({ home });
    writeFileSync(join(home, 'tool'), '#!/bin/sh\necho genuine\n');
    const file = { source: join(home, 'tool'), name: 'tool', mode: 0o700 };
    const placed = await machine.place(file);
    expect(await machine.run({ argv: [placed] })).toMatchObject({ stdout: 'genuine\n' });
    writeFileSync(placed, '#!/bin/sh\necho altered\n');
    expect(await machine.place(file)).toBe(placed);
    expect(await machine.run({ argv: [placed] })).toMatchObject({ stdout: 'genuine\n' });
  });
});
