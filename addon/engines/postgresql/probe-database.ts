import { z } from 'zod';
import { AddonError } from '../../../storage-node/base/errors.ts';

/** What is read of one database, by one statement. */
export const DatabaseFacts = z.object({
  userObjects: z.number(),
  rowSecurity: z.array(z.string()),
  bypassesRowSecurity: z.boolean(),
  foreignServers: z.array(z.string()),
  subscriptions: z.array(z.string()),
  untrusted: z.array(z.string()),
  largeObjects: z.number(),
});
export type DatabaseFacts = z.infer<typeof DatabaseFacts>;

/** What matters of one database before it is dumped. */
export const DATABASE_FACTS = `
SELECT json_build_object(
  'userObjects', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
    + (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
    + (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public'))
    + (SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql')
    + (SELECT count(*) FROM pg_largeobject_metadata) + (SELECT count(*) FROM pg_event_trigger),
  'rowSecurity', (SELECT coalesce(json_agg(oid::regclass::text), '[]') FROM pg_class WHERE relrowsecurity),
  'bypassesRowSecurity', (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),
  'foreignServers', (SELECT coalesce(json_agg(srvname), '[]') FROM pg_foreign_server),
  'subscriptions', (SELECT coalesce(json_agg(subname), '[]') FROM pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())),
  'untrusted', (SELECT coalesce(json_agg(DISTINCT e.extname), '[]') FROM pg_extension e
    JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
    WHERE v.superuser AND NOT coalesce((to_jsonb(v)->>'trusted')::boolean, false) AND e.extname <> 'plpgsql'),
  'largeObjects', (SELECT count(*) FROM pg_largeobject_metadata))`;

/** What a user should know of one database; throws where its dump would be refused or lack rows. */
export function databaseWarnings(user: string, database: string, superuser: boolean, facts: DatabaseFacts): string[] {
  const subject = `database ${JSON.stringify(database)}`;
  const warnings: string[] = [];
  const warn = (names: readonly string[], text: string) => {
    if (names.length > 0) warnings.push(`${subject}: ${text}: ${names.join(', ')}`);
  };
  if (facts.rowSecurity.length > 0 && !facts.bypassesRowSecurity) {
    const message = `user ${user} lacks BYPASSRLS, and ${subject} has tables with row security: ${facts.rowSecurity.join(', ')}`;
    throw new AddonError('privileges-missing', message);
  }
  warn(
    facts.foreignServers,
    'rows behind foreign servers are not in the backup, the passwords of their user mappings are',
  );
  warn(facts.subscriptions, 'subscriptions are not restored, make them again by hand');
  if (!superuser) warn(facts.untrusted, 'these extensions can be restored by a superuser only');
  if (!superuser && facts.largeObjects > 0) {
    warnings.push(`${subject}: its large objects can be read by their owners and by a superuser only`);
  }
  return warnings;
}
