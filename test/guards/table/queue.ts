import type { Guard } from '../guard.ts';

const tested = (file: string) => (name: string) => ({ file: `test/addon/jobs/${file}.test.ts`, name });
const [queued, retried, recovered, ran] = [tested('queue'), tested('retry'), tested('recover'), tested('run')];

/** What the queue promises. */
export const queueGuards: readonly Guard[] = [
  {
    name: 'queue: jobs move legally, whoever moves them',
    file: 'storage-node/catalog/migrations.ts',
    text: 'CREATE TRIGGER jobs_move_legally BEFORE UPDATE OF state',
    without: 'CREATE TRIGGER jobs_move_legally BEFORE UPDATE OF owner',
    test: {
      file: 'test/storage-node/catalog/job-moves.test.ts',
      name: 'the database itself refuses that a job goes from',
    },
  },
  {
    name: 'queue: one job at a time on a database server',
    file: 'addon/jobs/turns.ts',
    text: "if (next.host !== '') taken.add",
    without: "if (next.host === '') taken.add",
    test: queued('runs one job at a time on one database server'),
  },
  {
    name: 'queue: a person’s request is refused while a job runs',
    file: 'addon/jobs/runner.ts',
    text: "(lane === 'manual' || other.row.kind === kind)",
    without: 'other.row.kind === kind',
    test: queued('of a person is refused while a job of the environment runs'),
  },
  {
    name: 'queue: what waits and what is written beside it hold together',
    file: 'addon/jobs/runner.ts',
    text: `        load();
        throw error;`,
    without: '        throw error;',
    test: queued('that fails with what is written beside it leaves nothing in the queue'),
  },
  {
    name: 'queue: an end that cannot be written down is written later',
    file: 'addon/jobs/turns.ts',
    text: 'conclude([...floor.all()].filter((run) => run.outcome !== undefined));',
    without: 'for (const run of floor.all()) if (run.outcome !== undefined) floor.leave(run);',
    test: queued('whose end cannot be written down keeps its place until it can'),
  },
  {
    name: 'queue: a job that stands still is ended',
    file: 'addon/jobs/run.ts',
    text: 'elapsed() - lastSign >= limits.stallMs',
    without: 'false',
    test: ran('a stalled job ends as such and frees its place'),
  },
  {
    name: 'queue: a restore is never repeated',
    file: 'addon/jobs/retry.ts',
    text: "['backup', 'prune', 'check'].includes(row.kind)",
    without: 'row.kind !== undefined',
    test: retried('is never so for a restore'),
  },
  {
    name: 'queue: repetitions come to an end',
    file: 'addon/jobs/retry.ts',
    text: '  if (row.attempt >= attempts) return undefined;\n',
    without: '',
    test: recovered('a backup that takes the daemon with it each time is not tried for ever'),
  },
  {
    name: 'queue: what a killed daemon was doing is done again',
    file: 'addon/jobs/runner.ts',
    text: 'retries.push(turns.afterwards(row));',
    without: 'retries.push(undefined);',
    test: recovered('a backup that ran is run again after half a minute, whoever asked for it'),
  },
  {
    name: 'queue: what was complete when the daemon died is not done again',
    file: 'addon/jobs/runner.ts',
    text: "const doubtful = repeated.filter((row) => row?.state === 'interrupted') as JobRow[];",
    without: 'const doubtful: JobRow[] = [];',
    test: recovered(
      'a backup that proves to be complete is not, not even where the daemon dies again before that was seen',
    ),
  },
];
