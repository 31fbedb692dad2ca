import { install as installFlow } from '../flows/install.ts';
import { asJob, type Hook } from './hook.ts';
import { installRequest, toConfiguration } from './mapping.ts';
import { parseRequest } from './request.ts';
import { unsealed } from './sealed.ts';

/** Sets the add-on up for an environment, after proving that it will work. */
export const install: Hook = async ({ request }, doors) => {
  const wanted = toConfiguration(parseRequest(installRequest, await unsealed(request)));
  const jobRequest = { kind: 'configure', environment: wanted.environment.name, requestedBy: 'user' } as const;
  return asJob(jobRequest, doors, (job) => installFlow(wanted, doors.rooms, job));
};
