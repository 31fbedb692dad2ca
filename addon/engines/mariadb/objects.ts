import type { Counts } from '../../../storage-node/base/words.ts';
import type { Server } from '../engine.ts';
import { query, queryEach } from './client.ts';
import { equals, identifier, text } from './text.ts';

const SYSTEM = ['information_schema', 'performance_schema', 'mysql', 'sys'];

/** What TABLE_TYPE says of tables that hold rows. */
const WITH_ROWS = `('BASE TABLE', 'SYSTEM VERSIONED')`;

/** A condition that takes the databases of the server's users. Directories that are none show up with a mark before their name. */
export function ofUsers(column: string): string {
  return `${column} NOT IN (${SYSTEM.map(text).join(', ')}) AND ${column} NOT LIKE '#mysql50#%'`;
}

/** Asks for the names of the databases that are backed up, in a lasting order. */
export const DATABASES = `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE ${ofUsers('SCHEMA_NAME')}
  ORDER BY CAST(SCHEMA_NAME AS BINARY);`;

const viewsOf = (name: string) =>
  `SELECT TABLE_NAME FROM information_schema.VIEWS WHERE ${equals('TABLE_SCHEMA', name)};`;
/** Only this statement opens each view, and says of what it cannot. */
const unreadableOf = (name: string) =>
  `SHOW TABLE STATUS FROM ${identifier(name)} WHERE Engine IS NULL AND Comment <> 'VIEW';`;

const namesIn = (rows: readonly (readonly string[])[]) => rows.map(([name = '']) => name);

/** Views that the server itself cannot read any more, by database; no program can dump them. */
export async function brokenViews(
  server: Server,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (names.length === 0) return new Map();
  const asked = names.flatMap((name, index) => [
    [`views ${index}`, viewsOf(name)],
    [`unreadable ${index}`, unreadableOf(name)],
  ]);
  const told = await queryEach(server, Object.fromEntries(asked) as Record<string, string>, 'dump-changed');
  return new Map(
    names.map((name, index) => [name, both(told[`views ${index}`] ?? [], told[`unreadable ${index}`] ?? [])]),
  );
}

function both(views: readonly (readonly string[])[], unreadable: readonly (readonly string[])[]): readonly string[] {
  const all = new Set(namesIn(views));
  return namesIn(unreadable).filter((name) => all.has(name));
}

/** What a database is and holds, its rows aside. */
export interface Interior {
  /** Objects by kind, without the views that cannot be dumped. */
  readonly objects: Readonly<Record<string, number>>;
  readonly tables: readonly string[];
  readonly brokenViews: readonly string[];
  /** The server's statement that creates the database. */
  readonly created: string;
  /** The largest packet that the server takes. */
  readonly packetBytes: number;
}

/** Looks at one database. */
export async function lookInto(server: Server, database: string): Promise<Interior> {
  const here = (column: string) => equals(column, database);
  const told = await queryEach(
    server,
    {
      kinds: `SELECT CASE WHEN TABLE_TYPE IN ${WITH_ROWS} THEN 'tables' WHEN TABLE_TYPE = 'VIEW' THEN 'views'
         WHEN TABLE_TYPE = 'SEQUENCE' THEN 'sequences' ELSE 'others' END AS kind, COUNT(*)
         FROM information_schema.TABLES WHERE ${here('TABLE_SCHEMA')} GROUP BY kind;
       SELECT 'triggers', COUNT(*) FROM information_schema.TRIGGERS WHERE ${here('TRIGGER_SCHEMA')};
       SELECT CASE ROUTINE_TYPE WHEN 'PROCEDURE' THEN 'procedures' WHEN 'FUNCTION' THEN 'functions' ELSE 'packages' END
         AS kind, COUNT(*) FROM information_schema.ROUTINES WHERE ${here('ROUTINE_SCHEMA')} GROUP BY kind;
       SELECT 'events', COUNT(*) FROM information_schema.EVENTS WHERE ${here('EVENT_SCHEMA')};`,
      tables: `SELECT TABLE_NAME FROM information_schema.TABLES WHERE ${here('TABLE_SCHEMA')}
         AND TABLE_TYPE IN ${WITH_ROWS} ORDER BY CAST(TABLE_NAME AS BINARY);`,
      views: viewsOf(database),
      unreadable: unreadableOf(database),
      created: `SHOW CREATE DATABASE ${identifier(database)};`,
      packet: 'SELECT @@global.max_allowed_packet;',
    },
    'dump-changed',
  );
  const broken = both(told.views, told.unreadable);
  const objects: Record<string, number> = {};
  for (const [kind = '', count = '0'] of told.kinds) objects[kind] = Number(count);
  if (objects.views !== undefined) objects.views -= broken.length;
  return {
    objects,
    tables: namesIn(told.tables),
    brokenViews: broken,
    created: told.created[0]?.[1] ?? '',
    packetBytes: Number(told.packet[0]?.[0]),
  };
}

/** Objects by kind, and every table's rows at one moment. */
export async function countDatabase(server: Server, database: string, interior?: Interior): Promise<Counts> {
  const { objects, tables } = interior ?? (await lookInto(server, database));
  if (tables.length === 0) return { objects, rows: {} };
  const counts = tables.map(
    (table, index) => `SELECT ${index}, COUNT(*) FROM ${identifier(database)}.${identifier(table)};`,
  );
  const sql = `START TRANSACTION WITH CONSISTENT SNAPSHOT;\n${counts.join('\n')}\nCOMMIT;`;
  const told = await query(server, sql, 'dump-changed');
  const rows = told.map(([index = '', count = '']) => [tables[Number(index)] ?? '', Number(count)]);
  return { objects, rows: Object.fromEntries(rows) };
}
