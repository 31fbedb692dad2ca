import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JOB_STATES, type JobState } from '../../../storage-node/base/words.ts';
import { type JobStore, jobStore } from '../../../storage-node/catalog/jobs.ts';
import { MIGRATIONS } from '../../../storage-node/catalog/migrations.ts';

const ENDS = ['succeeded', 'failed', 'cancelled', 'interrupted'] as const;
const LEGAL: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'cancelled'],
  running: ENDS,
  succeeded: [],
  failed: [],
  cancelled: [],
  interrupted: [],
};
const AT = '2026-11-21T12:00:00Z';
const error = { code: 'interrupted', message: 'm', hint: 'h' };

function open(): { database: DatabaseSync; store: JobStore } {
  const database = new DatabaseSync(':memory:');
  for (const script of MIGRATIONS) database.exec(script);
  return { database, store: jobStore(database) };
}

const add = (store: JobStore, id: string, environment: string) =>
  store.add({
    ...{ id, environment, kind: 'backup', lane: 'scheduled', requestedBy: 'schedule', request: '{}', host: '' },
    ...{ attempt: 1, repeats: null, queuedAt: AT, readyAt: AT },
  });

/** Brings a new job into a state by legal moves alone. */
function bring(store: JobStore, state: JobState): void {
  add(store, 'j', 'shop');
  if (state === 'queued') return;
  store.start('j', { owner: 'us', startedAt: AT });
  if (state !== 'running') store.end('j', { state, endedAt: AT, error });
}

const moves = JOB_STATES.flatMap((from) => JOB_STATES.map((to) => ({ from, to, legal: LEGAL[from].includes(to) })));

test.for(moves.filter(({ legal }) => legal))('a job goes from $from to $to', ({ from, to }) => {
  const { database, store } = open();
  bring(store, from);
  database.exec(`UPDATE jobs SET state = '${to}'`);
  expect(store.get('j')?.state).toBe(to);
});

test.for(moves.filter(({ legal }) => !legal))(
  'the database itself refuses that a job goes from $from to $to',
  (move) => {
    const { database, store } = open();
    bring(store, move.from);
    expect(() => database.exec(`UPDATE jobs SET state = '${move.to}'`)).toThrow(/cannot make this move/);
    expect(store.get('j')?.state).toBe(move.from);
  },
);

test.for(JOB_STATES.filter((state) => state !== 'queued'))('no job begins as %s', (state) => {
  const { database, store } = open();
  add(store, 'j', 'shop');
  const copy = `INSERT INTO jobs SELECT NULL, 'k', 'blog', kind, '${state}', lane, requested_by, request, host, attempt, repeats,
    queued_at, ready_at, owner, started_at, deadline_at, ended_at, step, bytes, backup, error, warnings FROM jobs`;
  expect(() => database.exec(copy)).toThrow(/begins as queued/);
});

type Step =
  | { readonly do: 'add'; readonly environment: string }
  | { readonly do: 'start' | 'drop'; readonly job: number }
  | { readonly do: 'end'; readonly job: number; readonly state: (typeof ENDS)[number] }
  | { readonly do: 'die' };

const job = fc.nat({ max: 11 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), environment: fc.constantFrom('a', 'b') }),
  fc.record({ do: fc.constantFrom('start' as const, 'drop' as const), job }),
  fc.record({ do: fc.constant('end' as const), job, state: fc.constantFrom(...ENDS) }),
  fc.constant({ do: 'die' as const }),
);

/** What a step makes of the jobs, by the words of the promise alone; undefined where it must be refused. */
function expected(jobs: readonly [string, JobState][], taken: Step): [string, JobState][] | undefined {
  const has = (environment: string, state: JobState) => jobs.some(([env, is]) => env === environment && is === state);
  if (taken.do === 'die') return jobs.map(([env, is]) => [env, is === 'running' ? 'interrupted' : is]);
  if (taken.do === 'add')
    return has(taken.environment, 'queued') ? undefined : [...jobs, [taken.environment, 'queued']];
  const [environment, state] = jobs[taken.job] ?? ['', undefined];
  const to: JobState = taken.do === 'end' ? taken.state : taken.do === 'start' ? 'running' : 'cancelled';
  const from = taken.do === 'end' ? 'running' : 'queued';
  if (state !== from || (to === 'running' && has(environment, 'running'))) return undefined;
  return jobs.with(taken.job, [environment, to]);
}

test('any sequence of moves leaves the catalog as the promise says, and what is refused changes nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { database, store: first } = open();
      let [store, owner, model] = [first, 1, [] as [string, JobState][]];
      const take = (taken: Step) => {
        if (taken.do === 'add') add(store, String(model.length), taken.environment);
        else if (taken.do === 'start') store.start(String(taken.job), { owner: String(owner), startedAt: AT });
        else if (taken.do === 'drop') store.drop(String(taken.job), error, AT);
        else if (taken.do === 'end') store.end(String(taken.job), { state: taken.state, endedAt: AT });
        else {
          store = jobStore(database);
          owner += 1;
          store.interruptOthers(String(owner), AT);
        }
      };
      for (const taken of steps) {
        const after = expected(model, taken);
        if (after === undefined) expect(() => take(taken)).toThrow();
        else take(taken);
        model = after ?? model;
        const rows = store.list().reverse();
        expect(rows.map(({ environment, state }) => [environment, state])).toEqual(model);
      }
      database.close();
    }),
    { numRuns: 300 },
  );
});
