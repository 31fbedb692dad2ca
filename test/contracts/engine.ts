import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { dumpInto, pumpPlan, serverOf, stalled, takeBackup, truncated } from './engine-backup.ts';
import { type Contract, type EngineTrial, ODD_NAMES } from './engine-trial.ts';

export type { EngineTrial } from './engine-trial.ts';

/** The sentences that every engine keeps, on real servers. To be called once in a test file. */
export function engineContract({ name, engine, start, dumpProgram, without = {} }: Contract): void {
  describe(`engine ${engine.name} on ${name}`, { timeout: 300_000 }, () => {
    let trial: EngineTrial;
    beforeAll(async () => {
      trial = await start();
    }, 180_000);
    const server = (signal?: AbortSignal) => serverOf(trial.machine, trial.access, signal);
    const restore = async (backup: Awaited<ReturnType<typeof takeBackup>>, on = server()) => {
      await engine.tidy(on);
      return await engine.restore(on, backup.parts, { version: backup.version });
    };
    const filled = async () => {
      await trial.fill();
      const content = await trial.fingerprint();
      return { content, backup: await takeBackup(engine, server()) };
    };
    const running = async () => (await trial.host.run(['pgrep', '-a', '-u', 'dbbackup'])).stdout;
    const idle = async () => {
      for (let tries = 0; tries < 50 && (await running()) !== ''; tries += 1) await sleep(100);
      return await running();
    };

    it('restores what it dumped, accounts too, after everything was destroyed', async () => {
      const { content, backup } = await filled();
      await trial.destroy();
      expect(await trial.fingerprint()).not.toBe(content);
      const report = await restore(backup);
      expect(await trial.fingerprint()).toBe(content);
      expect([...report.restored].sort()).toEqual(backup.parts.map((part) => part.name).sort());
    });

    it('replaces what is there: nothing of later data remains', async () => {
      const { content, backup } = await filled();
      await trial.change();
      expect(await trial.fingerprint()).not.toBe(content);
      await restore(backup);
      expect(await trial.fingerprint()).toBe(content);
    });

    it('leaves the same after two restores as after one', async () => {
      const { content, backup } = await filled();
      await restore(backup);
      await restore(backup);
      expect(await trial.fingerprint()).toBe(content);
    });

    it('changes nothing by looking, counting and dumping', async () => {
      const { content } = await filled();
      expect(await trial.fingerprint()).toBe(content);
    });

    it('dumps the same bytes twice', { retry: 0 }, async () => {
      const { backup } = await filled();
      const again = await takeBackup(engine, server());
      expect(again.parts.map((part) => [part.name, part.bytes])).toEqual(
        backup.parts.map((part) => [part.name, part.bytes]),
      );
    });

    it('does not call a dump complete that was killed in mid-stream', async () => {
      await trial.fill();
      const large = await largestPart();
      await trial.host.sh('rm -f /tmp/go /tmp/eof');
      const plan = await engine.dump(server(), large);
      const dumping = pumpPlan(
        plan,
        server(),
        'while [ ! -e /tmp/go ]; do sleep 0.05; done; cat >/dev/null; touch /tmp/eof',
      );
      await until(
        async () => (await trial.host.run(['pkill', '-KILL', '-u', 'dbbackup', '-x', dumpProgram])).exitCode === 0,
      );
      await trial.host.sh('touch /tmp/go');
      expect((await dumping).verdict).not.toBe('complete');
      expect((await trial.host.run(['test', '-e', '/tmp/eof'])).exitCode).toBe(1);
    });

    it('refuses a truncated stream on restore, and restores the whole one afterwards', async () => {
      const { content, backup } = await filled();
      await trial.change();
      const changed = await trial.fingerprint();
      await expect(restore(truncated(server(), backup))).rejects.toMatchObject({ name: 'AddonError' });
      if (engine.abilities.restoresBeside) expect(await trial.fingerprint()).toBe(changed);
      await restore(backup);
      expect(await trial.fingerprint()).toBe(content);
    });

    it('leaves nothing running when a dump is cancelled', async () => {
      await trial.fill();
      const large = await largestPart();
      const cancel = new AbortController();
      const dumping = dumpInto(engine, server(cancel.signal), large, 'sleep 3600');
      await until(async () => (await trial.host.run(['pgrep', '-u', 'dbbackup', '-x', dumpProgram])).exitCode === 0);
      cancel.abort(new Error('cancelled'));
      await expect(dumping).rejects.toThrow('cancelled');
      expect(await idle()).toBe('');
    });

    it('leaves nothing running when a restore is cancelled, and the next restore is whole', async () => {
      const { content, backup } = await filled();
      const cancel = new AbortController();
      const on = server(cancel.signal);
      const restoring = restore(stalled(on, backup), on);
      const failing = expect(restoring).rejects.toThrow();
      await until(async () => (await trial.host.run(['pgrep', '-u', 'dbbackup', '-fx', 'sleep 3600'])).exitCode === 0);
      cancel.abort(new Error('cancelled'));
      await failing;
      expect(await idle()).toBe('');
      await restore(backup);
      expect(await trial.fingerprint()).toBe(content);
    });

    if (without.unreachable === undefined) {
      it('says database-unreachable when the server is stopped', async () => {
        await trial.stop();
        try {
          await expect(engine.probe(server())).rejects.toMatchObject({ code: 'database-unreachable' });
        } finally {
          await trial.start();
        }
        await engine.probe(server());
      });
    }

    if (without.password === undefined) {
      it('says credentials-refused for a wrong password', async () => {
        const wrong = { ...trial.access, password: `${trial.access.password}x` };
        await expect(engine.probe(serverOf(trial.machine, wrong))).rejects.toMatchObject({
          code: 'credentials-refused',
        });
      });

      it('shows the password in no command line on the node', async () => {
        await trial.host.sh('rm -f /tmp/cmdlines');
        const watch = 'while :; do cat /proc/[0-9]*/cmdline; done 2>/dev/null';
        const { pid } = await trial.host.spawn(['sh', '-c', watch], { logFile: '/tmp/cmdlines' });
        const { backup } = await filled();
        await restore(backup);
        await trial.host.run(['kill', '-KILL', '--', `-${pid}`]);
        const seen = (file: string) => ['grep', '-a', '-c', '-F', '-f', file, '/tmp/cmdlines'];
        await trial.host.writeFile('/tmp/canary', `${trial.access.password}\n`);
        await trial.host.writeFile('/tmp/program', `${dumpProgram}\n`);
        expect((await trial.host.run(seen('/tmp/program'))).exitCode, 'the watch saw nothing').toBe(0);
        expect((await trial.host.run(seen('/tmp/canary'))).exitCode).toBe(1);
      });
    }

    if (without.makeDatabase === undefined) databaseSentences();

    if (without.weak === undefined) {
      it('names every privilege that is missing', async () => {
        const { access, missing } = await must(trial.weak)();
        const refusal = await engine.probe(serverOf(trial.machine, access)).catch((error: Error) => error);
        expect(refusal).toMatchObject({ code: 'privileges-missing' });
        for (const privilege of missing) expect((refusal as Error).message).toContain(privilege);
      });
    }

    if (without.replica === undefined) {
      it('refuses a replica', async () => {
        const { machine, access } = await must(trial.replica)();
        await expect(engine.probe(serverOf(machine, access))).rejects.toMatchObject({ code: 'node-replica' });
      });
    }

    async function largestPart() {
      const backup = await takeBackup(engine, server());
      const [large] = [...backup.parts].sort((a, b) => b.bytes - a.bytes);
      if (large === undefined || large.bytes < 4_000_000) throw new Error('fill has to make a part of more than 4 MB');
      return large;
    }

    function databaseSentences(): void {
      const make = (database: string, rows: number) => must(trial.makeDatabase)(database, rows);
      const drop = (database: string) => must(trial.dropDatabase)(database);

      it('brings back a database without any content', async () => {
        const content = await make('blank', 0);
        const before = await content();
        const backup = await takeBackup(engine, server(), (part) => part.name === 'blank');
        await drop('blank');
        await restore(backup);
        expect(await content()).toBe(before);
        await drop('blank');
      });

      it('leaves databases alone that are not restored', async () => {
        await trial.fill();
        const chosen = await make('chosen', 3);
        const before = await chosen();
        const backup = await takeBackup(engine, server(), (part) => part.name === 'chosen');
        await drop('chosen');
        await trial.change();
        const bystander = await make('bystander', 5);
        const others = await Promise.all([trial.fingerprint(), bystander()]);
        await restore(backup);
        expect(await chosen()).toBe(before);
        await drop('chosen');
        expect(await Promise.all([trial.fingerprint(), bystander()])).toEqual(others);
        await drop('bystander');
      });

      it.each(ODD_NAMES)('brings back a database named %j, or refuses it by name', async (database) => {
        const content = await make(database, 3);
        try {
          const before = await content();
          const backup = await takeBackup(engine, server(), (part) => part.name === database).catch(
            (error: Error) => error,
          );
          if (backup instanceof Error) {
            expect(backup).toMatchObject({ code: 'name-refused' });
            expect([database, JSON.stringify(database)].some((form) => backup.message.includes(form))).toBe(true);
            return;
          }
          expect(backup.parts.map((part) => part.name)).toEqual([database]);
          await drop(database);
          expect(await content()).toBe('absent');
          await restore(backup);
          expect(await content()).toBe(before);
        } finally {
          await drop(database);
        }
      });
    }
  });
}

function must<Deed>(deed: Deed | undefined): Deed {
  if (deed === undefined) throw new Error('the trial lacks a deed; name it under `without`, with the reason');
  return deed;
}

async function until(ask: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await ask()) return;
    await sleep(50);
  }
  throw new Error('what was waited for did not come within 15 s');
}
