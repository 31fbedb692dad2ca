import type { Host } from '../../test/support/hosts.ts';
import { type BenchTable, rowCount, rowsOf, TABLES } from './tables.ts';

/** A database server of the bench, and how its own tools are used. */
export interface BenchServer {
  readonly engine: 'mariadb' | 'postgresql';
  readonly nodeType: string;
  readonly host: Host;
  readonly access: { readonly user: string; readonly password: string };
  /** What its client programs need to log in; for a host of our own, where nobody else reads it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Shell: all databases to stdout, as administrators usually do it. */
  readonly dump: string;
  /** Shell: reads such a dump on stdin. */
  readonly load: string;
  /** The server's own processes, which no measurement counts. */
  readonly processName: string;
  createTables(): Promise<void>;
  loadRows(table: BenchTable, rows: string): Promise<void>;
  sql(database: string, statement: string): Promise<string>;
  /** What the server does at night by itself, done now, so that it does not happen in the middle of a measurement. */
  settle(): Promise<void>;
  /** Row counts and checksums of all tables. */
  contents(): Promise<string>;
  dropDatabases(): Promise<void>;
  stop(): Promise<void>;
}

/** How the rows that a day's work updates lie. */
export type Spread = 'contiguous' | 'spread';

const ROWS_AT_ONCE = 20_000;

/** Rows of one server, which grow by one per cent with each day's work. */
export class Filling {
  readonly server: BenchServer;
  private readonly counts = new Map<BenchTable, number>();
  private days = 0;

  constructor(server: BenchServer) {
    this.server = server;
  }

  async fill(bytes: number): Promise<void> {
    await this.server.createTables();
    for (const table of TABLES) await this.append(table, rowCount(table, bytes));
    await this.server.settle();
  }

  /** Appends one per cent to each table and updates one per cent: in one range, or every hundredth row. */
  async work(spread: Spread): Promise<void> {
    this.days += 1;
    for (const table of TABLES) {
      const count = this.counts.get(table) ?? 0;
      const some = Math.max(1, Math.round(count / 100));
      const first = Math.floor(count * (0.2 + 0.11 * (this.days % 6)));
      const which = spread === 'contiguous' ? `id BETWEEN ${first + 1} AND ${first + some}` : `id % 100 = ${this.days}`;
      await this.server.sql(table.database, `UPDATE ${table.name} SET ${table.change} WHERE ${which}`);
      await this.append(table, some);
    }
    await this.server.settle();
  }

  private async append(table: BenchTable, rows: number): Promise<void> {
    const before = this.counts.get(table) ?? 0;
    const last = before + rows;
    for (let first = before + 1; first <= last; first += ROWS_AT_ONCE) {
      await this.server.loadRows(table, rowsOf(table, first, Math.min(last, first + ROWS_AT_ONCE - 1)));
    }
    this.counts.set(table, last);
  }
}
