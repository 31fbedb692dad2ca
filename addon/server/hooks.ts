import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Doors } from '../hooks/hook.ts';
import { hooks } from '../hooks/index.ts';
import { parseRequest } from '../hooks/request.ts';

const call = z.strictObject({ request: z.unknown(), wait: z.boolean().default(true) });

/** `POST /hooks/NAME`: one event of the platform. */
export function hookRoutes(app: FastifyInstance, doors: Doors): void {
  app.post<{ Params: { name: string } }>('/hooks/:name', async ({ params, body }) => {
    const hook = Object.hasOwn(hooks, params.name) ? hooks[params.name] : undefined;
    if (hook === undefined) {
      const hint = `known hooks: ${Object.keys(hooks).join(', ')}.`;
      throw new AddonError('request-invalid', `no hook is named ${JSON.stringify(params.name)}`, { hint });
    }
    return hook(parseRequest(call, body), doors);
  });
}
