import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Machine } from '../../addon/machines/machine.ts';
import { pumpContract } from './machine-pump.ts';

/** A machine under test, and a look at it from outside. */
export interface MachineTrial extends AsyncDisposable {
  readonly machine: Machine;
  /** Runs a script on the machine past the machine itself, as root. */
  look(script: string): Promise<string>;
}

/** How many processes there are whose command line holds the text; the text itself must not look like the question. */
export async function countOf(trial: MachineTrial, text: string): Promise<number> {
  const pattern = `[${text[0]}]${text.slice(1)}`;
  return Number(await trial.look(`ps -eo args | grep -c -e '${pattern}' || true`));
}

/** What every driver of the port promises. */
export function machineContract(name: string, begin: () => Promise<MachineTrial>): void {
  describe(name, { timeout: 60_000 }, () => {
    let trial: MachineTrial;
    let machine: Machine;
    const shell = (script: string) => ({ argv: ['sh', '-c', script] });

    beforeAll(async () => {
      trial = await begin();
      machine = trial.machine;
    }, 60_000);
    afterAll(async () => {
      await trial?.[Symbol.asyncDispose]();
    });

    test.each([0, 1, 7, 125, 126, 127, 128, 200, 255])('answers exit status %i as it was', async (status) => {
      expect(await machine.run(shell(`echo out; echo err >&2; exit ${status}`))).toEqual({
        exitCode: status,
        stdout: 'out\n',
        stderr: 'err\n',
      });
    });

    test.each([
      ['TERM', 143],
      ['KILL', 137],
      ['SEGV', 139],
    ])('answers 128 + N for a program that SIG%s ended', async (signal, exitCode) => {
      const { exitCode: status } = await machine.run(shell(`kill -${signal} $$`));
      expect(status).toBe(exitCode);
      const secretly = await machine.run({ ...shell(`kill -${signal} $$`), secrets: ['s'], input: 'i' });
      expect(secretly.exitCode).toBe(exitCode);
    });

    test('gives arguments, variables, input and secrets to the program as they are', async () => {
      const odd = `a'b"c $(id) \`id\` \\ \n * ~ ü€😀 -n `;
      const { stdout } = await machine.run({
        argv: [
          'sh',
          '-c',
          'printf "%s|" "$1" "$ODD"; cat; printf "|"; cat /dev/fd/3; printf "|"; cat /dev/fd/4',
          'sh',
          odd,
        ],
        environment: { ODD: odd },
        input: `${odd}\0\u0001`,
        secrets: [odd, 'second\n\n'],
      });
      expect(stdout).toBe([odd, odd, `${odd}\0\u0001`, odd, 'second\n\n'].join('|'));
    });

    test('offers secrets through pipes of the kernel’s, which a program may open by name', async () => {
      const { stdout } = await machine.run({
        ...shell('readlink /proc/self/fd/3; cat </dev/fd/3'),
        secrets: ['secret'],
      });
      expect(stdout).toMatch(/^pipe:\[\d+\]\nsecret$/);
    });

    test('passes large input on, and leaves input that is not read alone', async () => {
      const input = 'x'.repeat(1_000_000);
      expect((await machine.run({ ...shell('wc -c'), input })).stdout.trim()).toBe('1000000');
      expect(await machine.run({ ...shell('exit 3'), input })).toMatchObject({ exitCode: 3 });
    });

    test('runs in the account’s home, or where told, and with an empty stdin', async () => {
      expect((await machine.run(shell('[ "$PWD" = "$HOME" ] && cat && echo home'))).stdout).toBe('home\n');
      expect((await machine.run({ ...shell('pwd'), directory: '/usr/lib' })).stdout).toBe('/usr/lib\n');
      expect(await machine.run({ ...shell('echo ran'), directory: '/no/such place' })).toMatchObject({
        exitCode: 126,
        stdout: '',
      });
    });

    test('has 127 for a program that is not there, and does not take its name for a shell’s word', async () => {
      expect(await machine.run({ argv: ['no-such-program'] })).toMatchObject({ exitCode: 127 });
      expect(await machine.run({ argv: ['exit', '0'] })).toMatchObject({ exitCode: 127 });
    });

    test('refuses names of variables that are shell text', async () => {
      const injected = machine.run({ argv: ['true'], environment: { 'X=1; touch /tmp/injected; Y': 'v' } });
      await expect(injected).rejects.toMatchObject({ code: 'name-refused' });
    });

    test('says so when a program says more than is kept', async () => {
      const run = machine.run(shell('head -c 200000 /dev/zero; sleep 61'), { maxBytes: 100_000 });
      await expect(run).rejects.toThrow('said more than 100000 bytes');
      expect(await countOf(trial, 'sleep 61')).toBe(0);
    });

    test('runs many programs side by side', async () => {
      const runs = Array.from({ length: 20 }, (_, index) => machine.run(shell(`sleep 0.05; echo ${index}`)));
      expect((await Promise.all(runs)).map(({ stdout }) => Number(stdout))).toEqual([...Array(20).keys()]);
    });

    test('has no secret, no input and no variable on any command line', async () => {
      const secret = `canary${randomBytes(12).toString('hex')}`;
      const program = shell('sleep 1.5');
      const run = Promise.all([
        machine.run({ ...program, secrets: [secret], input: secret, environment: { TOKEN: secret } }),
        machine.pump({
          producer: { ...shell('sleep 1; echo x'), secrets: [secret], environment: { TOKEN: secret } },
          consumer: { ...shell('cat'), secrets: [secret], environment: { TOKEN: secret } },
          expect: { endMarker: 'x' },
        }),
      ]);
      let over = false;
      run.finally(() => {
        over = true;
      });
      let [looks, hits] = [0, 0];
      while (!over) {
        // The pattern is on grep's own command line, but for its first letter.
        hits += Number(
          await trial.look(`cat /proc/[0-9]*/cmdline 2>/dev/null | grep -a -c '[c]${secret.slice(1)}' || true`),
        );
        looks += 1;
      }
      expect((await run)[1].verdict).toBe('complete');
      expect(looks).toBeGreaterThan(3);
      expect(hits).toBe(0);
    });

    test.each([
      ['that goes by SIGTERM', 'sleep 62 & sleep 62; wait'],
      ['that ignores SIGTERM', 'trap "" TERM; sleep 62 & sleep 62; wait'],
      ['that left its group', 'setsid sleep 62 & setsid sh -c "trap \\"\\" TERM; sleep 62" & sleep 62'],
    ])('has ended a program %s before the abort is said', async (_, script) => {
      const stop = new AbortController();
      const reason = new Error('no longer wanted');
      const run = machine.run({ ...shell(script), secrets: ['s'] }, { signal: stop.signal });
      run.catch(() => undefined); // looked at below
      await expect.poll(() => countOf(trial, 'sleep 62'), { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
      stop.abort(reason);
      await expect(run).rejects.toBe(reason);
      expect(await countOf(trial, 'sleep 62')).toBe(0);
    });

    test('ends a program whose time is up', async () => {
      const run = machine.run(shell('sleep 63'), { timeoutMs: 300 });
      await expect(run).rejects.toMatchObject({ code: 'job-timeout' });
      expect(await countOf(trial, 'sleep 63')).toBe(0);
    });

    test('runs nothing for a signal that has fired already', async () => {
      const run = machine.run(shell('touch /tmp/ran-too-late'), { signal: AbortSignal.abort(new Error('too late')) });
      await expect(run).rejects.toThrow('too late');
      expect(await trial.look('ls /tmp')).not.toContain('ran-too-late');
    });

    test('leaves nothing running that a program left in its group', async () => {
      expect(await machine.run(shell('sleep 64 >/dev/null 2>&1 & exit 0'))).toMatchObject({ exitCode: 0 });
      expect(await countOf(trial, 'sleep 64')).toBe(0);
    });

    test('places a file once, checks it each time, and puts an altered one right', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'placed-'));
      const file = { source: join(folder, 'tool'), name: 'tool', mode: 0o700 };
      writeFileSync(
        file.source,
        Buffer.concat([Buffer.from('#!/bin/sh\necho it works; exit 0\n'), randomBytes(2_500_000)]),
      );
      const path = await machine.place(file);
      expect(path).toMatch(/\/\.dbbackup\/bin\/tool-[0-9a-f]{12}$/);
      expect(await machine.run({ argv: [path] })).toMatchObject({ exitCode: 0, stdout: 'it works\n' });
      const inode = () => trial.look(`stat -c %i '${path}'`);
      const before = await inode();
      expect(await machine.place(file)).toBe(path);
      expect(await inode()).toBe(before);

      for (const harm of [
        `echo evil >>'${path}'`,
        `ln -sf /bin/true '${path}'`,
        `rm '${path}'`,
        `rm '${path}'; mkdir '${path}'`,
      ]) {
        await trial.look(harm);
        expect(await machine.place(file)).toBe(path);
        expect(await machine.run({ argv: [path] })).toMatchObject({ exitCode: 0, stdout: 'it works\n' });
      }
      expect(await trial.look(`ls -A "$(dirname '${path}')"`)).toBe(`${path.split('/').at(-1)}\n`);
      rmSync(folder, { recursive: true });
    });

    pumpContract(() => trial);
  });
}
