import { describe, expect, it } from 'vitest';
import { engineMachine } from './engineMachine.ts';
import { fleet } from './fleet.ts';

const { host, shared } = fleet();
const machine = () => shared('machine', async () => engineMachine(await host('box')));
const sh = (script: string) => ['sh', '-c', script];

describe('a machine for engines', { timeout: 60_000 }, () => {
  it('runs a program with secrets, environment, input and directory, as an account without rights', async () => {
    const outcome = await (await machine()).run({
      argv: sh('cat /dev/fd/3; echo; cat /dev/fd/4; echo; echo "$ODD"; cat; pwd; id -un; echo bad >&2; exit 3'),
      secrets: [`a 'b'\n"c"`, 'two'],
      environment: { ODD: `it's $HOME` },
      input: 'text\n',
      directory: '/tmp',
    });
    expect(outcome).toEqual({
      exitCode: 3,
      stdout: `a 'b'\n"c"\ntwo\nit's $HOME\ntext\n/tmp\ndbbackup\n`,
      stderr: 'bad\n',
    });
  });

  it('withholds end-of-file until the stream is as expected', async () => {
    const box = await machine();
    const pump = async (producer: string, expect = {}) => {
      const file = '/tmp/done';
      const consumer = { argv: sh(`rm -f ${file}; cat >/dev/null; touch ${file}`) };
      const { verdict } = await box.pump({ producer: { argv: sh(producer) }, consumer, expect });
      const done = await box.run({ argv: ['test', '-e', file] });
      return [verdict, done.exitCode === 0];
    };
    expect(await pump('echo a; echo end', { endMarker: 'end' })).toEqual(['complete', true]);
    expect(await pump('echo a; exit 1')).toEqual(['producer-failed', false]);
    expect(await pump('echo a; kill -9 $$')).toEqual(['producer-failed', false]);
    expect(await pump('echo a; echo Error 1 >&2', { complaint: '^error' })).toEqual(['producer-complained', false]);
    expect(await pump('echo a', { endMarker: 'end' })).toEqual(['end-marker-missing', false]);
    expect(await pump('echo a', { bytes: 3 })).toEqual(['wrong-length', false]);
    expect(await pump(':')).toEqual(['empty', false]);
    expect(await pump(':', { mayBeEmpty: true })).toEqual(['complete', true]);
    const failing = await box.pump({
      producer: { argv: ['yes'] },
      consumer: { argv: sh('head -c 9; exit 4') },
      expect: {},
    });
    expect(failing).toMatchObject({ verdict: 'consumer-failed', consumer: { exitCode: 4, stdout: 'y\ny\ny\ny\ny' } });
  });

  it('ends everything it started when it is cancelled or late', async () => {
    const box = await machine();
    const cancel = new AbortController();
    const running = box.run({ argv: sh('sleep 4242 & sleep 4242') }, { signal: cancel.signal });
    setTimeout(() => cancel.abort(new Error('enough')), 300);
    await expect(running).rejects.toThrow('enough');
    const late = box.pump(
      { producer: { argv: ['sleep', '4242'] }, consumer: { argv: sh('sleep 4242') }, expect: {} },
      { timeoutMs: 300 },
    );
    await expect(late).rejects.toMatchObject({ code: 'job-timeout' });
    expect((await (await host('box')).run(['pgrep', '-fx', 'sleep 4242'])).stdout).toBe('');
  });
});
