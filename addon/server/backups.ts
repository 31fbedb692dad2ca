import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Backup } from '../../storage-node/base/words.ts';
import { cursorOf, readCursor } from '../flows/cursor.ts';
import { loadRetention } from '../flows/retention.ts';
import { retentionWords } from '../flows/retention-words.ts';
import type { Doors } from '../hooks/hook.ts';
import { parseRequest } from '../hooks/request.ts';

const listQuery = z.object({
  environment: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000, { error: 'must be at most 10000' }).default(1_000),
  cursor: z.string().max(1_000).optional(),
});
const pinBody = z.object({ until: z.iso.datetime().nullable() });

/** `GET /backups`, `GET|DELETE /backups/ID`, `POST /backups/ID/pin`, `POST /backups/ID/accept`. */
export function backupRoutes(app: FastifyInstance, doors: Doors): void {
  const { storage } = doors.rooms;

  app.get('/backups', async ({ query }) => {
    const { environment, limit, cursor } = parseRequest(listQuery, query);
    const after = cursor === undefined ? undefined : readCursor(cursor, (id) => storage.backups.get(id));
    const found = storage.backups.list({
      limit: limit + 1,
      ...(environment === undefined ? {} : { environment }),
      ...(after === undefined ? {} : { after }),
    });
    const backups = found.slice(0, limit);
    const last = backups.at(-1);
    const next = found.length > limit && last !== undefined ? cursorOf(last) : null;
    return { backups: withRetention(backups), next };
  });

  app.get<{ Params: { id: string } }>('/backups/:id', async ({ params }) => withRetention([found(params.id)])[0]);

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

  app.post<{ Params: { id: string } }>('/backups/:id/accept', async ({ params }) =>
    storage.accept(found(params.id).id),
  );

  function withRetention(backups: readonly Backup[]) {
    const decisions = loadRetention(doors.rooms, backups);
    return backups.map((backup) => {
      const decision = decisions.get(backup.id);
      const { keep = true, reasons = [], expiresAt = null } = decision ?? {};
      return {
        ...backup,
        keep,
        kept: reasons,
        expiresAt,
        retention: retentionWords(backup, decision, doors.rooms.clock()),
      };
    });
  }

  function found(id: string): Backup {
    const backup = storage.backups.get(id);
    if (backup === undefined) throw new AddonError('backup-unknown', `no backup has the id ${JSON.stringify(id)}`);
    return backup;
  }
}
