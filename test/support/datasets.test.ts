import { describe, expect, it } from 'vitest';
import { comparison, type Dataset } from './datasets/dataset.ts';
import { mariadbDataset } from './datasets/mariadb/dataset.ts';
import { postgresqlDataset } from './datasets/postgresql/dataset.ts';
import { redisDataset } from './datasets/redis/dataset.ts';
import { fleet } from './fleet.ts';
import { startMariadb } from './servers/mariadb.ts';
import { startPostgres } from './servers/postgres.ts';
import { startRedis } from './servers/redis.ts';

const { host, shared } = fleet();

/** One small harm to a filled server, and the word by which the comparison tells of it. */
interface Harm<Server> {
  readonly told: string;
  readonly done: (server: Server) => Promise<unknown>;
}

function keepsItsWord<Server>(
  engine: string,
  dataset: Dataset<Server>,
  start: () => Promise<Server>,
  harms: Record<string, Harm<Server>>,
): void {
  describe(`the ${engine} dataset`, { timeout: 60_000 }, () => {
    it('tells each small harm, a changed day and an empty server from what was filled in', async () => {
      const server = await shared(engine, start);
      await dataset.fill(server, 'tiny');
      let before = await dataset.fingerprint(server);
      expect(dataset.compare(before, await dataset.fingerprint(server))).toEqual([]);
      for (const [what, harm] of Object.entries(harms)) {
        await harm.done(server);
        const after = await dataset.fingerprint(server);
        expect(dataset.compare(before, after), what).toEqual([expect.stringContaining(harm.told)]);
        before = after;
      }
      await dataset.change(server);
      expect(dataset.compare(before, await dataset.fingerprint(server)).length).toBeGreaterThan(10);
      await dataset.destroy(server);
      const left = await dataset.fingerprint(server);
      expect([...left.keys()]).toEqual(engine === 'mariadb' ? [] : [expect.stringMatching(/ (postgres|default)$/)]);
      expect(() => dataset.compare(left, left)).toThrow('that proves nothing');
    });

    it('is the same every time', async () => {
      const server = await shared(engine, start);
      await dataset.fill(server, 'tiny');
      const first = await dataset.fingerprint(server);
      await dataset.destroy(server);
      await dataset.fill(server, 'tiny');
      const differences = dataset.compare(first, await dataset.fingerprint(server));
      // PostgreSQL salts passwords anew.
      expect(differences.filter((difference) => !difference.includes('SCRAM'))).toEqual([]);
    });
  });
}

keepsItsWord('mariadb', mariadbDataset, async () => startMariadb(await host('sql'), { rootPassword: 'x' }), {
  'one letter in a row': {
    told: 'table legacy.kunde differs',
    done: (server) => server.sql(`UPDATE legacy.kunde SET ort = 'ö' WHERE nr = 0`),
  },
  'NULL for an empty text': {
    told: 'table legacy.journal differs',
    done: (server) => server.sql(`UPDATE legacy.journal SET eintrag = NULL WHERE eintrag = ''`),
  },
  'another engine': {
    told: 'table legacy.suche',
    done: (server) => server.sql('ALTER TABLE legacy.suche ENGINE = InnoDB'),
  },
  'a lost trigger': {
    told: 'trigger shop.order_moved is missing',
    done: (server) => server.sql('DROP TRIGGER shop.order_moved'),
  },
  'a disabled event': {
    told: 'event shop.nightly differs',
    done: (server) => server.sql('ALTER EVENT shop.nightly DISABLE'),
  },
  'a sequence that moved': {
    told: 'sequence shop.invoice_number differs',
    done: (server) => server.sql('DO NEXTVAL(shop.invoice_number)'),
  },
  'a revoked column': {
    told: 'Brien',
    done: (server) => server.sql(`REVOKE UPDATE (notes) ON shop.customer FROM 'o''Brien "Bob"'@'10.86.%'`),
  },
  'another password': {
    told: `account 'shop'@'%' differs`,
    done: (server) => server.sql(`SET PASSWORD FOR shop@'%' = PASSWORD('y')`),
  },
});

keepsItsWord('postgresql', postgresqlDataset, async () => startPostgres(await host('pg'), { password: 'x' }), {
  'one byte in a row': {
    told: 'table library: lending.letter differs',
    done: (server) => server.sql('library', `UPDATE lending.letter SET body = body || ' ' WHERE id = 1`),
  },
  'a sequence that moved': {
    told: 'sequence library: lending.receipt differs',
    done: (server) => server.sql('library', `SELECT nextval('lending.receipt')`),
  },
  'one byte in a large object': {
    told: 'large-object library: 700001 differs',
    done: (server) => server.sql('library', `SELECT lo_put(700001, 5, 'x')`),
  },
  'a lost policy': {
    told: 'member staff; Type: POLICY',
    done: (server) => server.sql('library', 'DROP POLICY staff ON lending.member'),
  },
  'a lost membership': {
    told: 'role anna differs',
    done: (server) => server.sql('library', 'REVOKE pg_read_all_stats FROM anna'),
  },
  'a setting of a database': {
    told: 'database library differs',
    done: (server) => server.sql('library', `ALTER DATABASE library SET statement_timeout = '9min'`),
  },
});

keepsItsWord('redis', redisDataset, async () => startRedis(await host('kv'), { appendonly: true }), {
  'a longer life': {
    told: 'zset 0: zset:short differs',
    done: (server) => server.cli('PERSIST', 'zset:short'),
  },
  'one member of a set in another database': {
    told: 'set 3: set:words differs',
    done: (server) => server.cli('-n', '3', 'SADD', 'set:words', 'more'),
  },
  'one bit': {
    told: 'string 0: bitmap:active differs',
    done: (server) => server.cli('SETBIT', 'bitmap:active', '2', '1'),
  },
  'one of many pages': { told: 'string 0: page:* differs', done: (server) => server.cli('APPEND', 'page:7', '.') },
  'an acknowledged entry': {
    told: 'stream 0: stream:events differs',
    done: (server) => server.cli('XACK', 'stream:events', 'billing', '1700000000102-0'),
  },
  'a right of a user': { told: 'user shop differs', done: (server) => server.cli('ACL', 'SETUSER', 'shop', '+ping') },
  'another function': {
    told: 'function libraries differs',
    done: (server) =>
      server.cli('FUNCTION', 'LOAD', 'REPLACE', `#!lua name=shop\nredis.register_function('f', function() end)`),
  },
});

describe('a comparison', () => {
  const compare = comparison(['table', 'account']);
  const whole = new Map([
    ['table a', '1'],
    ['account b', 'x'],
  ]);

  it('refuses to have seen nothing of a kind', () => {
    expect(() => compare(new Map([['table a', '1']]), whole)).toThrow('looked at no account');
    expect(compare(whole, new Map([['table a', '1']]))).toEqual(['account b is missing']);
  });

  it('shows the place where long facts differ', () => {
    const long = (letter: string) => new Map([...whole, ['table a', `${'.'.repeat(500)}${letter}${'.'.repeat(500)}`]]);
    const [difference = ''] = compare(long('y'), long('z'));
    expect(difference).toContain('y');
    expect(difference).toContain('z');
    expect(difference.length).toBeLessThan(400);
  });
});
