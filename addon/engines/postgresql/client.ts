import { AddonError, type ErrorCode } from '../../../storage-node/base/errors.ts';
import type { Outcome } from '../../machines/machine.ts';
import type { Access, Server } from '../engine.ts';
import { oncePerMachine } from '../once.ts';

/** The newest set of client programs on a node. */
export interface Client {
  readonly directory: string;
  readonly major: number;
}

const PROGRAMS = ['psql', 'pg_dump', 'pg_restore'] as const;
export type Program = (typeof PROGRAMS)[number];

// Debian's own /usr/bin/pg_dump chooses by the local clusters, not by what is newest: the versions' own directories come first.
const SEARCH = `
for directory in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin "$(dirname -- "$(command -v pg_dump)")"; do
  for program in ${PROGRAMS.join(' ')}; do
    [ -x "$directory/$program" ] && printf '%s\\t%s\\t%s\\n' "$directory" "$program" "$("$directory/$program" --version)"
  done
done
exit 0`;

/** Finds the newest complete set of client programs; `node-tools` names the missing ones. Asked once for each machine. */
export const findClient = oncePerMachine(async ({ machine, signal }): Promise<Client> => {
  const { stdout } = await machine.run({ argv: ['sh', '-c', SEARCH] }, { signal });
  const sets = new Map<string, Map<string, number>>();
  for (const line of stdout.split('\n')) {
    const [directory = '', program = '', version = ''] = line.split('\t');
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
    if (major > 0) sets.set(directory, (sets.get(directory) ?? new Map<string, number>()).set(program, major));
  }
  const clients = [...sets]
    .filter(([, programs]) => PROGRAMS.every((program) => programs.has(program)))
    .map(([directory, programs]): Client => ({ directory, major: Math.min(...programs.values()) }));
  const newest = clients.toSorted((one, other) => other.major - one.major)[0];
  if (newest !== undefined) return newest;
  const missing = PROGRAMS.filter((program) => ![...sets.values()].some((programs) => programs.has(program)));
  throw new AddonError(
    'node-tools',
    `missing on ${machine.name}: ${(missing.length > 0 ? missing : PROGRAMS).join(', ')}`,
    {
      hint: 'install the package postgresql-client (Debian) or postgresql (RHEL) of the server’s version on the database node.',
    },
  );
});

/**
 * What a client program learns of the connection. The database's name goes by PGDATABASE, because as an argument a name with `=`
 * or a leading `postgresql://` would be read as a connection string, and one with a leading dash as an option.
 */
export function connection(access: Access, database: string): Record<string, string> {
  return {
    PGHOST: access.host === '' ? '127.0.0.1' : access.host,
    PGPORT: String(access.port === 0 ? 5432 : access.port),
    PGUSER: access.user,
    ...(access.password === '' ? {} : { PGPASSWORD: access.password }),
    PGDATABASE: database,
    PGCONNECT_TIMEOUT: '15',
    PGAPPNAME: 'dbbackup',
    ...(access.options.tls === 'true' ? { PGSSLMODE: 'require' } : {}),
    LC_ALL: 'C',
  };
}

/** What a failed script is called, and the code of its failure. */
export interface Purpose {
  readonly code: ErrorCode;
  readonly what: string;
}

/** How every session begins, whatever the server, the database or the account have set. */
export const PREFACE = `SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET default_transaction_read_only = off;
SET statement_timeout = 0;
SET TimeZone = 'UTC';
`;

/** Runs SQL, stopping at the first error; answers what it printed, one row a line, and the server's warnings. */
export async function execute(server: Server, database: string, sql: string, purpose: Purpose): Promise<Outcome> {
  const client = await findClient(server);
  // Terse: a statement with a password hash in it must not be quoted in an error.
  const terse = ['-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=terse', '-v', 'SHOW_CONTEXT=never'];
  const outcome = await server.machine.run(
    {
      argv: [`${client.directory}/psql`, '-X', '-q', '-A', '-t', '-w', ...terse, '-f', '-'],
      environment: { ...connection(server.access, database), PGCLIENTENCODING: 'UTF8' },
      input: PREFACE + sql,
    },
    { signal: server.signal },
  );
  if (outcome.exitCode === 0) return outcome;
  if (outcome.exitCode === 2) throw connectionFailure(server.access, database, outcome.stderr);
  const said = saidBy(outcome.stderr);
  if (/permission denied|must be (superuser|owner)/.test(said)) {
    throw new AddonError('privileges-missing', `${purpose.what}: ${said}`);
  }
  throw new AddonError(purpose.code, `${purpose.what}: ${said}`);
}

/** Runs a query whose one row is one JSON value. */
export async function ask(server: Server, database: string, query: string, purpose: Purpose): Promise<unknown> {
  const { stdout } = await execute(server, database, `SET search_path = pg_catalog;\n${query}`, purpose);
  return JSON.parse(stdout) as unknown;
}

/** The server's warnings among what psql said. */
export const warningsIn = (stderr: string): readonly string[] =>
  [...stderr.matchAll(/WARNING: +(.*)/g)].map(([, text = '']) => text);

function connectionFailure(access: Access, database: string, stderr: string): AddonError {
  const said = saidBy(stderr);
  if (/password|authentication|no pg_hba\.conf entry|role ".*" does not exist|not permitted to log in/is.test(said)) {
    return new AddonError('credentials-refused', `the server refused user ${access.user}: ${said}`);
  }
  if (/permission denied for database/.test(said)) {
    return new AddonError('privileges-missing', `user ${access.user} lacks CONNECT on database ${database}`);
  }
  return new AddonError('database-unreachable', `no connection to database ${database}: ${said}`);
}

/** The last lines of what psql said, without its own prefix. */
function saidBy(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^psql:(<stdin>:\d+:)? ?(error: )?/, '').trim());
  return (
    lines
      .filter((line) => line !== '')
      .slice(-3)
      .join(' | ') || 'it said nothing'
  );
}
