import { isDeepStrictEqual } from 'node:util';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Probe } from '../engines/engine.ts';
import { engines } from '../engines/index.ts';
import { parseSchedule } from '../schedule/schedule.ts';
import { type Configuration, readConfiguration, saveConfiguration } from './configuration.ts';
import { planNextRun } from './plan-run.ts';
import type { Rooms } from './rooms.ts';
import { attachTo, openTarget, type Target, type Teller } from './target.ts';
import { unmailed } from './unmailed.ts';

/** How an installed add-on stands. */
export interface Installed {
  readonly environment: string;
  readonly engine: string;
  readonly version: string;
  readonly databases: readonly string[];
  /** How the master reaches the storage. */
  readonly transport: 'mount' | 'channel';
  readonly warnings: readonly string[];
  /** UTC, ISO 8601. */
  readonly nextRun: string;
  /** False when everything stood as asked already. */
  readonly changed: boolean;
}

/** Below this the storage node cannot even tidy up. */
const SPARE_BYTES = 64 * 1024 * 1024;

/**
 * Sets the add-on up for one environment, or changes how it is set up. Proves first that it will work: node, account, tools,
 * credentials, privileges, space, and the way to the storage; whatever fails, nothing has been changed.
 */
export async function install(wanted: Configuration, rooms: Rooms, teller: Teller): Promise<Installed> {
  parseSchedule(wanted.schedule);
  assertCredentials(wanted);
  assertAddresses(wanted, rooms);
  assertSameLayer(wanted, rooms);
  await using target = await openTarget(wanted, rooms, teller);
  teller.tell('looking at the database server');
  const probe = await target.engine.probe(target.server);
  await assertSpace(probe, rooms);

  const { environment } = wanted;
  const { created } = await rooms.storage.provision(environment);
  try {
    const transport = await provenTransport(target, rooms, teller);
    const { changed, nextRun } = settle(wanted, rooms);
    rooms.keptMounts.follow(wanted);
    const databases = probe.parts.filter((part) => part.kind === 'database').map((part) => part.name);
    const { version } = probe;
    const warnings = [...probe.warnings, ...unmailed(wanted, rooms)];
    return {
      environment: environment.name,
      engine: target.engine.name,
      version,
      databases,
      transport,
      warnings,
      nextRun,
      changed,
    };
  } catch (error) {
    if (created) await rooms.storage.removeEnvironment(environment.name);
    throw error;
  }
}

function assertCredentials(wanted: Configuration): void {
  if (engines[wanted.engine].abilities.credentials === 'optional' || wanted.access.user !== '') return;
  throw new AddonError('request-invalid', 'settings.dbuser: a database user is needed', {
    hint: 'enter the user and password of an account that may read all databases.',
  });
}

/** An environment has one repository and one configuration: a second layer would quietly take them from the first. */
function assertSameLayer({ environment, layer }: Configuration, rooms: Rooms): void {
  const record = rooms.storage.environments.get(environment.name);
  if (!record?.installed) return;
  const former = readConfiguration(rooms.storage, record.configuration).layer.nodeGroup;
  if (former === layer.nodeGroup) return;
  throw new AddonError('request-invalid', `layer ${former} of environment ${environment.name} is backed up already`, {
    hint: 'one layer of an environment can be backed up: uninstall the add-on there first, or move this layer to an environment of its own.',
  });
}

function assertAddresses({ notify }: Configuration, rooms: Rooms): void {
  if (notify === undefined) return;
  if (notify.webhookUrl !== '') rooms.checkAddress(notify.webhookUrl);
  if (notify.pingUrl !== '') rooms.checkAddress(notify.pingUrl);
  if (notify.webhookSecret !== '') rooms.learnSecret(notify.webhookSecret);
}

async function assertSpace(probe: Probe, rooms: Rooms): Promise<void> {
  const { freeBytes } = await rooms.storage.space();
  if (freeBytes > SPARE_BYTES + probe.estimatedBytes / 4) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
  const message = `the storage has ${megabytes(freeBytes)} free, the databases hold about ${megabytes(probe.estimatedBytes)}`;
  throw new AddonError('storage-full', message);
}

/** Attaches the new repository once, read-only, and answers by which way. */
async function provenTransport(target: Target, rooms: Rooms, teller: Teller): Promise<'mount' | 'channel'> {
  teller.tell('proving the way to the storage');
  await using share = await rooms.storage.share(target.configuration.environment.name, 'read');
  await using attachment = await attachTo(target, share, rooms, teller.signal);
  return attachment.transport;
}

function settle(wanted: Configuration, rooms: Rooms): { readonly changed: boolean; readonly nextRun: string } {
  const { environments } = rooms.storage;
  const { name } = wanted.environment;
  const record = environments.get(name);
  const former = record?.installed ? readConfiguration(rooms.storage, record.configuration) : undefined;
  const changed = !isDeepStrictEqual(former, wanted);
  if (changed) saveConfiguration(rooms.storage, wanted, rooms.clock());
  const sameSchedule = isDeepStrictEqual(former?.schedule, wanted.schedule);
  // A run that is due, or was missed, stays so.
  const planned = sameSchedule ? environments.planned(name) : undefined;
  return { changed, nextRun: (planned ?? planNextRun(name, wanted.schedule, rooms)).nextRun };
}
