import { z } from 'zod';
import { uninstall as uninstallFlow } from '../flows/uninstall.ts';
import { asJob, type Hook } from './hook.ts';
import { environment, parseRequest } from './request.ts';
import { uninstallSettings } from './settings.ts';

const uninstallRequest = z.object({ environment, settings: uninstallSettings.partial().prefault({}) });

/** Takes the add-on off an environment. Never fails because of the node; keeps the backups unless asked otherwise. */
export const uninstall: Hook = async ({ request }, doors) => {
  const asked = parseRequest(uninstallRequest, request);
  const said = (asked.settings as { removeBackups?: boolean }).removeBackups;
  const removeBackups = said ?? doors.policy.removeBackupsOnUninstall;
  const { name } = asked.environment;
  await doors.runner.cancelAll(name);
  return asJob({ kind: 'uninstall', environment: name, requestedBy: 'user' }, doors, (job) =>
    uninstallFlow({ environment: name, removeBackups }, doors.rooms, job),
  );
};
