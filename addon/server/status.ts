import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import { statusReport } from '../flows/status.ts';
import type { Watching } from '../flows/watching.ts';
import { parseRequest } from '../hooks/request.ts';
import { CONTENT_TYPE, exposition } from './metrics.ts';

const statusQuery = z.object({ environment: z.string().optional() });

/** `GET /status`: how everything stands, or one environment. */
export function statusRoutes(app: FastifyInstance, watching: Watching): void {
  app.get('/status', async ({ query }) => {
    const { environment } = parseRequest(statusQuery, query);
    if (environment !== undefined && !watching.rooms.storage.environments.get(environment)?.installed)
      throw new AddonError('environment-unknown', `no environment is named ${JSON.stringify(environment)}`);
    return statusReport(watching, environment);
  });
}

/** `GET /metrics` for Prometheus, and `GET /health`. */
export function metricsRoutes(app: FastifyInstance, watching: Watching): void {
  app.get('/metrics', async (_request, reply) => {
    const text = await exposition(await statusReport(watching), watching.rooms.storage.watch.endedCounts());
    return reply.header('content-type', CONTENT_TYPE).send(text);
  });
  app.get('/health', async () => ({ ok: true, ...(await watching.rooms.storage.space()) }));
}
