import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Held } from '../../../storage-node/retention/falls.ts';
import { suspicionsOf } from '../../../storage-node/retention/suspicion.ts';

type Tables = Readonly<Record<string, number>>;
const MEGABYTE = 1_000_000;

/** A backup of databases with their tables' rows; a thousand bytes each database and a hundred a row, where no size is given. */
function held(databases: Readonly<Record<string, Tables>>, size?: number): Held {
  const parts = Object.entries(databases).map(([name, rows]) => {
    const bytes = size ?? 1_000 + 100 * Object.values(rows).reduce((sum, each) => sum + each, 0);
    return { name, kind: 'database' as const, bytes, counts: { objects: {}, rows } };
  });
  return { bytes: parts.reduce((sum, part) => sum + part.bytes, 0), parts };
}
const opaque = (bytes: number): Held => ({
  bytes,
  parts: [{ name: 'custom', kind: 'database', bytes, counts: null }],
});
const shop = (tables: Tables, size = 50 * MEGABYTE) => held({ shop: tables }, size);

describe('a backup looks like a loss when', () => {
  test.each<[string, Held, Held, string[]]>([
    [
      'its size fell by more than half',
      opaque(21_300_000),
      opaque(4_000_000),
      ['the size fell from 21.3 MB to 4.0 MB'],
    ],
    [
      'a database is gone',
      held({ shop: { orders: 9000 }, crm: { people: 4000 } }),
      held({ shop: { orders: 9000 } }),
      ['database "crm" is gone; it held 401.0 kB in 4,000 rows'],
    ],
    [
      'one database of several fell by more than half',
      { ...held({ a: {}, b: {} }, 30 * MEGABYTE) },
      { bytes: 50 * MEGABYTE, parts: [...held({ a: {} }, 30 * MEGABYTE).parts, ...held({ b: {} }, MEGABYTE).parts] },
      ['database "b" fell from 30.0 MB to 1.0 MB'],
    ],
    [
      'a table was emptied',
      shop({ orders: 500, big: 90_000 }),
      shop({ orders: 0, big: 90_000 }),
      ['table "orders" of "shop" fell from 500 rows to 0'],
    ],
    [
      'a table was dropped',
      shop({ orders: 500, big: 90_000 }),
      shop({ big: 90_000 }),
      ['table "orders" of "shop" is gone; it held 500 rows'],
    ],
    [
      'a large table fell to under half',
      shop({ orders: 50_000, big: 90_000 }),
      shop({ orders: 120, big: 90_000 }),
      ['table "orders" of "shop" fell from 50,000 rows to 120'],
    ],
    [
      'a table that is called like what every object has was emptied',
      shop({ constructor: 500, big: 9000 }),
      shop({ big: 9000 }),
      ['table "constructor" of "shop" is gone; it held 500 rows'],
    ],
    [
      'the whole content was replaced by a note of some rows',
      shop({ orders: 5000, people: 3000 }),
      shop({ PLEASE_READ: 1 }),
      ['table "orders" of "shop" is gone; it held 5,000 rows', 'table "people" of "shop" is gone; it held 3,000 rows'],
    ],
    [
      'the rest was not touched, and much came besides',
      shop({ orders: 50_000, events: 90_000 }),
      shop({ orders: 0, events: 900_000 }),
      ['table "orders" of "shop" fell from 50,000 rows to 0'],
    ],
  ])('%s', (_, before, after, flags) => {
    expect(suspicionsOf(after, [before])).toEqual(flags);
  });

  test('and says no more than a person reads', () => {
    const names = Array.from(
      { length: 40 },
      (_, index) => `table ${'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN'[index]}`,
    );
    const tables = Object.fromEntries(names.map((name) => [name, 5000]));
    const flags = suspicionsOf(shop({}), [shop(tables)]);
    expect(flags).toHaveLength(6);
    expect(flags.at(-1)).toBe('and 35 more fell so');
  });
});

