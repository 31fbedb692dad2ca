import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server, StoredPart } from '../engine.ts';
import { findClient } from './client.ts';
import { databaseProperties } from './globals.ts';
import type { DatabaseProperties, Globals } from './globals-facts.ts';

interface Found {
  readonly properties: DatabaseProperties;
  readonly warnings: readonly string[];
}

/**
 * What kind of database a part is to be loaded into: as the backup's globals say; where a restore leaves them out, as the database
 * that is there is; and where there is none, as far as the part's own table of contents tells.
 */
export async function propertiesFor(
  server: Server,
  from: string,
  part: StoredPart,
  globals: Globals | undefined,
): Promise<Found> {
  const recorded = globals?.databases.find(({ name }) => name === part.name);
  if (recorded !== undefined) return { properties: recorded, warnings: [] };
  const present = await databaseProperties(server, from, part.name);
  if (present !== undefined) return { properties: { ...present, tablespaces: [] }, warnings: [] };
  const warning = `database ${JSON.stringify(part.name)}: its settings, grants and comment are in the globals only, which were not restored with it`;
  return { properties: await propertiesInPart(server, part), warnings: [warning] };
}

// Writes the head of the archive as SQL, then reads the rest, because the stream counts as failed when nobody takes it.
const HEAD = `"$1" --create --schema-only --file=- | head -c 65536; cat >/dev/null`;

const NAME = '(?:"(?:[^"]|"")*"|[^\\s"]+)';

/** Reads the statement that makes the database out of the archive's table of contents. */
async function propertiesInPart(server: Server, part: StoredPart): Promise<DatabaseProperties> {
  const { directory } = await findClient(server);
  const { stdout } = await part.pourInto({ argv: ['sh', '-c', HEAD, 'sh', `${directory}/pg_restore`] });
  const options = new RegExp(`^CREATE DATABASE ${NAME} WITH TEMPLATE = template0 (.*);$`, 'm').exec(stdout)?.[1];
  const owner = new RegExp(`^ALTER DATABASE ${NAME} OWNER TO (${NAME});$`, 'm').exec(stdout)?.[1];
  if (options === undefined || owner === undefined) {
    throw new AddonError(
      'restore-failed',
      `the part of ${JSON.stringify(part.name)} does not say what database it is of`,
    );
  }
  const option = (name: string) =>
    new RegExp(`(?:^| )${name} = '((?:[^']|'')*)'`).exec(options)?.[1]?.replaceAll("''", "'");
  const locale = option('LOCALE') ?? '';
  const provider = /LOCALE_PROVIDER = (\w)/.exec(options)?.[1] ?? 'l';
  return {
    name: part.name,
    owner: unquoted(owner),
    encoding: option('ENCODING') ?? 'UTF8',
    collate: option('LC_COLLATE') ?? locale,
    ctype: option('LC_CTYPE') ?? locale,
    provider: provider === 'l' ? 'c' : provider,
    locale: option('ICU_LOCALE') ?? option('BUILTIN_LOCALE') ?? null,
    icuRules: option('ICU_RULES') ?? null,
    tablespace: unquoted(new RegExp(`TABLESPACE = (${NAME})`).exec(options)?.[1] ?? 'pg_default'),
    connectionLimit: -1,
    comment: null,
    grants: null,
    settings: [],
    extensions: [],
    tablespaces: [],
  };
}

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
