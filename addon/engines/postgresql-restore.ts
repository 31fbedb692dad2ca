import { AddonError, toAddonError } from '../../storage-node/base/errors.ts';
import type { RestoreReport, Server, StoredPart } from './engine.ts';
import { applyGlobals, readGlobals } from './postgresql-globals.ts';
import type { Globals } from './postgresql-globals-facts.ts';
import { type Present, preflight } from './postgresql-preflight.ts';
import { maintenanceDatabase } from './postgresql-probe.ts';
import { propertiesFor } from './postgresql-properties.ts';
import { freshNames, isReserved } from './postgresql-reserved.ts';
import { dressSide, loadSide, makeSide, type Side, verifySide } from './postgresql-side.ts';
import { swapIn } from './postgresql-swap.ts';
import { tidyDatabases } from './postgresql-tidy.ts';

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
  if (reserved !== undefined)
    throw new AddonError('name-refused', `${reserved.name} is a name that restores use themselves`);
  for (const line of await tidyDatabases(server)) server.log(line);

  const globalsPart = parts.find(({ kind }) => kind === 'globals');
  const globals = globalsPart === undefined ? undefined : await readGlobals(globalsPart);
  const present = await preflight(server, await maintenanceDatabase(server), databases, globals, source);
  const restored: string[] = [];
  const warnings: string[] = [];
  if (globalsPart !== undefined && globals !== undefined) {
    server.tell('restoring roles');
    warnings.push(...(await applyGlobals(server, globals)));
    restored.push(globalsPart.name);
  }
  for (const [index, part] of databases.entries()) {
    server.tell(`restoring ${part.name} (${index + 1} of ${databases.length})`);
    try {
      warnings.push(...(await restoreDatabase(server, part, globals, present)));
    } catch (thrown) {
      throw withProgress(thrown, part.name, restored);
    }
    restored.push(part.name);
  }
  return { restored, warnings };
}

async function restoreDatabase(
  server: Server,
  part: StoredPart,
  globals: Globals | undefined,
  present: Present,
): Promise<readonly string[]> {
  const { side: name, aside } = freshNames();
  const from = await maintenanceDatabase(server, part.name);
  const { properties, warnings } = await propertiesFor(server, from, part, globals);
  const side: Side = { name, from, properties, tablespaces: new Set(present.tablespaces) };
  try {
    await makeSide(server, side);
    const loaded = await loadSide(server, side, part);
    server.tell(`comparing ${part.name} with the backup’s record`);
    const differing = await verifySide(server, side, part.counts);
    const dressed = await dressSide(server, side);
    server.signal.throwIfAborted();
    server.tell(`swapping ${part.name} in`);
    const replaces = present.databases.includes(part.name);
    const left = await swapIn(server, side, aside, replaces);
    return [...warnings, ...loaded, ...differing, ...dressed, ...left];
  } catch (thrown) {
    await discard(server);
    throw thrown;
  }
}

/** Best effort, in a time of its own: what cannot be taken away now is taken away before the next operation. */
async function discard(server: Server): Promise<void> {
  try {
    await tidyDatabases({ ...server, signal: AbortSignal.timeout(60_000) });
  } catch (thrown) {
    server.log(`left for later: ${toAddonError(thrown).message}`);
  }
}

function withProgress(thrown: unknown, name: string, restored: readonly string[]): AddonError {
  const error = toAddonError(thrown);
  const before = restored.length === 0 ? '' : ` (already restored: ${restored.join(', ')})`;
  const message = `database ${JSON.stringify(name)} is as it was: ${error.message}${before}`;
  return new AddonError(error.code, message, { hint: error.hint, cause: error });
}
