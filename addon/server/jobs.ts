import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { Doors } from '../hooks/hook.ts';
import { parseRequest } from '../hooks/request.ts';
import { expectationOf } from '../jobs/estimate.ts';
import type { Logbook } from '../jobs/logbook.ts';

const listQuery = z.object({
  environment: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(50),
});

/** From so many of them it is said how long a job takes. */
const EARLIER_RUNS = 5;

/** `GET /jobs`, `GET /jobs/ID`, `GET /jobs/ID/log`, `POST /jobs/ID/cancel`. */
export function jobRoutes(app: FastifyInstance, doors: Doors, logbook: Logbook): void {
  const { jobs } = doors.rooms.storage;

  app.get('/jobs', async ({ query }) => {
    const { environment, limit } = parseRequest(listQuery, query);
    const of = environment === undefined ? {} : { environment };
    const places = doors.runner
      .waiting()
      .filter((place) => environment === undefined || place.environment === environment);
    const queue = places.slice(0, limit).flatMap((place) => {
      const row = jobs.get(place.id);
      return row === undefined ? [] : [{ ...row, ...place }];
    });
    const begun = jobs.list({ waiting: false, limit, ...of });
    return {
      jobs: begun.map((row) => (row.endedAt === null ? (doors.runner.look(row.id) ?? row) : row)),
      queue,
    };
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async ({ params }) => {
    const job = found(params.id);
    const place = job.state === 'queued' ? doors.runner.waiting().find(({ id }) => id === job.id) : undefined;
    const earlier = job.state === 'running' ? jobs.succeeded(job.environment, job.kind, EARLIER_RUNS) : [];
    const expected = expectationOf(earlier);
    return { ...job, ...place, ...(expected === undefined ? {} : { expected }) };
  });

  app.get<{ Params: { id: string } }>('/jobs/:id/log', async ({ params }) => ({
    job: found(params.id),
    log: await logbook.read(params.id),
  }));

  app.post<{ Params: { id: string } }>('/jobs/:id/cancel', async ({ params }) => {
    const job = found(params.id);
    return { cancelled: doors.runner.cancel(job.id) };
  });

  function found(id: string): JobRow {
    const job = doors.runner.look(id);
    if (job === undefined) throw new AddonError('job-unknown', `no job has the id ${JSON.stringify(id)}`);
    return job;
  }
}