describe('a backup does not look like a loss when', () => {
  test.each<[string, Held, Held]>([
    ['nothing fell', shop({ orders: 5000 }), shop({ orders: 5001 })],
    ['it fell to just half', opaque(2 * MEGABYTE), opaque(MEGABYTE)],
    ['a table fell to just half', shop({ orders: 5000 }), shop({ orders: 2500 })],
    ['it was tiny', opaque(90_000), opaque(100)],
    ['a tiny table was emptied', shop({ settings: 99, big: 5000 }), shop({ settings: 0, big: 5000 })],
    ['a tiny database was dropped', held({ a: { t: 9000 }, trial: { t: 20 } }), held({ a: { t: 9000 } })],
    ['a small table shrank', shop({ carts: 900, big: 2000 }), shop({ carts: 100, big: 2000 })],
    [
      'a table that matters little here shrank',
      shop({ sessions: 4000, big: 90_000 }),
      shop({ sessions: 9, big: 90_000 }),
    ],
    ['a table got another name', shop({ orders: 5000, x: 9 }), shop({ orders_v2: 5000, x: 9 })],
    ['rows went to a new table', shop({ orders: 5000 }), shop({ orders: 700, orders_archive: 4300 })],
    ['a database got another name', held({ shop: { t: 9000 } }), held({ store: { t: 9000 } })],
    [
      'a partition went, as the others will',
      shop({ log_2026_10: 5000, log_2026_11: 900, x: 9000 }),
      shop({ log_2026_11: 900, log_2026_12: 0, x: 9000 }),
    ],
    [
      'rows were not counted on one side',
      shop({ orders: 5000 }),
      { ...opaque(50 * MEGABYTE), parts: [{ ...opaque(50 * MEGABYTE).parts[0], name: 'shop' }] } as Held,
    ],
  ])('%s', (_, before, after) => {
    expect(suspicionsOf(after, [before])).toEqual([]);
  });

  test('there is nothing to compare it with', () => {
    expect(suspicionsOf(opaque(0), [])).toEqual([]);
  });

  test('what fell has fallen so twice before among the good backups: a queue that empties', () => {
    const [full, empty] = [shop({ queue: 5000, x: 9000 }), shop({ queue: 0, x: 9000 })];
    expect(suspicionsOf(empty, [full, empty, full])).toHaveLength(1);
    expect(suspicionsOf(empty, [full, empty, full, empty, full])).toEqual([]);
    const alsoOrders = shop({ queue: 0, x: 40 });
    expect(suspicionsOf(alsoOrders, [full, empty, full, empty, full])).toEqual([
      'table "x" of "shop" fell from 9,000 rows to 40',
    ]);
    const longAgo = Array.from({ length: 9 }, () => full);
    expect(suspicionsOf(empty, [...longAgo, full, empty, full, empty, full])).toHaveLength(1);
  });

  test('it is compared with the last good one, not with older ones', () => {
    expect(suspicionsOf(opaque(3 * MEGABYTE), [opaque(5 * MEGABYTE), opaque(90 * MEGABYTE)])).toEqual([]);
  });
});

describe('whatever the databases are', () => {
  const rows = fc.dictionary(fc.string({ maxLength: 6 }), fc.nat(20_000), { maxKeys: 6 });
  const databases = fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), rows, { maxKeys: 4 });

  test('a backup that holds the same or more is no loss', () => {
    fc.assert(
      fc.property(databases, databases, fc.nat(3), (before, besides, factor) => {
        const grown = Object.fromEntries(
          Object.entries(before).map(([name, tables]) => [
            name,
            Object.fromEntries(Object.entries(tables).map(([table, count]) => [table, count * (factor + 1)])),
          ]),
        );
        expect(suspicionsOf(held({ ...besides, ...grown }), [held(before)])).toEqual([]);
      }),
    );
  });

  test('a backup in which nothing is left of something large is one', () => {
    fc.assert(
      fc.property(databases, (before) => {
        const isLarge = held(before).bytes >= 100_000;
        expect(suspicionsOf({ bytes: 0, parts: [] }, [held(before)]).length > 0).toBe(
          isLarge ||
            held(before).parts.some(
              ({ counts }) => Object.values(counts?.rows ?? {}).reduce((a, b) => a + b, 0) >= 100,
            ),
        );
      }),
    );
  });
});
