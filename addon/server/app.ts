import Fastify, { type FastifyInstance } from 'fastify';
import { AddonError, reportOf, toAddonError } from '../../storage-node/base/errors.ts';
import type { Watching } from '../flows/watching.ts';
import type { Doors } from '../hooks/hook.ts';
import type { Logbook } from '../jobs/logbook.ts';
import { backupRoutes } from './backups.ts';
import { environmentRoutes } from './environments.ts';
import { hookRoutes } from './hooks.ts';
import { jobRoutes } from './jobs.ts';
import { metricsRoutes, statusRoutes } from './status.ts';

const LARGEST_REQUEST_BYTES = 1024 * 1024;

/** The HTTP door. Builds it without listening, so that tests can inject requests. */
export function buildApp(doors: Doors, logbook: Logbook, watching: Watching): FastifyInstance {
  const app = Fastify({ bodyLimit: LARGEST_REQUEST_BYTES, forceCloseConnections: true });
  app.setErrorHandler((thrown: Error & { statusCode?: number }, _request, reply) => {
    const ours =
      !(thrown instanceof AddonError) && thrown.statusCode !== undefined && thrown.statusCode < 500
        ? new AddonError('request-invalid', thrown.message.toLowerCase())
        : toAddonError(thrown);
    if (ours.code === 'bug') doors.log.error(ours.message, { code: 'bug', stack: thrown.stack });
    return reply.status(ours.facts.http).send({ error: reportOf(ours) });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ error: reportOf(new AddonError('request-invalid', `no such address: ${request.url}`)) }),
  );
  hookRoutes(app, doors);
  backupRoutes(app, doors);
  environmentRoutes(app, doors);
  jobRoutes(app, doors, logbook);
  statusRoutes(app, watching);
  metricsRoutes(app, watching);
  return app;
}
