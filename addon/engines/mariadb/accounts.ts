import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { type Account, END_OF_ACCOUNTS, nameOf, type StoredAccount, writeAccounts } from './account.ts';
import { query } from './client.ts';
import { text } from './text.ts';

export { END_OF_ACCOUNTS };

/** Whether the server is of MariaDB's family; else it is MySQL's or Percona's. */
export async function isMariadb(server: Server): Promise<boolean> {
  const [[version = ''] = []] = await query(server, 'SELECT VERSION();');
  return version.includes('MariaDB');
}

/** The part `globals`. */
export async function accountsText(server: Server): Promise<string> {
  return writeAccounts(await currentAccounts(server));
}

/** All accounts and roles as they are now, roles first, in a lasting order. */
export async function currentAccounts(server: Server): Promise<readonly StoredAccount[]> {
  const listed = await query(
    server,
    `SELECT User, Host, /*M!100005 IF(is_role = 'Y', 'role', */ 'user' /*M!100005 ) */ AS kind,
       VERSION() LIKE '%MariaDB%' FROM mysql.user ORDER BY kind, CAST(User AS BINARY), CAST(Host AS BINARY);`,
  );
  const accounts = listed.map(
    ([user = '', host = '', kind]): Account => ({ user, host, kind: kind === 'role' ? 'role' : 'user' }),
  );
  const mariadb = listed.some(([, , , family]) => family === '1');
  // Hashes of MySQL 8 hold bytes that no text can carry.
  const asHex = mariadb ? '' : '/*!80017 SET SESSION print_identified_with_as_hex = 1 */;\n';
  const mark = (index: number, step: string) => `SELECT ${index}, ${text(step)}, 'of account';`;
  const asked = accounts.map((account, index) => {
    const create = account.kind === 'user' ? `SHOW CREATE USER ${nameOf(account)};` : '';
    return `${mark(index, 'create')}\n${create}\n${mark(index, 'grants')}\nSHOW GRANTS FOR ${nameOf(account)};`;
  });
  const rows = await query(server, `${asHex}${asked.join('\n')}`, 'dump-changed');
  const told = accounts.map(() => ({ create: [] as string[], grants: [] as string[] }));
  let current: string[] = [];
  for (const row of rows) {
    if (row.length === 3) current = told[Number(row[0])]?.[row[1] as 'create' | 'grants'] ?? [];
    else current.push(row[0] ?? '');
  }
  return accounts.map((account, index) => {
    const { create = [], grants = [] } = told[index] ?? {};
    return mariadb ? ofMariadb(account, create, grants) : ofMysql(account, create, grants);
  });
}

function ofMariadb(account: Account, create: readonly string[], grants: readonly string[]): StoredAccount {
  const name = nameOf(account);
  if (account.kind === 'role') {
    const made = account.user === 'PUBLIC' ? '' : `CREATE ROLE IF NOT EXISTS ${name};\n`;
    return { account, create: made, grants: statements(sorted(grants)) };
  }
  return {
    account,
    create: makes(account, create, [...LIMITS, 'MAX_STATEMENT_TIME']),
    grants: statements(sorted(grants)),
  };
}

/** The default roles stand in the statement that makes the account, but can only be given when it has the roles. */
function ofMysql(account: Account, create: readonly string[], grants: readonly string[]): StoredAccount {
  const pattern = / DEFAULT ROLE (`(?:[^`]|``)*`@`(?:[^`]|``)*`(?:,`(?:[^`]|``)*`@`(?:[^`]|``)*`)*)/;
  const roles = create.map((statement) => pattern.exec(statement)?.[1]).find((found) => found !== undefined);
  const plain = create.map((statement) => statement.replace(pattern, ''));
  const defaults = roles === undefined ? [] : [`ALTER USER ${nameOf(account)} DEFAULT ROLE ${roles}`];
  return { account, create: makes(account, plain, LIMITS), grants: statements([...sorted(grants), ...defaults]) };
}

/** SHOW GRANTS has no order of its own. Roles still come before the default role: GRANT, then SET. */
function sorted(lines: readonly string[]): readonly string[] {
  return [...lines].sort();
}

const LIMITS = ['MAX_QUERIES_PER_HOUR', 'MAX_UPDATES_PER_HOUR', 'MAX_CONNECTIONS_PER_HOUR', 'MAX_USER_CONNECTIONS'];

/** What the statement does not speak of is as the server has it by default, which has to be said where it was altered since. */
function unsaid(said: string, limits: readonly string[]): string {
  const absent = limits.filter((limit) => !said.includes(` ${limit} `)).map((limit) => `${limit} 0`);
  return [
    said.includes(' REQUIRE ') ? '' : ' REQUIRE NONE',
    absent.length > 0 ? ` WITH ${absent.join(' ')}` : '',
    said.includes(' PASSWORD EXPIRE') ? '' : ' PASSWORD EXPIRE DEFAULT',
    / ACCOUNT (UN)?LOCK/.test(said) ? '' : ' ACCOUNT UNLOCK',
  ].join('');
}

function makes(account: Account, create: readonly string[], limits: readonly string[]): string {
  const [first = '', ...more] = create;
  const start = 'CREATE USER ';
  if (!first.startsWith(start)) throw new AddonError('bug', `unexpected words for an account: ${first.slice(0, 20)}`);
  const rest = first.slice(start.length);
  const reset = unsaid(first.slice(start.length + nameOf(account).length), limits);
  const resets = reset === '' ? [] : [`ALTER USER ${nameOf(account)}${reset}`];
  return statements([`CREATE USER IF NOT EXISTS ${rest}`, `ALTER USER ${rest}`, ...resets, ...more]);
}

function statements(lines: readonly string[]): string {
  return lines.map((line) => `${line};\n`).join('');
}
