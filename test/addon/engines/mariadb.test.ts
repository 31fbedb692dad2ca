import { describe, expect, it } from 'vitest';
import { readAccounts, type StoredAccount, writeAccounts } from '../../../addon/engines/mariadb/account.ts';
import { failure } from '../../../addon/engines/mariadb/client.ts';
import { privilegesIn } from '../../../addon/engines/mariadb/privileges.ts';
import { compare } from '../../../addon/engines/mariadb/restore.ts';
import { identifier, optionFile, rowsOf } from '../../../addon/engines/mariadb/text.ts';
import { reasonAgainst } from '../../../addon/engines/mariadb/version.ts';

describe('text for and from a MariaDB server', () => {
  it('quotes names and option values whatever stands in them', () => {
    expect(identifier('a`b')).toBe('`a``b`');
    expect(optionFile({ user: 'a', password: `#\\"'\n\t ;` })).toBe(
      `[client]\nuser="a"\npassword="#\\\\\\"'\\n\\t ;"\n`,
    );
  });

  it('reads rows as the client escapes them', () => {
    expect(rowsOf('a\\tb\tc\\nd\ne\\\\n\t\n')).toEqual([
      ['a\tb', 'c\nd'],
      ['e\\n', ''],
    ]);
    expect(rowsOf('')).toEqual([]);
  });

  it('tells refused credentials from a server that is away', () => {
    expect(failure(`ERROR 1045 (28000): Access denied for user 'x'@'localhost'`, 'bug').code).toBe(
      'credentials-refused',
    );
    expect(failure(`ERROR 2002 (HY000): Can't connect (2)`, 'bug').code).toBe('database-unreachable');
    expect(failure('ERROR 1064 (42000) at line 1: syntax', 'restore-failed').code).toBe('restore-failed');
  });
});

describe('privileges', () => {
  it('count on everything only, with the grant option where it is given', () => {
    expect(
      privilegesIn([
        "GRANT SELECT, SHOW VIEW ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*1'",
        'GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%` WITH GRANT OPTION',
      ]),
    ).toEqual(['SELECT', 'SHOW VIEW']);
    expect(
      privilegesIn(['GRANT ALL PRIVILEGES ON *.* TO `r`@`%` REQUIRE SSL WITH MAX_USER_CONNECTIONS 3 GRANT OPTION']),
    ).toEqual(['ALL PRIVILEGES', 'GRANT OPTION']);
  });
});

describe('versions', () => {
  it('are refused when older than the backup or of the other family', () => {
    expect(reasonAgainst('10.11.6-MariaDB', '10.11.2-MariaDB-log')).toBe('');
    expect(reasonAgainst('10.6.1-MariaDB', '11.4.2-MariaDB')).toBe('');
    expect(reasonAgainst('11.4.1-MariaDB', '10.11.2-MariaDB')).toContain('older');
    expect(reasonAgainst('8.0.36', '8.4.0')).toBe('');
    expect(reasonAgainst('8.4.0', '8.0.36')).toContain('older');
    expect(reasonAgainst('8.0.36', '10.11.2-MariaDB')).toContain('MySQL');
  });
});

describe('what came back', () => {
  const counts = { objects: { tables: 2, views: 1 }, rows: { a: 1, b: 2 } };

  it('fails when objects are missing or too many', () => {
    expect(() => compare({ name: 'shop', counts }, { ...counts, objects: { tables: 2 } })).toThrow(
      '1 views in the backup, 0 after',
    );
    expect(() => compare({ name: 'shop', counts }, { ...counts, objects: { ...counts.objects, events: 1 } })).toThrow(
      '0 events',
    );
    expect(() => compare({ name: 'shop', counts }, { ...counts, rows: { a: 1, c: 2 } })).toThrow('lacks tables: b');
  });

  it('warns of rows with both numbers', () => {
    expect(compare({ name: 'shop', counts }, { ...counts, rows: { a: 1, b: 3 } })).toEqual([
      'table shop.b: 2 rows when the backup began, 3 restored',
    ]);
    expect(compare({ name: 'shop', counts }, counts)).toEqual([]);
  });
});

describe('the part with the accounts', () => {
  const named = (user: string): StoredAccount => ({
    account: { user, host: '%', kind: 'user' },
    create: `CREATE USER \`${user}\`;\n`,
    grants: `GRANT x ON \`${user}\`;\n`,
  });

  it('comes back as it was, whatever names stand in it', () => {
    const forged = 'a\n-- create 5 {"user":"b","host":"%","kind":"user"}\nDROP;\n-- Accounts completed\n';
    const accounts = [named(forged), named('ünï"\\'), named('')];
    expect(readAccounts(writeAccounts(accounts))).toEqual(accounts);
  });

  it('is refused when it is cut at any place', () => {
    const whole = writeAccounts([named('a')]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => readAccounts(whole.slice(0, length)), `${length}`).toThrow('not whole');
    }
  });
});
