import { z } from 'zod';
import { displayTime } from '../../storage-node/base/clock.ts';
import { toAddonError } from '../../storage-node/base/errors.ts';
import { loadConfiguration } from '../flows/configuration.ts';
import { type Change, follow, proveMaster, workUnderWay } from '../flows/follow.ts';
import { install as installFlow } from '../flows/install.ts';
import { uninstall as uninstallFlow } from '../flows/uninstall.ts';
import { asJob, type Doors, type Hook } from './hook.ts';
import { notifyOfClone } from './notify-settings.ts';
import { environment, layer, nodes, parseRequest } from './request.ts';

const common = { environment, layer: layer.optional() };
const eventRequest = z.discriminatedUnion('event', [
  z.strictObject({ ...common, event: z.enum(['before-stop', 'before-restart', 'before-redeploy', 'before-delete']) }),
  z.strictObject({ ...common, event: z.enum(['redeploy', 'scale', 'migrate']), nodes }),
  z.strictObject({ ...common, event: z.literal('transfer'), nodes: nodes.optional() }),
  z.strictObject({ ...common, event: z.literal('clone'), clone: environment, nodes }),
  z.strictObject({ ...common, event: z.literal('credentials-reset') }),
]);
type Asked = z.infer<typeof eventRequest>;

/**
 * Something that happened to an environment, or is about to: `before-…` answers `allowed` and the reason against it; every other one takes
 * the news over and answers whether anything `changed`. Twice changes nothing.
 */
export const event: Hook = async ({ request }, doors) => {
  const asked = parseRequest(eventRequest, request);
  switch (asked.event) {
    case 'before-delete':
      return beforeDelete(asked.environment.name, doors);
    case 'before-stop':
    case 'before-restart':
    case 'before-redeploy':
      return permission(asked.environment.name, doors);
    case 'clone':
      return followClone(asked, doors);
    case 'credentials-reset':
      return credentialsReset(asked.environment.name, doors);
    case 'transfer':
      return followed(asked.environment.name, { owner: asked.environment.owner, ...given(asked.nodes) }, doors);
    default:
      return followed(asked.environment.name, { nodes: asked.nodes }, doors);
  }
};

const given = (nodes: Change['nodes']) => (nodes === undefined ? {} : { nodes });

function permission(name: string, { rooms }: Doors): { allowed: boolean; reason: string } {
  const job = workUnderWay(name, rooms);
  if (job === undefined) return { allowed: true, reason: '' };
  const since = displayTime(new Date(job.startedAt ?? job.queuedAt));
  const doing = job.step === '' ? '' : ` (${job.step})`;
  const reason = `a ${job.kind} of ${name} runs since ${since}${doing}; wait until it has ended, or end it on the storage node: dbbackup cancel ${job.id}`;
  return { allowed: false, reason };
}

/** Ends the schedule of an environment that is about to go. Its backups stay, unless the policy of this storage says otherwise. */
async function beforeDelete(name: string, doors: Doors): Promise<object> {
  const answer = permission(name, doors);
  if (!answer.allowed || !doors.rooms.storage.environments.get(name)?.installed) return answer;
  const removeBackups = doors.policy.removeBackupsOnUninstall;
  await doors.runner.cancelAll(name);
  const gone = await asJob({ kind: 'uninstall', environment: name, requestedBy: 'platform' }, doors, (job) =>
    uninstallFlow({ environment: name, removeBackups }, doors.rooms, job),
  );
  return { ...answer, ...gone };
}

/** Keeps the news first, and then sees whether the master can be used: a node that is still starting must not lose them. */
async function followed(name: string, change: Change, doors: Doors): Promise<object> {
  const changed = follow(name, change, doors.rooms);
  return { environment: name, changed, warnings: await proof(name, doors) };
}

async function followClone(asked: Extract<Asked, { event: 'clone' }>, doors: Doors): Promise<object> {
  const { rooms } = doors;
  const { name } = asked.clone;
  if (rooms.storage.environments.get(name)?.installed) return followed(name, { nodes: asked.nodes }, doors);
  const { credentialsStale: _, ...source } = loadConfiguration(rooms.storage, asked.environment.name);
  const wanted = {
    ...source,
    environment: asked.clone,
    layer: asked.layer ?? source.layer,
    nodes: asked.nodes,
    ...(source.notify === undefined ? {} : { notify: notifyOfClone(source.notify) }),
  };
  return asJob({ kind: 'configure', environment: name, requestedBy: 'platform' }, doors, (job) =>
    installFlow(wanted, rooms, job),
  );
}

/** The stored password stays trusted only where it is proven to work still. */
async function credentialsReset(name: string, doors: Doors): Promise<object> {
  loadConfiguration(doors.rooms.storage, name);
  const warnings = await proof(name, doors);
  const stale = warnings.length > 0;
  const changed = follow(name, { credentialsStale: stale }, doors.rooms);
  if (stale) doors.log.warn('the database password was reset: configure asks for the new one', { environment: name });
  return { environment: name, changed, stale, warnings };
}

async function proof(name: string, doors: Doors): Promise<string[]> {
  try {
    const { error } = await asJob({ kind: 'configure', environment: name, requestedBy: 'platform' }, doors, (job) =>
      proveMaster(name, doors.rooms, job).then((error) => ({ error })),
    );
    return error === null ? [] : [`${error.message}. ${error.hint}`];
  } catch (thrown) {
    // A job of the environment's own is at the master just now; whatever comes of that one is told.
    return [toAddonError(thrown).message];
  }
}
