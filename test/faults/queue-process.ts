import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJobRunner } from '../../addon/jobs/runner.ts';
import { silentLog } from '../../storage-node/base/log.ts';
import { jobStore } from '../../storage-node/catalog/jobs.ts';
import { lockDirectory, openCatalog } from '../../storage-node/catalog/open.ts';

/**
 * A daemon that is nothing but its queue: `queue-process.ts DIR COUNT`. It asks for COUNT jobs, one after the other, and writes down
 * each that was taken; each job writes down that it is complete before its end is, as a backup's manifest is. It ends when all is done.
 * Its clock goes five hundred times as fast as time does, so that no retry is waited for.
 */
const [directory = '', count = '0'] = process.argv.slice(2);
const [accepted, complete] = [join(directory, 'accepted'), join(directory, 'complete')];
const SPEED = 500;
const linesOf = (file: string) =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : [];

using _lock = lockDirectory(join(directory, 'lock.sqlite'), directory);
const store = jobStore(openCatalog(join(directory, 'catalog.sqlite')));
const clock = () => new Date(Date.now() * SPEED - 8e14);
const runner = createJobRunner({
  ...{ store, clock, log: silentLog },
  logbook: { write: () => undefined, read: async () => '', remove: () => undefined },
  limits: { jobsAtOnce: 3, timeLimitMs: 1e9, stallMs: 0, patienceMs: 1e9, historyMs: 1e12 },
  works: {
    async backup(request) {
      const { number } = request as { number: number };
      await new Promise((resolve) => setTimeout(resolve, 1 + ((number * 7) % 20)));
      appendFileSync(complete, `${number}\n`);
      await new Promise((resolve) => setTimeout(resolve, number % 3));
      return { backup: String(number) };
    },
  },
});

for (const row of runner.recover()) {
  const { number } = JSON.parse(store.requestOf(row.id)) as { number: number };
  if (linesOf(complete).includes(number)) runner.settle(row.id, String(number));
}

let next = (linesOf(accepted).at(-1) ?? 0) + 1;
for (;;) {
  if (next <= Number(count)) {
    const environment = `environment-${next}`;
    // Asked for before the kill and taken, but not written down as such: it is in the catalog.
    if (store.list({ environment }).length === 0) {
      const asked = { kind: 'backup', environment, lane: 'scheduled', requestedBy: 'schedule', host: '' } as const;
      runner.enqueue({ ...asked, request: { number: next } });
    }
    appendFileSync(accepted, `${next}\n`);
    next += 1;
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
  runner.advance();
  if (next > Number(count) && store.list({ waiting: true }).length === 0 && store.list().every((row) => row.endedAt))
    break;
}
