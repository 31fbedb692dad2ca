import { randomOf } from './random.ts';
import * as value from './values.ts';

/** The type of a column: the first for MariaDB, the second for PostgreSQL. */
type SqlType = readonly [mariadb: string, postgresql: string];
const BIG: SqlType = ['BIGINT NOT NULL', 'bigint NOT NULL'];
const INTEGER: SqlType = ['INT NOT NULL', 'integer NOT NULL'];
const SHORT: SqlType = ['VARCHAR(120) NOT NULL', 'varchar(120) NOT NULL'];
const TEXT: SqlType = ['TEXT NOT NULL', 'text NOT NULL'];
const MONEY: SqlType = ['DECIMAL(12,2) NOT NULL', 'numeric(12,2) NOT NULL'];
const MOMENT: SqlType = ['DATETIME NOT NULL', 'timestamp NOT NULL'];
const JSON_TEXT: SqlType = ['JSON NOT NULL', 'jsonb NOT NULL'];

/** One table of the bench's data; its first column is the key. */
export interface BenchTable {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: SqlType, value: value.Value])[];
  readonly index: string;
  /** Its share of all bytes. */
  readonly share: number;
  /** What a day's work does to a row: assignments that both engines understand. */
  readonly change: string;
}

const table = (
  [database, name]: readonly [string, string],
  share: number,
  index: string,
  change: string,
  columns: BenchTable['columns'],
): BenchTable => ({ database, name, share, index, change, columns: [['id', BIG, value.id], ...columns] });

const REVISED = `updated_at = '2026-11-20 18:30:00'`;

export const TABLES: readonly BenchTable[] = [
  table(['shop', 'customers'], 8, 'email', `name = concat(name, ' jun.'), ${REVISED}`, [
    ['name', SHORT, value.fullName],
    ['email', SHORT, value.email],
    ['address', SHORT, value.address],
    ['notes', TEXT, value.text(4, 30)],
    ['updated_at', MOMENT, value.moment],
  ]),
  table(['shop', 'products'], 7, 'title', `price = price + 1.25, ${REVISED}`, [
    ['title', SHORT, value.text(2, 5)],
    ['description', TEXT, value.text(30, 90)],
    ['price', MONEY, value.price],
    ['attributes', JSON_TEXT, value.json],
    ['updated_at', MOMENT, value.moment],
  ]),
  table(['shop', 'orders'], 13, 'customer_id', `status = 'returned', ${REVISED}`, [
    ['customer_id', INTEGER, value.upTo(50_000)],
    ['status', SHORT, value.state],
    ['total', MONEY, value.price],
    ['currency', SHORT, value.currency],
    ['shipping_address', SHORT, value.address],
    ['remark', TEXT, value.text(3, 20)],
    ['updated_at', MOMENT, value.moment],
  ]),
  table(['shop', 'order_items'], 10, 'order_id', 'quantity = quantity + 1, price = price + 0.5', [
    ['order_id', INTEGER, value.upTo(200_000)],
    ['product_id', INTEGER, value.upTo(20_000)],
    ['quantity', INTEGER, value.upTo(9)],
    ['price', MONEY, value.price],
    ['title', SHORT, value.text(2, 5)],
  ]),
  table(['forum', 'users'], 5, 'email', `${REVISED}`, [
    ['name', SHORT, value.fullName],
    ['email', SHORT, value.email],
    ['signature', TEXT, value.text(3, 14)],
    ['updated_at', MOMENT, value.moment],
  ]),
  table(['forum', 'posts'], 22, 'author_id', `body = concat('[edited] ', body), ${REVISED}`, [
    ['thread_id', INTEGER, value.upTo(30_000)],
    ['author_id', INTEGER, value.upTo(20_000)],
    ['subject', SHORT, value.text(3, 9)],
    ['body', TEXT, value.text(20, 140)],
    ['updated_at', MOMENT, value.moment],
  ]),
  table(['billing', 'invoices'], 9, 'account_id', `status = 'paid', ${REVISED}`, [
    ['account_id', INTEGER, value.upTo(9_000)],
    ['recipient', SHORT, value.fullName],
    ['address', SHORT, value.address],
    ['status', SHORT, value.state],
    ['amount', MONEY, value.price],
    ['tax', MONEY, value.price],
    ['updated_at', MOMENT, value.moment],
  ]),
  table(['billing', 'payments'], 6, 'invoice_id', 'amount = amount + 0.01', [
    ['invoice_id', INTEGER, value.upTo(90_000)],
    ['amount', MONEY, value.price],
    ['reference', SHORT, value.token],
    ['paid_at', MOMENT, value.moment],
  ]),
  table(['telemetry', 'devices'], 3, 'name', `name = concat(name, ' (moved)')`, [
    ['name', SHORT, value.text(1, 3)],
    ['serial', SHORT, value.token],
    ['site', SHORT, value.address],
    ['properties', JSON_TEXT, value.json],
  ]),
  table(['telemetry', 'events'], 17, 'device_id', `kind = 'corrected'`, [
    ['device_id', INTEGER, value.upTo(5_000)],
    ['kind', SHORT, value.state],
    ['payload', JSON_TEXT, value.json],
    ['happened_at', MOMENT, value.moment],
  ]),
];

export const DATABASES: readonly string[] = [...new Set(TABLES.map((each) => each.database))];

/** Rows `first` to `last` as lines with tabs between the columns, as COPY and LOAD DATA read them. */
export function rowsOf(of: BenchTable, first: number, last: number): string {
  const seed = TABLES.indexOf(of) * 500_000_003;
  const lines: string[] = [];
  for (let row = first; row <= last; row += 1) {
    const random = randomOf(seed + row);
    lines.push(of.columns.map(([, , cell]) => cell(row, random)).join('\t'));
  }
  return `${lines.join('\n')}\n`;
}

/** How many rows the table has when all tables together have about so many bytes. */
export function rowCount(of: BenchTable, totalBytes: number): number {
  const sampled = 300;
  const bytesPerRow = Buffer.byteLength(rowsOf(of, 1, sampled)) / sampled;
  const shares = TABLES.reduce((sum, each) => sum + each.share, 0);
  return Math.round((totalBytes * of.share) / shares / bytesPerRow);
}
