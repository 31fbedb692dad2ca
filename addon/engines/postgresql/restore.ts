import { AddonError, toAddonError } from '../../../storage-node/base/errors.ts';
import type { RestoreReport, Server, StoredPart } from '../engine.ts';
import { applyGlobals, readGlobals } from './globals.ts';
import type { Globals } from './globals-facts.ts';
import { inLanes } from './lanes.ts';
import { type Present, preflight } from './preflight.ts';
import { awayFrom, maintenanceDatabase } from './probe.ts';
import { propertiesFor } from './properties.ts';
import { freshNames, isReserved } from './reserved.ts';
import { loadSide, makeSide, type Side, verifySide } from './side.ts';
import { assertSpace } from './space.ts';
import { dropAside, swapIn } from './swap.ts';
import { tidyDatabases } from './tidy.ts';

/** One session loads at the speed of one processor, and masters are small. */
const AT_ONCE = 2;

interface Restoring {
  readonly globals: Globals | undefined;
  readonly present: Present;
  /** Maintenance database. */
  readonly home: string;
  /** Whether databases are loaded side by side. */
  readonly shared: boolean;
  /** Replaced databases on their way out. */
  readonly drops: Promise<readonly string[]>[];
}

/**
 * Roles first, then each database: loaded beside the one that is there, compared with what the backup recorded, and put in its place
 * by renaming. Until that rename the old database is there, whole and in use.
 */
export async function restoreParts(
  server: Server,
  parts: readonly StoredPart[],
  source: { readonly version: string },
): Promise<RestoreReport> {
  const databases = parts.filter(({ kind }) => kind === 'database');
  const reserved = databases.find(({ name }) => isReserved(name));
  if (reserved !== undefined) {
    throw new AddonError('name-refused', `${reserved.name} is a name that restores use themselves`);
  }
  for (const line of await tidyDatabases(server)) server.log(line);

  const globalsPart = parts.find(({ kind }) => kind === 'globals');
  const globals = globalsPart === undefined ? undefined : await readGlobals(globalsPart);
  const home = await maintenanceDatabase(server);
  const present = await preflight(server, home, databases, globals, source);
  await assertSpace(server, home, databases, AT_ONCE);
  const restored: string[] = [];
  const warnings: string[] = [];
  if (globalsPart !== undefined && globals !== undefined) {
    server.tell('restoring roles');
    warnings.push(...(await applyGlobals(server, globals)));
    restored.push(globalsPart.name);
  }
  const drops: Promise<readonly string[]>[] = [];
  const restoreOne = async (part: StoredPart) => {
    warnings.push(
      ...(await restoreDatabase(server, part, { globals, present, home, shared: databases.length > 1, drops })),
    );
    restored.push(part.name);
  };
  // Swapping the maintenance database ends all sessions in it, so nobody else may be at work from there.
  const largestFirst = databases.toSorted((one, other) => other.bytes - one.bytes);
  const beside = largestFirst.filter(({ name }) => name !== home);
  const alone = databases.filter(({ name }) => name === home);
  // After a failure those that run come to their end, because what they loaded is as good as before.
  const all = inLanes(beside, AT_ONCE, restoreOne)
    .then(() => Promise.all(drops))
    .then(() => inLanes(alone, AT_ONCE, restoreOne));
  await all.catch(async (thrown: unknown) => {
    await Promise.all(drops);
    await discard(server);
    const error = toAddonError(thrown);
    const done = restored.length === 0 ? '' : ` (already restored: ${restored.join(', ')})`;
    throw new AddonError(error.code, `${error.message}${done}`, { hint: error.hint, cause: error });
  });
  warnings.push(...(await Promise.all(drops)).flat());
  return { restored, warnings };
}

async function restoreDatabase(
  server: Server,
  part: StoredPart,
  { globals, present, home, shared, drops }: Restoring,
): Promise<readonly string[]> {
  const { side: name, aside } = freshNames();
  const from = awayFrom(part.name, home);
  const { properties, warnings } = await propertiesFor(server, from, part, globals);
  // Servers before 11 do not know the setting, nor what it is about.
  const shares = shared && present.major >= 11;
  const side: Side = { name, from, properties, tablespaces: new Set(present.tablespaces), shares };
  server.tell(`loading ${part.name}`);
  await makeSide(server, side);
  const loaded = await loadSide(server, side, part);
  server.tell(`comparing ${part.name} with the backup’s record`);
  const differing = await verifySide(server, side, part.counts);
  server.signal.throwIfAborted();
  server.tell(`swapping ${part.name} in`);
  const replaces = present.databases.includes(part.name);
  const dressed = await swapIn(server, side, aside, replaces);
  if (replaces) drops.push(dropAside(server, from, aside));
  return [...warnings, ...loaded, ...differing, ...dressed];
}

/** Best effort, in a time of its own: what cannot be taken away now is taken away before the next operation. */
async function discard(server: Server): Promise<void> {
  try {
    await tidyDatabases({ ...server, signal: AbortSignal.timeout(60_000) });
  } catch (thrown) {
    server.log(`left for later: ${toAddonError(thrown).message}`);
  }
}
