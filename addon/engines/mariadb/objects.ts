import type { Counts } from '../../../storage-node/base/words.ts';
import type { Server } from '../engine.ts';
import { query } from './client.ts';
import { equals, identifier, text } from './text.ts';

const SYSTEM = ['information_schema', 'performance_schema', 'mysql', 'sys'];

/** What TABLE_TYPE says of tables that hold rows. */
const WITH_ROWS = `('BASE TABLE', 'SYSTEM VERSIONED')`;

/** A condition that takes the databases of the server's users. Directories that are none show up with a mark before their name. */
export function ofUsers(column: string): string {
  return `${column} NOT IN (${SYSTEM.map(text).join(', ')}) AND ${column} NOT LIKE '#mysql50#%'`;
}

/** Names of the databases that are backed up, in a lasting order. */
export async function databases(server: Server): Promise<readonly string[]> {
  const rows = await query(
    server,
    `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE ${ofUsers('SCHEMA_NAME')}
     ORDER BY CAST(SCHEMA_NAME AS BINARY);`,
  );
  return rows.map(([name = '']) => name);
}

/** Views that the server itself cannot read any more, by database; no program can dump them. Only this statement opens each one. */
export async function brokenViews(
  server: Server,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const asked = names.map(
    (name, index) =>
      `SELECT 'database', ${index}, '';
       SELECT 'view', TABLE_NAME FROM information_schema.VIEWS WHERE ${equals('TABLE_SCHEMA', name)};
       SHOW TABLE STATUS FROM ${identifier(name)} WHERE Engine IS NULL AND Comment <> 'VIEW';`,
  );
  const broken = new Map(names.map((name) => [name, [] as string[]]));
  if (names.length === 0) return broken;
  const views = new Set<string>();
  let list: string[] = [];
  for (const [first = '', second = '', ...more] of await query(server, asked.join('\n'), 'dump-changed')) {
    if (more.length === 1) {
      list = broken.get(names[Number(second)] ?? '') ?? [];
      views.clear();
    } else if (more.length === 0) views.add(second);
    else if (views.has(first)) list.push(first);
  }
  return broken;
}

/** Objects by kind, and every table's rows at one moment. */
export async function countDatabase(server: Server, database: string): Promise<Counts> {
  const broken = (await brokenViews(server, [database])).get(database) ?? [];
  const here = (column: string) => equals(column, database);
  const kinds = await query(
    server,
    `SELECT CASE WHEN TABLE_TYPE IN ${WITH_ROWS} THEN 'tables' WHEN TABLE_TYPE = 'VIEW' THEN 'views'
       WHEN TABLE_TYPE = 'SEQUENCE' THEN 'sequences' ELSE 'others' END AS kind, COUNT(*)
       FROM information_schema.TABLES WHERE ${here('TABLE_SCHEMA')} GROUP BY kind;
     SELECT 'triggers', COUNT(*) FROM information_schema.TRIGGERS WHERE ${here('TRIGGER_SCHEMA')};
     SELECT CASE ROUTINE_TYPE WHEN 'PROCEDURE' THEN 'procedures' WHEN 'FUNCTION' THEN 'functions' ELSE 'packages' END
       AS kind, COUNT(*) FROM information_schema.ROUTINES WHERE ${here('ROUTINE_SCHEMA')} GROUP BY kind;
     SELECT 'events', COUNT(*) FROM information_schema.EVENTS WHERE ${here('EVENT_SCHEMA')};
     SELECT 'table', TABLE_NAME FROM information_schema.TABLES WHERE ${here('TABLE_SCHEMA')}
       AND TABLE_TYPE IN ${WITH_ROWS} ORDER BY CAST(TABLE_NAME AS BINARY);`,
  );
  const objects: Record<string, number> = {};
  for (const [kind = '', count = '0'] of kinds.filter(([kind]) => kind !== 'table')) objects[kind] = Number(count);
  if (objects.views !== undefined) objects.views -= broken.length;
  const tables = kinds.filter(([kind]) => kind === 'table').map(([, name = '']) => name);
  return { objects, rows: await rowsOfTables(server, database, tables) };
}

async function rowsOfTables(
  server: Server,
  database: string,
  tables: readonly string[],
): Promise<Record<string, number>> {
  if (tables.length === 0) return {};
  const counts = tables.map(
    (table, index) => `SELECT ${index}, COUNT(*) FROM ${identifier(database)}.${identifier(table)};`,
  );
  const sql = `START TRANSACTION WITH CONSISTENT SNAPSHOT;\n${counts.join('\n')}\nCOMMIT;`;
  const rows = await query(server, sql, 'dump-changed');
  return Object.fromEntries(rows.map(([index = '', count = '']) => [tables[Number(index)] ?? '', Number(count)]));
}
