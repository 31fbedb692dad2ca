import { z } from 'zod';
import { AddonError } from '../../../storage-node/base/errors.ts';
import type { DumpPlan, Server, StoredPart } from '../engine.ts';
import { ask, execute, warningsIn } from './client.ts';
import { globalsProgram } from './globals-apply.ts';
import {
  AskedGlobals,
  type DatabaseProperties,
  Globals,
  globalsQuery,
  NEEDS_QUERY,
  Needs,
  PARAMETERS_QUERY,
} from './globals-facts.ts';
import { ASKED_AT_ONCE, inLanes } from './lanes.ts';
import { maintenanceDatabase, type ServerFacts } from './probe.ts';
import { jsonForSql, settingOf } from './quote.ts';
import { isReserved } from './reserved.ts';

const END_MARKER = '-- dbbackup: globals complete';
const HEAD = `-- Roles, their passwords, settings and memberships, and the properties of the databases of a PostgreSQL server.
-- By hand: psql -X -v ON_ERROR_STOP=1 -f globals.sql postgres; then for each database: pg_restore --create -d postgres FILE.
SET standard_conforming_strings = on;
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
`;

/**
 * What to run for the globals: a SQL script made of one JSON text and a fixed program that brings a server in line with it, so that
 * psql alone can restore it, and we can read it without parsing SQL. It is small, and complete before the dump begins.
 */
export async function dumpGlobals(server: Server, facts: ServerFacts): Promise<DumpPlan> {
  const globals = await askGlobals(server, facts);
  const text = `${HEAD}${globalsProgram(jsonForSql(globals))}${END_MARKER}\n`;
  return {
    counts: null,
    command: { argv: ['cat'], input: text },
    expect: { endMarker: END_MARKER, bytes: Buffer.byteLength(text) },
  };
}

async function askGlobals(server: Server, facts: ServerFacts): Promise<Globals> {
  const purpose = { code: 'dump-failed', what: 'roles and databases could not be read' } as const;
  const database = await maintenanceDatabase(server);
  const asked = AskedGlobals.parse(await ask(server, database, globalsQuery(facts.superuser), purpose));
  const known = asked.databases.filter(({ name }) => !isReserved(name));
  const databases: Globals['databases'] = await inLanes(known, ASKED_AT_ONCE, async (properties) => {
    const needs = Needs.parse(await ask(server, properties.name, NEEDS_QUERY, purpose));
    return { ...properties, ...needs, settings: parsed(properties.settings) };
  });
  const parameters = facts.major >= 15 ? await ask(server, database, PARAMETERS_QUERY, purpose) : [];
  return Globals.parse({ ...asked, settings: parsed(asked.settings), databases, parameters });
}

/** Properties of a database that is there; undefined where it is not. */
export async function databaseProperties(
  server: Server,
  from: string,
  database: string,
): Promise<DatabaseProperties | undefined> {
  const purpose = {
    code: 'restore-failed',
    what: `${JSON.stringify(database)} could not be asked what it is`,
  } as const;
  const asked = AskedGlobals.parse(await ask(server, from, globalsQuery(false), purpose));
  const found = asked.databases.find(({ name }) => name === database);
  return found && { ...found, settings: parsed(found.settings), extensions: [], tablespaces: [] };
}

const parsed = (settings: readonly { readonly role: string | null; readonly stored: string }[]) =>
  settings.map(({ role, stored }) => ({ role, ...settingOf(stored) }));

/** Reads the globals out of their part. Nothing of its program is run: a part that somebody else wrote can only say what roles to make. */
export async function readGlobals(part: StoredPart): Promise<Globals> {
  const { stdout } = await part.pourInto({ argv: ['cat'] });
  const json = /^ {2}wanted jsonb := '([^'\n]*)';$/m.exec(stdout)?.[1];
  if (json === undefined || !stdout.trimEnd().endsWith(END_MARKER)) {
    throw new AddonError('restore-failed', 'the globals of the backup are not whole or not of this program');
  }
  try {
    return Globals.parse(JSON.parse(json));
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    throw new AddonError('restore-failed', 'the globals of the backup cannot be read', { cause: error });
  }
}

// A superuser keeps the hashes in the statement out of the server's log, whatever it logs.
const QUIET = `SELECT set_config(name, value, false) FROM (VALUES ('log_statement', 'none'), ('log_min_error_statement', 'panic'),
  ('log_min_duration_statement', '-1')) quiet(name, value)
  WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \\g /dev/null
`;

/** Makes the server's roles equal to the backup's, all or none; answers what could not be made and is no reason to stop. */
export async function applyGlobals(server: Server, globals: Globals): Promise<readonly string[]> {
  const purpose = { code: 'restore-failed', what: 'the roles could not be restored' } as const;
  const program = QUIET + globalsProgram(jsonForSql(globals));
  const { stderr } = await execute(server, await maintenanceDatabase(server), program, purpose);
  const warnings = [...warningsIn(stderr)];
  if (!globals.hashes)
    warnings.push('the backup holds no passwords of roles: new roles cannot log in before they get one');
  return warnings;
}
