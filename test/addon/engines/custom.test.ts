import { describe, expect, it } from 'vitest';
import { firstWord, unwrapped } from '../../../addon/engines/custom/shell.ts';
import { custom } from '../../../addon/engines/custom.ts';
import type { StoredPart } from '../../../addon/engines/engine.ts';
import { dumpInto, pourFrom, serverOf } from '../../contracts/engine-backup.ts';
import { engineMachine } from '../../support/engineMachine.ts';
import { fleet } from '../../support/fleet.ts';

const { host, shared } = fleet();
const part = { name: 'custom', kind: 'database', extension: 'bin' } as const;

async function serverWith(options: Record<string, string>, lines: string[] = []) {
  const machine = await shared('machine', async () => {
    const box = await host('box');
    await box.writeFile(
      '/etc/environment',
      'PLACE="/srv/a b"\nexport GREETING=hello $HOME\nnot a variable\nPATH=/opt/tools\n',
    );
    await box.writeFile('/.jelenv', `SECRET='it is "so"'\n`);
    await box.writeFile('/opt/tools/my-dump', '#!/bin/sh\necho dumped\n', 0o755);
    return engineMachine(box);
  });
  const access = {
    user: '',
    password: '',
    host: '',
    port: 0,
    nodes: [],
    options: { restoreCommand: 'cat', ...options },
  };
  return { ...serverOf(machine, access), log: (line: string) => void lines.push(line) };
}

/** What comes of a backup command: the verdict, what the consumer got, and the log. */
async function backup(backupCommand: string, options: Record<string, string> = {}) {
  const server = await serverWith({ backupCommand, ...options });
  const outcome = await dumpInto(custom, server, part, 'cat');
  return {
    verdict: outcome.verdict,
    got: outcome.consumer.stdout,
    log: outcome.producer.stderr,
    exit: outcome.producer.exitCode,
  };
}

describe('a backup command', { timeout: 60_000 }, () => {
  it('has the variables of the node, also between double quotes and with the whole command in them', async () => {
    expect(await backup('echo "$PLACE|$GREETING|$SECRET"')).toMatchObject({
      verdict: 'complete',
      got: '/srv/a b|hello $HOME|it is "so"\n',
    });
    expect(await backup('"echo $GREETING"')).toMatchObject({ verdict: 'complete', got: 'hello $HOME\n' });
    expect(await backup('my-dump')).toMatchObject({ verdict: 'complete', got: 'dumped\n' });
  });

  it('passes any bytes on unchanged, and its stderr as the log', async () => {
    const binary = `head -c 3000000 /dev/urandom | tee /tmp/bytes; echo 'three tables' >&2`;
    const server = await serverWith({ backupCommand: binary });
    const outcome = await dumpInto(custom, server, part, 'cat >/tmp/got');
    await (await host('box')).must(['cmp', '/tmp/got', '/tmp/bytes']);
    expect(outcome).toMatchObject({ verdict: 'complete', bytes: 3_000_000, producer: { stderr: 'three tables\n' } });
  });

  it('fails with its own exit status, and in its own words', async () => {
    expect(await backup('echo half; echo disk on fire >&2; exit 7')).toMatchObject({
      verdict: 'producer-failed',
      exit: 7,
      log: 'disk on fire\n',
    });
  });

  it('is searched for the error in the last 1 KB of its stdout when stderr is empty', async () => {
    const failed = await backup('seq 1 5000; echo "ERROR: no such host"; echo bye; exit 2');
    expect(failed).toMatchObject({ verdict: 'producer-failed', exit: 2, log: 'ERROR: no such host\n' });
    const vague = await backup('seq 1 5000; exit 2');
    expect(vague.log).toMatch(/4999\n5000\n$/);
    expect(vague.log.length).toBeLessThan(1_100);
    expect((await backup('exit 3')).verdict).toBe('producer-failed');
  });

  it('counts as failed when it writes nothing', async () => {
    expect(await backup('true')).toMatchObject({ verdict: 'empty' });
  });

  it('is ended when its time is over, with all that it started', async () => {
    const late = await backup('echo begun; sleep 4321 | sleep 4321', { timeLimitMinutes: '0.02' });
    expect(late).toMatchObject({
      verdict: 'producer-failed',
      log: expect.stringContaining('the time limit of 2 seconds has passed'),
    });
    expect((await (await host('box')).run(['pgrep', '-fx', 'sleep 4321'])).stdout).toBe('');
  });

  it('stands on no command line', async () => {
    const seen = await backup('PIN=4711; cat /proc/[0-9]*/cmdline');
    expect(seen.verdict).toBe('complete');
    expect(seen.got).toContain('/dev/fd/3');
    expect(seen.got).not.toContain('4711');
  });
});

