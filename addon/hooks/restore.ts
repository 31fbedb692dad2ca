import { z } from 'zod';
import { beginRestore } from './begin.ts';
import { type Hook, jobAnswer } from './hook.ts';
import { environment, parseRequest } from './request.ts';
import { restoreSettings } from './settings.ts';

const restoreRequest = z.object({ environment, settings: restoreSettings });

/** Makes the environment's databases hold what a backup holds. */
export const restore: Hook = async ({ request, wait }, doors) => {
  const { environment: target, settings } = parseRequest(restoreRequest, request);
  const started = beginRestore(
    {
      environment: target.name,
      from: settings.backupedEnvName,
      backup: settings.backupDir,
      databases: settings.databases,
      requestedBy: 'user',
      safetyBackup: settings.safetyBackup,
    },
    doors,
  );
  return { job: await jobAnswer(started, wait, doors) };
};
