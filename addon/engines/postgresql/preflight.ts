import { z } from 'zod';
import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server, StoredPart } from '../engine.ts';
import { ask, findClient } from './client.ts';
import type { DatabaseProperties, Globals } from './globals-facts.ts';
import { literal } from './quote.ts';

const Present = z.object({
  replica: z.boolean(),
  major: z.number(),
  extensions: z.array(z.string()),
  tablespaces: z.array(z.string()),
  prepared: z.array(z.string()),
  slots: z.array(z.string()),
  subscriptions: z.array(z.string()),
  databases: z.array(z.string()),
});
export type Present = z.infer<typeof Present>;

const query = (names: readonly string[]) => `
WITH wanted AS (SELECT * FROM pg_database WHERE datname = ANY (ARRAY[${names.map(literal).join(', ')}]::name[]))
SELECT json_build_object(
  'replica', pg_is_in_recovery(),
  'major', current_setting('server_version_num')::int / 10000,
  'extensions', (SELECT coalesce(json_agg(name), '[]') FROM pg_available_extensions),
  'tablespaces', (SELECT json_agg(spcname) FROM pg_tablespace),
  'prepared', (SELECT coalesce(json_agg(gid || ' in ' || database), '[]') FROM pg_prepared_xacts WHERE database IN (SELECT datname FROM wanted)),
  'slots', (SELECT coalesce(json_agg(slot_name || ' in ' || database), '[]') FROM pg_replication_slots WHERE database IN (SELECT datname FROM wanted)),
  'subscriptions', (SELECT coalesce(json_agg(subname || ' in ' || datname), '[]') FROM pg_subscription JOIN wanted ON subdbid = wanted.oid),
  'databases', (SELECT coalesce(json_agg(datname), '[]') FROM wanted))`;

/** Asks the server that is restored into, and refuses what could not end well. Changes nothing. */
export async function preflight(
  server: Server,
  from: string,
  databases: readonly StoredPart[],
  globals: Globals | undefined,
  source: { readonly version: string },
): Promise<Present> {
  const purpose = { code: 'restore-failed', what: 'the server could not be asked what is there' } as const;
  const client = await findClient(server);
  const names = databases.map(({ name }) => name);
  const present = Present.parse(await ask(server, from, query(names), purpose));
  if (present.replica)
    throw new AddonError('node-replica', `the PostgreSQL server on ${server.machine.name} is a replica`);
  assertVersions(server, client.major, present.major, source.version);
  const known = new Map((globals?.databases ?? []).map((properties) => [properties.name, properties]));
  for (const name of names) assertExtensions(name, known.get(name), present.extensions);
  const blocking = [
    ...present.prepared.map((one) => `prepared transaction ${one}`),
    ...present.slots.map((one) => `replication slot ${one}`),
    ...present.subscriptions.map((one) => `subscription ${one}`),
  ];
  if (blocking.length === 0) return present;
  throw new AddonError(
    'restore-failed',
    `a database cannot be replaced while these hold on to it: ${blocking.join(', ')}`,
    {
      hint: 'nothing was changed; end the prepared transactions and drop the slots and subscriptions named, then restore again.',
    },
  );
}

function assertVersions(server: Server, client: number, target: number, source: string): void {
  const from = Number(/^\d+/.exec(source)?.[0] ?? Number.NaN);
  // Anything unknown is refused: a version that cannot be read is not older.
  if (!(from <= target)) {
    throw new AddonError(
      'version-refused',
      `the backup is of PostgreSQL ${source || 'unknown'}, the server is of version ${target}`,
    );
  }
  if (client >= target) return;
  const message = `pg_restore on ${server.machine.name} is of version ${client}, the server of version ${target}`;
  throw new AddonError('node-tools', message, {
    hint: `install the client programs of version ${target} on the database node.`,
  });
}

function assertExtensions(
  name: string,
  properties: DatabaseProperties | undefined,
  available: readonly string[],
): void {
  const absent = (properties?.extensions ?? []).filter((extension) => !available.includes(extension));
  if (absent.length === 0) return;
  const message = `database ${JSON.stringify(name)} needs extensions that the server does not have: ${absent.join(', ')}`;
  throw new AddonError('restore-failed', message, {
    hint: `nothing was changed; install the packages of these extensions on the database node, then restore again.`,
  });
}
