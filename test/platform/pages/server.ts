import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { ZodError } from 'zod';
import type { Platform } from '../contract.ts';
import { createChanges, topics } from './changes.ts';
import { pageFiles } from './files.ts';
import { apiRoutes } from './routes.ts';
import { createRuns } from './runs.ts';

const LARGEST_REQUEST_BYTES = 4 * 1024 * 1024;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The pages of a platform, being served. */
export interface Pages extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/` */
  readonly address: string;
}

/** Serves the pages of a platform to this machine alone. Port 0 is a free one. The platform stays when the pages are closed. */
export async function servePages(platform: Platform, port = 0): Promise<Pages> {
  const app = buildPages(platform);
  await app.listen({ host: '127.0.0.1', port });
  const { port: taken } = app.server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${taken}/`, [Symbol.asyncDispose]: () => app.close() };
}

/** The pages without a port, so that tests can inject requests. */
export function buildPages(platform: Platform): FastifyInstance {
  const app = Fastify({ bodyLimit: LARGEST_REQUEST_BYTES, forceCloseConnections: true });
  // Without it, every page of the web could send what a form can send.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async ({ headers, method }, reply) => {
    reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    const site = headers['sec-fetch-site'] ?? 'none';
    const foreign = method !== 'GET' && site !== 'same-origin' && site !== 'none';
    // A name that somebody else had resolve to this machine is not ours.
    if (foreign || !/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? ''))
      return reply.status(403).send({ error: 'these pages are for this machine alone' });
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error instanceof ZodError ? 400 : (error.statusCode ?? 500);
    return reply.status(status).send({ error: error.message });
  });
  const files = pageFiles();
  for (const [path, { type, body }] of files) app.get(path, (_request, reply) => reply.type(type).send(body));

  const runs = createRuns(() => changes.look());
  const read = topics(platform, runs);
  const changes = createChanges(read);
  app.addHook('preClose', async () => changes.stop());
  apiRoutes(app, { platform, runs, changes, topics: read });
  return app;
}
