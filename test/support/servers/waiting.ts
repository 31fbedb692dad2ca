import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../host.ts';

/** Asks again and again until the answer is true; rejects with what the host says about `logFile` when it never is. */
export async function untilReady(
  host: Host,
  what: string,
  logFile: string,
  ask: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await ask())) {
    if (Date.now() > deadline) {
      const log = await host.run(['tail', '-n', '20', logFile]);
      throw new Error(`${what} on host ${host.name} was not ready within a minute: ${log.stdout}${log.stderr}`);
    }
    await sleep(50);
  }
}

/** Kills the process that a pid file names, without a chance to tidy up, and returns when it is gone. */
export async function killByPidFile(host: Host, pidFile: string): Promise<void> {
  await host.sh(`pid=$(head -n 1 ${pidFile}); kill -KILL "$pid"; while [ -e "/proc/$pid" ]; do sleep 0.02; done`);
}
