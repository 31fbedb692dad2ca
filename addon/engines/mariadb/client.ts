import { randomUUID } from 'node:crypto';
import { AddonError, type ErrorCode } from '../../../storage-node/base/errors.ts';
import type { Command } from '../../machines/machine.ts';
import type { Access, Server } from '../engine.ts';
import { optionFile, rowsOf } from './text.ts';
import { toolsOf } from './tools.ts';

/** No mode of the server's changes what our statements mean; nobody waits for ever for a lock, and nothing of ours is cut off by a limit meant for others. */
const SESSION =
  "SET SESSION sql_mode = '', sql_quote_show_create = 1, lock_wait_timeout = 60 /*M!100100 , max_statement_time = 0 */;\n";

const CODES: Readonly<Record<string, ErrorCode>> = {
  '1040': 'database-unreachable',
  '1045': 'credentials-refused',
  '1129': 'database-unreachable',
  '1130': 'credentials-refused',
  '1142': 'privileges-missing',
  '1227': 'privileges-missing',
  '1524': 'credentials-refused',
  '1698': 'credentials-refused',
  '1820': 'credentials-refused',
  '1862': 'credentials-refused',
  '2002': 'database-unreachable',
  '2003': 'database-unreachable',
  '2005': 'database-unreachable',
  '2006': 'database-unreachable',
  '2013': 'database-unreachable',
  '2059': 'credentials-refused',
  '3118': 'credentials-refused',
  '4151': 'credentials-refused',
};

/** Where a program logs in: by the server's socket when the host is this very machine, else over TCP. */
export function login(access: Access): { readonly arguments: readonly string[]; readonly secret: string } {
  const overTcp = access.host !== '' && access.host !== 'localhost';
  const secret = optionFile({
    user: access.user,
    password: access.password,
    host: overTcp ? access.host : 'localhost',
    ...(overTcp ? { protocol: 'TCP' } : {}),
    ...(access.port === 0 ? {} : { port: `${access.port}` }),
  });
  return { arguments: ['--defaults-extra-file=/dev/fd/3'], secret };
}

/** The client as a reader of SQL on its stdin. Comments pass, or routines would lose theirs; the client's own commands do not. */
export async function clientCommand(server: Server, options: readonly string[] = []): Promise<Command> {
  const { client, clientKnows } = await toolsOf(server);
  const { arguments: first, secret } = login(server.access);
  const settled = ['--batch', '--skip-column-names', '--binary-mode', '--comments', '--connect-timeout=15'];
  // Else a statement that fails is repeated in what is logged, with the data or the password hash in it.
  const discreet = clientKnows('print-query-on-error') ? ['--skip-print-query-on-error'] : [];
  return {
    argv: [client, ...first, ...settled, ...discreet, '--default-character-set=utf8mb4', ...options],
    secrets: [secret],
  };
}

type Rows = readonly (readonly string[])[];

/** Runs statements and answers all rows of all of them. Throws what the first failure is, `otherwise` where its number says nothing. */
export async function query(server: Server, sql: string, otherwise: ErrorCode = 'bug'): Promise<Rows> {
  const command = await clientCommand(server);
  const { exitCode, stdout, stderr } = await server.machine.run(
    { ...command, input: `${SESSION}${sql}\n` },
    { signal: server.signal },
  );
  if (exitCode !== 0) throw failure(stderr, otherwise);
  return rowsOf(stdout);
}

/** Asks several things in one session, and answers the rows of each by its name. */
export async function queryEach<Name extends string>(
  server: Server,
  statements: Readonly<Record<Name, string>>,
  otherwise: ErrorCode = 'bug',
): Promise<Readonly<Record<Name, Rows>>> {
  const mark = randomUUID();
  const names = Object.keys(statements) as Name[];
  const sql = names.map((name, index) => `SELECT '${mark}', ${index};\n${statements[name]}`);
  const answers = {} as Record<Name, (readonly string[])[]>;
  for (const name of names) answers[name] = [];
  let current: (readonly string[])[] = [];
  for (const row of await query(server, sql.join('\n'), otherwise)) {
    if (row[0] === mark) current = answers[names[Number(row[1])] as Name];
    else current.push(row);
  }
  return answers;
}

/** Runs each statement though others fail, and answers the failures in the server's words. */
export async function attempt(
  server: Server,
  sql: string,
): Promise<readonly { readonly code: string; readonly words: string }[]> {
  const command = await clientCommand(server, ['--force']);
  const { exitCode, stderr } = await server.machine.run(
    { ...command, input: `${SESSION}${sql}\n` },
    { signal: server.signal },
  );
  const failures = [...stderr.matchAll(/^ERROR (\d+)[^:]*: (.*)$/gm)].map(([, code = '', words = '']) => ({
    code,
    words,
  }));
  if (exitCode !== 0 && failures.length === 0) throw failure(stderr, 'restore-failed');
  const lost = failures.find(({ code }) => CODES[code] === 'database-unreachable');
  if (lost !== undefined) throw failure(stderr, 'database-unreachable');
  return failures;
}

/** The client's last words as an error of ours. */
export function failure(stderr: string, otherwise: ErrorCode): AddonError {
  const said = stderr.trim().split('\n').slice(-5).join(' ') || 'the client said nothing';
  const number = /ERROR (\d+)|error: (\d+)|\((\d{4})\)/i.exec(stderr);
  const code = CODES[number?.[1] ?? number?.[2] ?? number?.[3] ?? ''] ?? otherwise;
  return new AddonError(code, `database server: ${said.slice(0, 1000)}`);
}
