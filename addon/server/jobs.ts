import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';
import type { Doors } from '../hooks/hook.ts';
import { parseRequest } from '../hooks/request.ts';
import type { Logbook } from '../jobs/logbook.ts';

const listQuery = z.object({
  environment: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(50),
});

/** `GET /jobs`, `GET /jobs/ID`, `GET /jobs/ID/log`, `POST /jobs/ID/cancel`. */
export function jobRoutes(app: FastifyInstance, doors: Doors, logbook: Logbook): void {
  const { jobs } = doors.rooms.storage;

  app.get('/jobs', async ({ query }) => {
    const { environment, limit } = parseRequest(listQuery, query);
    const of = environment === undefined ? {} : { environment };
    const places = new Map(doors.runner.waiting().map(({ id, ...place }) => [id, place]));
    const queue = jobs
      .list({ waiting: true, ...of })
      .map((job) => ({ ...job, position: 0, waitsFor: '', ...places.get(job.id) }))
      .sort((one, other) => one.position - other.position);
    return { jobs: jobs.list({ waiting: false, limit, ...of }), queue };
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', async ({ params }) => found(params.id));

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
