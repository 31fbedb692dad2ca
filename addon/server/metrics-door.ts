import Fastify, { type FastifyInstance } from 'fastify';
import { toAddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { Watching } from '../flows/watching.ts';
import { metricsRoutes } from './status.ts';

/** The door for Prometheus alone, on an address of its own: it answers `/metrics` and `/health`, and knows no verb. */
export function buildMetricsApp(watching: Watching): FastifyInstance {
  const app = Fastify({ bodyLimit: 1024, forceCloseConnections: true });
  metricsRoutes(app, watching);
  return app;
}

/** Opens that door where an address is given. Best effort: a port that is taken must not keep backups from being made. */
export async function listenForMetrics(
  address: string | undefined,
  watching: Watching,
  log: Log,
): Promise<Pick<FastifyInstance, 'close'> | undefined> {
  if (address === undefined) return undefined;
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  const app = buildMetricsApp(watching);
  try {
    await app.listen({ host: host.replace(/^\[|\]$/g, ''), port: Number(port) });
    log.info('metrics are answered', { address });
  } catch (thrown) {
    log.error(`metrics are not answered on ${address}: ${toAddonError(thrown).message}`);
  }
  return app;
}
