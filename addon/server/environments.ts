import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { beginBackup, beginCheck, beginPrune, beginRestore } from '../hooks/begin.ts';
import { type Doors, jobAnswer } from '../hooks/hook.ts';
import { parseRequest } from '../hooks/request.ts';

const backupBody = z.strictObject({
  name: z.string().max(64, { error: 'must be at most 64 characters' }).default(''),
  description: z.string().max(4096).default(''),
});
const restoreBody = z.strictObject({
  from: z.string().default(''),
  backup: z.string().min(1),
  databases: z.array(z.string()).default([]),
  safetyBackup: z.boolean().default(true),
});
const checkBody = z.strictObject({ readData: z.boolean().default(false) });
const keyBody = z.strictObject({ key: z.string().min(1) });

interface Named {
  readonly Params: { readonly name: string };
}

/** `/environments` and what can be done with one: backup, restore, prune, check, key, reconcile. Long work answers its job at once. */
export function environmentRoutes(app: FastifyInstance, doors: Doors): void {
  const { storage } = doors.rooms;

  app.get('/environments', async () => ({
    environments: storage.environments.list().map(({ configuration: _, ...record }) => record),
  }));

  app.post<Named>('/environments/:name/backup', async ({ params, body }) => {
    const asked = parseRequest(backupBody, body ?? {});
    const request = {
      environment: params.name,
      kind: 'manual',
      requestedBy: 'user',
      ...asked,
      pinnedUntil: null,
    } as const;
    return jobAnswer(beginBackup(request, doors), false, doors);
  });

  app.post<Named>('/environments/:name/restore', async ({ params, body }) => {
    const asked = parseRequest(restoreBody, body);
    return jobAnswer(beginRestore({ environment: params.name, requestedBy: 'user', ...asked }, doors), false, doors);
  });

  app.post<Named>('/environments/:name/prune', async ({ params }) =>
    jobAnswer(beginPrune(params.name, 'user', doors), false, doors),
  );

  app.post<Named>('/environments/:name/check', async ({ params, body }) => {
    const { readData } = parseRequest(checkBody, body ?? {});
    const request = { environment: params.name, readData, requestedBy: 'user' };
    return jobAnswer(beginCheck(request, doors), false, doors);
  });

  app.get<Named>('/environments/:name/key', async ({ params }) => ({ key: storage.exportKey(params.name) }));

  app.put<Named>('/environments/:name/key', async ({ params, body }) => {
    storage.importKey(params.name, parseRequest(keyBody, body).key);
    return { imported: params.name };
  });

  app.post('/reconcile', async () => storage.reconcile());
}
