import { z } from 'zod';
import { beginBackup } from './begin.ts';
import { type Hook, jobAnswer } from './hook.ts';
import { environment, parseRequest } from './request.ts';
import { backupSettings } from './settings.ts';

const backupNowRequest = z.object({ environment, settings: backupSettings.prefault({}) });

/** Takes a backup at once. */
export const backupNow: Hook = async ({ request, wait }, doors) => {
  const asked = parseRequest(backupNowRequest, request);
  const started = beginBackup(
    {
      environment: asked.environment.name,
      kind: 'manual',
      requestedBy: 'user',
      ...asked.settings,
      pinnedUntil: null,
    },
    doors,
  );
  const job = await jobAnswer(started, wait, doors);
  return { job, backup: job.backup === null ? null : (doors.rooms.storage.backups.get(job.backup) ?? null) };
};
