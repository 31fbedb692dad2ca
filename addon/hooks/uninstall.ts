import { z } from 'zod';
import { uninstall as uninstallFlow } from '../flows/uninstall.ts';
import { asJob, type Hook } from './hook.ts';
import { environment, parseRequest } from './request.ts';
import { uninstallSettings } from './settings.ts';

const uninstallRequest = z.object({ environment, settings: uninstallSettings.prefault({}) });

/**
 * Takes the add-on off an environment. Never fails because of the node; keeps the backups unless asked otherwise. Where users may not
 * delete backups, only the policy of the storage drops them.
 */
export const uninstall: Hook = async ({ request }, doors) => {
  const asked = parseRequest(uninstallRequest, request);
  const { removeBackupsOnUninstall, usersMayDelete } = doors.policy;
  const wanted = asked.settings.removeBackups ?? removeBackupsOnUninstall;
  const removeBackups = wanted && (usersMayDelete || removeBackupsOnUninstall);
  const { name } = asked.environment;
  await doors.runner.cancelAll(name);
  const answer = await asJob({ kind: 'uninstall', environment: name, requestedBy: 'user' }, doors, (job) =>
    uninstallFlow({ environment: name, removeBackups }, doors.rooms, job),
  );
  if (removeBackups === wanted) return answer;
  return {
    ...answer,
    leftBehind: [...answer.leftBehind, 'the backups: they may not be deleted by hand on this storage'],
  };
};