describe('a restore command', { timeout: 60_000 }, () => {
  const pour = async (restoreCommand: string, lines: string[] = []) => {
    const server = await serverWith({ backupCommand: 'true', restoreCommand }, lines);
    const stored: StoredPart = {
      ...part,
      bytes: 5,
      counts: null,
      pourInto: pourFrom(server, { name: 'custom', bytes: 5 }, ['printf', 'a\\0b\\nc']),
    };
    return await custom.restore(server, [stored], { version: 'custom' });
  };

  it('reads the backup from its stdin and tells the log what it says', async () => {
    const lines: string[] = [];
    expect(await pour('cat >/tmp/back; echo told >&2; yes | head -c 30000000', lines)).toEqual({
      restored: ['custom'],
      warnings: [],
    });
    expect(lines).toEqual(['told']);
    expect(await (await host('box')).must(['od', '-An', '-c', '/tmp/back'])).toContain('a  \\0   b  \\n   c');
  });

  it('fails with its exit status, in its own words', async () => {
    await expect(pour('cat >/dev/null; echo broken pipe dream >&2; exit 9')).rejects.toMatchObject({
      code: 'restore-failed',
      message: expect.stringContaining('broken pipe dream'),
    });
    await expect(pour('cat >/dev/null; echo import failed: row 7; exit 9')).rejects.toThrow('import failed: row 7');
  });
});

describe('looking at the commands', { timeout: 60_000 }, () => {
  const probe = async (backupCommand: string, options: Record<string, string> = {}) =>
    custom.probe(await serverWith({ backupCommand, ...options }));

  it('finds programs on the path of the node and by absolute path', async () => {
    for (const command of [
      'my-dump --all',
      '/opt/tools/my-dump',
      'A=1 B=2 my-dump',
      '(my-dump; my-dump)',
      '"my-dump $PLACE"',
    ])
      expect((await probe(command)).parts).toEqual([part]);
  });

  it('names the program that is missing, and says which command is no shell text or not there', async () => {
    await expect(probe('pg_dumpp --all')).rejects.toMatchObject({
      code: 'node-tools',
      message: 'backupCommand: pg_dumpp was not found on box',
    });
    await expect(probe('/opt/nothing')).rejects.toMatchObject({ code: 'node-tools' });
    await expect(probe('my-dump', { restoreCommand: 'nowhere' })).rejects.toThrow(
      'restoreCommand: nowhere was not found',
    );
    await expect(probe('my-dump | (')).rejects.toThrow('backupCommand: no shell text');
    await expect(probe(' ')).rejects.toMatchObject({ code: 'request-invalid', message: 'backupCommand is missing' });
    await expect(probe('my-dump', { timeLimitMinutes: 'soon' })).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('runs nothing', async () => {
    await probe('my-dump; touch /tmp/was-run');
    expect((await (await host('box')).run(['test', '-e', '/tmp/was-run'])).exitCode).toBe(1);
  });

  it('tells a first word from shell text', () => {
    expect(['a b', 'X=1 a', '/x/y|z', '$P a', '"a b" c', 'a;b'].map(firstWord)).toEqual([
      'a',
      'a',
      '/x/y',
      '',
      '',
      'a',
    ]);
    expect(['"a $B"', ' a ', '"a" "b"', '"a" b'].map(unwrapped)).toEqual(['a $B', 'a', '"a" "b"', '"a" b']);
  });
});
