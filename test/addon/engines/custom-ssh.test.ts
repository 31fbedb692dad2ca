import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { custom } from '../../../addon/engines/custom.ts';
import type { Machine } from '../../../addon/machines/machine.ts';
import { dumpInto, serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { createMasters, type Master, type Masters } from '../machines/masters.ts';

describe('custom, over ssh', { timeout: 120_000 }, () => {
  let masters: Masters;
  let master: Master;
  let machine: Machine;
  beforeAll(async () => {
    masters = await createMasters();
    master = await masters.add('box');
    machine = await master.connect();
    await master.host.writeFile('/etc/environment', 'PLACE="/tmp/a b"\n');
    await master.host.sh('head -c 9000000 /dev/urandom >"/tmp/a b"; chmod 644 "/tmp/a b"');
  }, 120_000);
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await masters[Symbol.asyncDispose]();
  }, 60_000);

  const serverWith = (options: Record<string, string>) =>
    serverOf(machine, { user: '', password: '', host: '', port: 0, nodes: [], options });
  const part = { name: 'custom', kind: 'database', extension: 'bin' } as const;

  it('brings back what the backup command wrote', async () => {
    const server = serverWith({ backupCommand: 'cat "$PLACE"', restoreCommand: 'cat >/tmp/back' });
    const backup = await takeBackup(custom, server);
    await custom.restore(server, backup.parts, { version: backup.version });
    await master.host.must(['cmp', '/tmp/a b', '/tmp/back']);
  });

  it('tells of a failure in the words of the command, or of the end of its output', async () => {
    const server = (backupCommand: string) => serverWith({ backupCommand, restoreCommand: 'cat' });
    const loud = await dumpInto(custom, server('echo a; echo no luck >&2; exit 5'), part, 'cat');
    expect(loud).toMatchObject({ verdict: 'producer-failed', producer: { exitCode: 5, stderr: 'no luck\n' } });
    const quiet = await dumpInto(custom, server('seq 1 9999; echo Error: gone; exit 6'), part, 'cat');
    expect(quiet).toMatchObject({ verdict: 'producer-failed', producer: { exitCode: 6, stderr: 'Error: gone\n' } });
  });

  it('ends a command whose time is over, in both directions', async () => {
    const options = {
      backupCommand: 'echo a; sleep 4321',
      restoreCommand: 'cat; sleep 4321',
      timeLimitMinutes: '0.02',
    };
    const late = await dumpInto(custom, serverWith(options), part, 'cat');
    expect(late.verdict).toBe('producer-failed');
    expect(late.producer.stderr).toContain('time limit');
    const good = await takeBackup(custom, serverWith({ ...options, backupCommand: 'echo a' }));
    await expect(custom.restore(serverWith(options), good.parts, good)).rejects.toThrow('time limit');
    expect((await master.host.run(['pgrep', '-fx', 'sleep 4321'])).stdout).toBe('');
  });
});
