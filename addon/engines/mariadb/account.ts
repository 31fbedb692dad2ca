import { AddonError } from '../../../storage-node/base/errors.ts';
import { identifier } from './text.ts';

/** An account of the server, or a role of MariaDB's (which has no host). MySQL's roles are accounts. */
export interface Account {
  readonly user: string;
  readonly host: string;
  readonly kind: 'user' | 'role';
}

/** Everything about one account as SQL: what makes it, and what it may do. */
export interface StoredAccount {
  readonly account: Account;
  /** Makes the account where it is missing, and gives it this password and these limits in any case. */
  readonly create: string;
  /** Its roles, privileges and default role; it has none before. */
  readonly grants: string;
}

/** Last line of the part. */
export const END_OF_ACCOUNTS = '-- Accounts completed';

const OF_THE_PLATFORM = [
  'root',
  'mysql',
  'mysql.sys',
  'mysql.session',
  'mysql.infoschema',
  'mariadb.sys',
  'debian-sys-maint',
];

/** Accounts without which the server or the platform does not work: saved, but never altered by a restore. */
export function isProtected(account: Account): boolean {
  return OF_THE_PLATFORM.includes(account.user);
}

/** The account as SQL names it. */
export function nameOf({ user, host, kind }: Account): string {
  if (kind === 'user') return `${identifier(user)}@${identifier(host)}`;
  return user === 'PUBLIC' ? 'PUBLIC' : identifier(user);
}

/** Tells accounts apart. */
export function keyOf({ user, host, kind }: Account): string {
  return JSON.stringify([kind, user, host]);
}

/**
 * The part's text: SQL that a plain client takes. Each account's piece follows a line that says its length, so that
 * no name, whatever stands in it, can pass for the beginning of another piece.
 */
export function writeAccounts(accounts: readonly StoredAccount[]): string {
  const piece = (step: 'create' | 'grants') => (stored: StoredAccount) =>
    `-- ${step} ${Buffer.byteLength(stored[step])} ${JSON.stringify(stored.account)}\n${stored[step]}`;
  const pieces = [...accounts.map(piece('create')), ...accounts.map(piece('grants'))];
  return `-- Accounts of a database server\n${pieces.join('')}${END_OF_ACCOUNTS}\n`;
}

/** The accounts in a part's text; throws `restore-failed` where it is not whole. */
export function readAccounts(text: string): readonly StoredAccount[] {
  const bytes = Buffer.from(text);
  const accounts = new Map<string, { account: Account; create: string; grants: string }>();
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\n', at);
    if (end < 0) throw new AddonError('restore-failed', 'the part with the accounts is not whole');
    const line = bytes.subarray(at, end).toString();
    at = end + 1;
    if (line === END_OF_ACCOUNTS) return [...accounts.values()];
    const [, step, length, named] = /^-- (create|grants) (\d+) (\{.*\})$/.exec(line) ?? [];
    if (step === undefined || named === undefined) continue;
    const account = JSON.parse(named) as Account;
    const stored = accounts.get(keyOf(account)) ?? { account, create: '', grants: '' };
    stored[step as 'create' | 'grants'] = bytes.subarray(at, at + Number(length)).toString();
    accounts.set(keyOf(account), stored);
    at += Number(length);
  }
}
