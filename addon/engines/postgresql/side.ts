import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Counts } from '../../../storage-node/base/words.ts';
import type { Server, StoredPart } from '../engine.ts';
import { connection, execute, findClient, warningsIn } from './client.ts';
import { countDatabase, differences } from './count.ts';
import type { DatabaseProperties } from './globals-facts.ts';
import { identifier, literal } from './quote.ts';
import type { Mark } from './reserved.ts';

/** A database that is being made beside another one. */
export interface Side {
  readonly name: string;
  /** Database to be in while working on this one. */
  readonly from: string;
  readonly properties: DatabaseProperties;
  /** Tablespaces of the server that is restored into. */
  readonly tablespaces: ReadonlySet<string>;
  /** Whether each of its indexes is made by one process: others are at work beside it. */
  readonly shares: boolean;
}

const purposeOf = (side: Side) =>
  ({ code: 'restore-failed', what: `database ${JSON.stringify(side.properties.name)} could not be made` }) as const;

/** Notes on a database what it is for, so that a later run can finish or take back what this one began. */
export const markAs = (database: string, mark: Mark): string =>
  `COMMENT ON DATABASE ${identifier(database)} IS ${literal(JSON.stringify(mark))};\n`;

/** Makes the empty database that a backup is loaded into, beside the one that is there. */
export async function makeSide(server: Server, side: Side): Promise<void> {
  const { encoding, collate, ctype, provider, locale, icuRules, owner, tablespace, name } = side.properties;
  const options = [
    `TEMPLATE template0 OWNER ${identifier(owner)} ENCODING ${literal(encoding)}`,
    `LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`,
    provider === 'i' ? `LOCALE_PROVIDER icu ICU_LOCALE ${literal(locale)}` : '',
    provider === 'b' ? `LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(locale)}` : '',
    provider === 'i' && icuRules !== null ? `ICU_RULES ${literal(icuRules)}` : '',
    side.tablespaces.has(tablespace) ? `TABLESPACE ${identifier(tablespace)}` : '',
  ];
  const create = `CREATE DATABASE ${identifier(side.name)} ${options.join(' ')};\n`;
  await execute(
    server,
    side.from,
    create + markAs(side.name, { dbbackup: 'loading', database: name }),
    purposeOf(side),
  );
}

// Without statistics the first queries after a restore are slow. A partitioned table takes its partitions along.
const ANALYZE = `SELECT format('ANALYZE %I.%I', nspname, relname) FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'm') AND NOT relispartition AND nspname !~ '^pg_' AND nspname <> 'information_schema'
\\gexec
`;

/**
 * Loads a part into its side database; the first error ends it. A cut stream is an error too: the archive's table of contents comes
 * first and names every block of data, and pg_restore fails when one of them does not come, or comes in part.
 */
export async function loadSide(server: Server, side: Side, part: StoredPart): Promise<readonly string[]> {
  const { directory } = await findClient(server);
  const { tablespaces } = side.properties;
  const absent = tablespaces.filter((tablespace) => !side.tablespaces.has(tablespace));
  const placing = absent.length > 0 ? ['--no-tablespaces'] : [];
  const { stderr } = await part.pourInto({
    argv: [
      ...[`${directory}/pg_restore`, '--exit-on-error', '--no-password', '--no-subscriptions', ...placing],
      `--dbname=${side.name}`,
    ],
    environment: {
      ...connection(server.access, side.name),
      // Nothing is lost by not waiting for the disk at each statement: the swap's commit waits for all that came before it.
      PGOPTIONS: `-c default_transaction_read_only=off -c client_min_messages=warning -c synchronous_commit=off${side.shares ? ' -c max_parallel_maintenance_workers=0' : ''}`,
    },
  });
  return [
    ...warningsIn(stderr),
    ...(absent.length > 0
      ? [
          `database ${JSON.stringify(side.properties.name)}: tablespaces that do not exist here were not used: ${absent.join(', ')}`,
        ]
      : []),
  ];
}

/** Statements that give the side database everything of the old one that no dump loads: settings, grants, connection limit. */
export function dressing(side: Side): string {
  const { settings, grants, owner, connectionLimit } = side.properties;
  const database = identifier(side.name);
  const set = settings.map(({ role, name, values }) => {
    const target = role === null ? `DATABASE ${database}` : `ROLE ${identifier(role)} IN DATABASE ${database}`;
    return tolerant(`ALTER ${target} SET ${identifier(name)} TO ${values.map(literal).join(', ')}`, `setting ${name}`);
  });
  const revoked = [`REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${identifier(owner)};`];
  const granted = (grants ?? []).map(({ grantee, privilege, grantable }) => {
    const to = grantee === null ? 'PUBLIC' : identifier(grantee);
    return `GRANT ${privilege} ON DATABASE ${database} TO ${to}${grantable ? ' WITH GRANT OPTION' : ''};`;
  });
  return [
    ...set,
    ...(grants === null ? [] : [...revoked, ...granted]),
    `ALTER DATABASE ${database} CONNECTION LIMIT ${connectionLimit};\n`,
  ].join('\n');
}

/** One statement whose failure is a warning, not the end: a setting may belong to a module that is not here. */
function tolerant(statement: string, subject: string): string {
  return `DO ${literal(`BEGIN EXECUTE ${literal(statement)}; EXCEPTION WHEN OTHERS THEN
  RAISE WARNING '%: %', ${literal(subject)}, SQLERRM; END`)};`;
}

/**
 * Gathers statistics, and compares what was loaded with what the backup recorded: objects that are missing end the restore, other
 * differences are told.
 */
export async function verifySide(server: Server, side: Side, recorded: Counts | null): Promise<readonly string[]> {
  const name = JSON.stringify(side.properties.name);
  const found = await countDatabase(server, side.name, { first: ANALYZE, code: 'restore-failed' });
  if (recorded === null) return [`database ${name}: the backup recorded no counts to compare with`];
  const { missing, others } = differences(recorded, found);
  if (missing.length > 0) {
    throw new AddonError(
      'restore-mismatch',
      `database ${name} lacks after loading: ${missing.slice(0, 20).join(', ')}`,
      {
        hint: 'the database that was there is untouched; choose another backup, or restore this one by hand with pg_restore.',
      },
    );
  }
  return others.map((difference) => `database ${name}: ${difference} when the dump began`);
}
