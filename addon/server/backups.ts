import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Backup } from '../../storage-node/base/words.ts';
import { loadRetention } from '../flows/retention.ts';
import type { Doors } from '../hooks/hook.ts';
import { parseRequest } from '../hooks/request.ts';

const listQuery = z.object({
  environment: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  offset: z.coerce.number().int().min(0).default(0),
});
const pinBody = z.object({ until: z.iso.datetime().nullable() });

/** `GET /backups`, `GET|DELETE /backups/ID`, `POST /backups/ID/pin`. */
export function backupRoutes(app: FastifyInstance, doors: Doors): void {
  const { storage } = doors.rooms;

  app.get('/backups', async ({ query }) => {
    const { environment, limit, offset } = parseRequest(listQuery, query);
    const filter = { limit, offset, ...(environment === undefined ? {} : { environment }) };
    const backups = storage.backups.list(filter);
    const reasons = loadRetention(doors.rooms, new Set(backups.map((backup) => backup.environment)));
    return { backups: backups.map((backup) => ({ ...backup, kept: reasons.get(backup.id) ?? [] })) };
  });

  app.get<{ Params: { id: string } }>('/backups/:id', async ({ params }) => found(params.id));

  app.delete<{ Params: { id: string } }>('/backups/:id', async ({ params }) => {
    const backup = found(params.id);
    if (!doors.policy.usersMayDelete) {
      throw new AddonError('policy-refused', `backup ${backup.id} may not be deleted by hand on this storage`);
    }
    await storage.remove(backup.id);
    return { removed: backup.id };
  });

  app.post<{ Params: { id: string } }>('/backups/:id/pin', async ({ params, body }) => {
    const backup = found(params.id);
    return storage.pin(backup.id, parseRequest(pinBody, body).until);
  });

  function found(id: string): Backup {
    const backup = storage.backups.get(id);
    if (backup === undefined) throw new AddonError('backup-unknown', `no backup has the id ${JSON.stringify(id)}`);
    return backup;
  }
}
