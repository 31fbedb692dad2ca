import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/commands.ts';

const checkout = resolve(import.meta.dirname, '../..');
// A place of its own: demos that somebody else runs or keeps on this machine are left alone.
const parent = mkdtempSync('/var/tmp/demo-test-');
const lastLine = 'demo: 3 engines backed up, destroyed and restored; all content equal';

afterAll(async () => {
  await demo('--stop').ended;
  rmSync(parent, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  /** Everything it has said so far. */
  said(): string;
  until(words: string): Promise<void>;
  /** Its exit status, after the end. */
  readonly ended: Promise<number>;
}

function demo(...argv: readonly string[]): Run {
  const child = spawn('sh', [join(checkout, 'scripts/demo'), ...argv], {
    cwd: '/',
    detached: true,
    env: { ...process.env, TMPDIR: parent },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'close').then(([code]) => code as number);
  return {
    child,
    ended,
    said: () => text,
    until: async (words) => {
      while (!text.includes(words)) {
        if (child.exitCode !== null) throw new Error(`the demo ended before it said "${words}": ${text}`);
        await sleep(20);
      }
    },
  };
}

const pids = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));
const ofProcess = (pid: string, read: (directory: string) => string): string => {
  try {
    return read(`/proc/${pid}`);
  } catch {
    // It ended while we looked.
    return '';
  }
};
const networkOf = (pid: string) => ofProcess(pid, (directory) => readlinkSync(`${directory}/ns/net`));

const commandOf = (pid: string) => ofProcess(pid, (directory) => readFileSync(`${directory}/cmdline`, 'utf8'));
const ours = () =>
  pids().filter((pid) =>
    ofProcess(pid, (directory) => readFileSync(`${directory}/environ`, 'utf8')).includes(`TMPDIR=${parent}\0`),
  );

/** The network namespaces of everything that a demo of this test started. */
function networks(): Set<string> {
  const found = new Set(ours().map(networkOf));
  found.delete('');
  found.delete(networkOf('self'));
  return found;
}

/** The same namespaces, kept from vanishing until a look was taken: the number of one that is gone is given to another test's at once. */
function holdNetworks(): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const pid of ours()) {
    const network = networkOf(pid);
    if (network === networkOf('self') || held.has(network)) continue;
    const door = Number(ofProcess(pid, (directory) => String(openSync(`${directory}/ns/net`, 'r'))));
    if (door > 0) held.set(readlinkSync(`/proc/self/fd/${door}`), door);
  }
  return held;
}

function expectNothingLeft(before: ReadonlyMap<string, number>): void {
  expect(before.size).toBeGreaterThanOrEqual(1);
  expect(networks()).toEqual(new Set());
  const left = pids().filter((pid) => before.has(networkOf(pid)));
  expect(left.map((pid) => `${pid} ${commandOf(pid)}`)).toEqual([]);
  for (const door of before.values()) closeSync(door);
  expect(readdirSync(parent)).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(parent);
}

const interrupt = (run: Run, signal: NodeJS.Signals) => process.kill(-(run.child.pid as number), signal);

describe('the demo', { timeout: 600_000 }, () => {
  it('restores three engines, keeps them for commands as printed, and stops', async () => {
    const run = demo('--keep');
    expect(await run.ended, run.said()).toBe(0);
    expect(run.said().trim().split('\n').at(-1)).toBe(lastLine);
    expect(run.said().match(/^ {2}\w.* equal$/gm)?.length).toBe(3);
    const before = holdNetworks();
    expect(before.size).toBe(5);
    const [pages = ''] = run.said().match(/http:\S+/) ?? [];
    expect(await (await fetch(pages)).text()).toContain('<title>');
    const commands = run.said().match(/^ {2}nsenter.*$/gm) ?? [];
    expect(commands.length).toBe(9);
    for (const command of commands) {
      const done = await runCommand(['sh', '-c', `cd '${checkout}' && ${command}`]);
      expect(done, command).toMatchObject({ exitCode: 0 });
    }
    const stop = demo('--stop');
    expect(await stop.ended).toBe(0);
    expect(stop.said()).toBe('demo: all hosts and the daemon are stopped\n');
    expectNothingLeft(before);
  });

  it.each([
    ['SIGINT', 'both packages', 130],
    ['SIGTERM', 'data filled in', 143],
    ['SIGHUP', 'backup: ', 129],
  ] as const)('leaves nothing when %s comes after "%s"', async (signal, words, status) => {
    const run = demo('--keep');
    await run.until(words);
    const before = holdNetworks();
    interrupt(run, signal);
    expect(await run.ended).toBe(status);
    expect(run.said().trim().split('\n').at(-1)).toBe('demo: interrupted; stopping all hosts');
    expectNothingLeft(before);
  });

  it('leaves nothing when it is interrupted while the hosts boot', async () => {
    const run = demo('--keep');
    while (networks().size < 2) await sleep(5);
    const before = holdNetworks();
    interrupt(run, 'SIGINT');
    expect(await run.ended).toBe(130);
    expectNothingLeft(before);
  });

  it('leaves nothing when it fails, and says for which engines', async () => {
    const run = demo('--keep');
    await run.until('redis       add-on installed');
    const before = holdNetworks();
    // The daemon alone would be started again by its service.
    const [storage] = ours().filter((pid) => /host-boot\.sh\0.*-backups\./.test(commandOf(pid)));
    process.kill(Number(storage), 'SIGKILL');
    expect(await run.ended).toBe(1);
    expect(run.said().trim().split('\n').at(-1)).toBe('demo: failed for mariadb, postgresql, redis');
    expectNothingLeft(before);
  });

  it('is swept up by the next one when it was killed', async () => {
    const run = demo('--keep');
    await run.until('data filled in');
    const before = holdNetworks();
    for (const pid of ours().filter((pid) => /demo\.ts\0/.test(commandOf(pid)))) process.kill(Number(pid), 'SIGKILL');
    await run.ended;
    expect(await demo('--stop').ended).toBe(0);
    expectNothingLeft(before);
  });
});
