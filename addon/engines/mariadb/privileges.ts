import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { query } from './client.ts';
import { identifier } from './text.ts';

/** Asked on `*.*`: what a backup reads, and what its restore has to make again. */
const NEEDED = [
  ...['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'SHOW DATABASES'],
  ...['INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX', 'REFERENCES', 'CREATE VIEW'],
  ...['CREATE ROUTINE', 'ALTER ROUTINE', 'EXECUTE', 'LOCK TABLES', 'RELOAD', 'CREATE USER', 'GRANT OPTION'],
] as const;

/** Any one of these lets objects belong to somebody else than who makes them. */
const FOR_DEFINERS = ['SUPER', 'SET USER', 'SET_USER_ID', 'SET_ANY_DEFINER'];

/** Throws `privileges-missing` with every privilege that the account lacks: by its own grants, as SHOW GRANTS tells them, and its roles’. */
export async function requirePrivileges(server: Server, grants: readonly string[]): Promise<void> {
  const granted = new Set(privilegesIn(grants));
  if (!granted.has('ALL PRIVILEGES')) {
    for (const privilege of await privilegesOfRoles(server)) granted.add(privilege);
  }
  const has = (privilege: string) =>
    granted.has(privilege) || (privilege !== 'GRANT OPTION' && granted.has('ALL PRIVILEGES'));
  const missing: string[] = NEEDED.filter((privilege) => !has(privilege));
  if (!FOR_DEFINERS.some(has)) missing.push('SET USER (or SUPER)');
  if (missing.length > 0)
    throw new AddonError(
      'privileges-missing',
      `database user ${server.access.user} lacks on *.*: ${missing.join(', ')}`,
    );
}

/** Privileges on everything in lines of SHOW GRANTS. */
export function privilegesIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, list, rest = ''] = /^GRANT ([A-Z_, ]+) ON \*\.\* TO (.*)$/s.exec(line) ?? [];
    if (list === undefined) return [];
    const option = / WITH (?:.* )?GRANT OPTION/.test(rest) ? ['GRANT OPTION'] : [];
    return [...list.split(',').map((privilege) => privilege.trim()), ...option];
  });
}

/** Servers without roles have no such table: then the account has what it was granted, and no more. */
async function privilegesOfRoles(server: Server): Promise<readonly string[]> {
  const [[known = '0'] = []] = await query(
    server,
    `SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'ENABLED_ROLES';`,
  );
  if (known === '0') return [];
  const roles = await query(server, 'SELECT * FROM information_schema.ENABLED_ROLES WHERE ROLE_NAME IS NOT NULL;');
  const asked = roles
    .filter(([name]) => name !== 'NULL')
    .map(([name = '', host]) =>
      host === undefined
        ? `SHOW GRANTS FOR ${identifier(name)};`
        : `SHOW GRANTS FOR ${identifier(name)}@${identifier(host)};`,
    );
  return privilegesIn((await query(server, asked.join('\n'))).map(([line = '']) => line));
}
