import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { type Account, isProtected, keyOf, nameOf, type StoredAccount } from './account.ts';
import { currentAccounts, isMariadb } from './accounts.ts';
import { attempt, query } from './client.ts';
import { equals, text } from './text.ts';

/** Grants about tables, columns and routines that are not there (any more): told, not fatal. */
const ABOUT_NOTHING = ['1054', '1146', '1305', '1147', '1403', '1141'];

/** What the server says of taking all from an account that has nothing. */
const WAS_BARE = ['1141', '1269'];

/** The accounts of a backup on their way back: made before the databases, granted after them. */
export interface AccountsRestore {
  create(): Promise<void>;
  /** Gives each account exactly the roles and privileges of the backup, and answers what a user should know. */
  grant(): Promise<readonly string[]>;
}

/** Never drops an account; leaves those alone that the server, the platform or this very connection live by. */
export async function accountsRestore(server: Server, stored: readonly StoredAccount[]): Promise<AccountsRestore> {
  const [[me = '', from = ''] = []] = await query(
    server,
    `SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(REPLACE(CURRENT_USER(), '@', ''))),
       SUBSTRING_INDEX(CURRENT_USER(), '@', -1);`,
  );
  const own: Account = { user: me, host: from, kind: 'user' };
  const mariadb = await isMariadb(server);
  const putBack = mariadb ? `${withoutRoles(own)}${await rolesOf(server, own)}FLUSH PRIVILEGES;` : '';
  const ours = stored.filter(({ account }) => !isProtected(account) && keyOf(account) !== keyOf(own));
  const differing = (accounts: readonly StoredAccount[], step: 'create' | 'grants') => {
    const now = new Map(accounts.map((one) => [keyOf(one.account), comparable(one[step])]));
    return ours.filter(({ account, ...one }) => now.get(keyOf(account)) !== comparable(one[step]));
  };
  return {
    create: async () => {
      const making = differing(await currentAccounts(server), 'create')
        .map(({ create }) => create)
        .join('');
      // Whoever makes a role gets it too.
      if (making !== '') await query(server, `${making}${putBack}`, 'restore-failed');
    },
    grant: async () => {
      const granting = differing(await currentAccounts(server), 'grants');
      const missing = await regrant(server, granting, mariadb ? `${mayGrantRoles(own)}FLUSH PRIVILEGES;` : '', putBack);
      const now = await currentAccounts(server);
      const left = [...differing(now, 'create'), ...differing(now, 'grants')].map(({ account }) => nameOf(account));
      if (left.length > 0 && missing.length === 0)
        throw new AddonError(
          'restore-mismatch',
          `accounts differ from the backup after the restore: ${left.join(', ')}`,
        );
      const known = new Set(stored.map(({ account }) => keyOf(account)));
      const others = now.filter(({ account }) => !known.has(keyOf(account)) && !isProtected(account));
      const alone = others.map(
        ({ account }) => `account ${nameOf(account)} is not in the backup and was left as it is`,
      );
      return [...missing, ...alone];
    },
  };
}

async function regrant(
  server: Server,
  accounts: readonly StoredAccount[],
  before: string,
  after: string,
): Promise<readonly string[]> {
  if (accounts.length === 0) return [];
  const bare = accounts.map(({ account }) => (before === '' ? bareMysql(account) : bareMariadb(account))).join('');
  refuseBut(WAS_BARE, await attempt(server, `${bare}${before}`));
  try {
    const failures = await attempt(server, accounts.map(({ grants }) => grants).join(''));
    refuseBut(ABOUT_NOTHING, failures);
    return failures.map(({ words }) => `a grant of the backup is about something that is not there: ${words}`);
  } finally {
    if (after !== '') await query(server, after, 'restore-failed');
  }
}

function refuseBut(
  harmless: readonly string[],
  failures: readonly { readonly code: string; readonly words: string }[],
): void {
  const fatal = failures.find(({ code }) => !harmless.includes(code));
  if (fatal !== undefined)
    throw new AddonError('restore-failed', `grants of the backup were refused: ${fatal.code} ${fatal.words}`);
}

/** The server lists the columns of a grant in any order. */
function comparable(statements: string): string {
  return statements.replace(/\(([^()]*)\)/g, (_, columns: string) => `(${columns.split(', ').sort().join(', ')})`);
}

/** Roles are taken through the table, for there is no statement that takes all of them. */
function bareMariadb(account: Account): string {
  const name = nameOf(account);
  const standard = account.kind === 'user' ? `SET DEFAULT ROLE NONE FOR ${name};` : '';
  return `${standard}REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${name};${withoutRoles(account)}`;
}

function bareMysql(account: Account): string {
  const edges = `${equals('TO_USER', account.user)} AND ${equals('TO_HOST', account.host)}`;
  return `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${nameOf(account)};
    /*!80000 DELETE FROM mysql.role_edges WHERE ${edges} */;
    /*!80000 FLUSH PRIVILEGES */;`;
}

function withoutRoles({ user, host }: Account): string {
  return `DELETE FROM mysql.roles_mapping WHERE ${equals('User', user)} AND ${equals('Host', host)};\n`;
}

/** Only who administers a role may grant it; whoever restores does so for as long as it takes. */
function mayGrantRoles({ user, host }: Account): string {
  return `REPLACE INTO mysql.roles_mapping (Host, User, Role, Admin_option)
    SELECT ${text(host)}, ${text(user)}, User, 'Y' FROM mysql.user WHERE is_role = 'Y' AND User <> 'PUBLIC';\n`;
}

async function rolesOf(server: Server, { user, host }: Account): Promise<string> {
  const rows = await query(
    server,
    `SELECT Role, Admin_option FROM mysql.roles_mapping WHERE ${equals('User', user)} AND ${equals('Host', host)};`,
  );
  const insert = ([role = '', admin = 'N']: readonly string[]) =>
    `INSERT INTO mysql.roles_mapping (Host, User, Role, Admin_option) VALUES (${text(host)}, ${text(user)}, ${text(role)}, ${text(admin)});\n`;
  return rows.map(insert).join('');
}
