import type { MariadbServer } from '../../servers/mariadb.ts';
import type { Fingerprint } from '../dataset.ts';
import { rowsOf } from '../files.ts';

/** Everything that a customer may have made: content of the tables by checksum, all else in the server's own words about it. */
export async function fingerprint(server: MariadbServer): Promise<Fingerprint> {
  const things = rowsOf(await server.sql(inventory)).map(([subject = '', question = '']) => {
    return { subject: text(subject), question: text(question) };
  });
  const end = 'that was all about it';
  const questions = things.map(({ question }) => `${question};\nSELECT '${end}';`);
  const answers = (await server.sql(questions.join('\n'))).split(`${end}\n`);
  // SHOW GRANTS has no order of its own, nor have the columns in it, and a trigger's last column tells when it was made.
  const tidy = (answer: string) => answer.replace(/\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d$/gm, '');
  return new Map(things.map(({ subject }, position) => [subject, sortGrants(tidy(answers[position] ?? ''))]));
}

/** The databases that are not the server's own. */
export async function databases(server: MariadbServer): Promise<string[]> {
  const query = `SELECT schema_name FROM information_schema.schemata WHERE ${customers('schema_name')}`;
  return rowsOf(await server.sql(query)).map(([name = '']) => text(name));
}

/** Statements that drop all accounts and roles that are not the server's own. */
export async function dropAccounts(server: MariadbServer): Promise<string[]> {
  const query = `SELECT CONCAT('DROP ', IF(is_role = 'Y', 'ROLE ', 'USER '), ${account}, ';') FROM mysql.user WHERE ${customerAccounts}`;
  return rowsOf(await server.sql(query)).map(([statement = '']) => text(statement));
}

/** A name between backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** What the client's batch mode escaped. */
function text(field: string): string {
  const plain: Record<string, string> = { n: '\n', t: '\t', '0': '\0', '\\': '\\' };
  return field.replace(/\\(.)/g, (_, letter: string) => plain[letter] ?? letter);
}

function sortGrants(answer: string): string {
  if (!answer.includes('GRANT ')) return answer.trim();
  const columns = (list: string) => list.split(', ').sort().join(', ');
  const lines = answer
    .split('\n')
    .map((line) => line.replace(/\(([^()]*)\)/g, (_, list: string) => `(${columns(list)})`));
  return lines.sort().join('\n').trim();
}

const customers = (schema: string) => `${schema} NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')`;
const account = `CONCAT(QUOTE(user), IF(is_role = 'Y', '', CONCAT('@', QUOTE(host))))`;
const customerAccounts = `user NOT IN ('root', 'mariadb.sys')`;
const quoted = (...names: readonly string[]) =>
  names.map((name) => `'\`', REPLACE(${name}, '\`', '\`\`'), '\`'`).join(`, '.', `);
// Not CHECKSUM TABLE: for tables with stored generated columns it answers differently from time to time.
const row = `GROUP_CONCAT('QUOTE(', ${quoted('column_name')}, ')' ORDER BY ordinal_position)`;

/** Subjects, and the question to ask about each. */
const inventory = `
SET SESSION group_concat_max_len = 1000000;
SELECT CONCAT('database ', schema_name), CONCAT('SHOW CREATE DATABASE ', ${quoted('schema_name')})
  FROM information_schema.schemata WHERE ${customers('schema_name')};
SELECT CONCAT('table ', t.table_schema, '.', t.table_name),
    CONCAT('SELECT COUNT(*), SUM(CAST(CONV(LEFT(MD5(CONCAT_WS(",", ', ${row}, ')), 15), 16, 10) AS UNSIGNED)) FROM ', ${quoted('t.table_schema', 't.table_name')},
      '; SHOW CREATE TABLE ', ${quoted('t.table_schema', 't.table_name')})
  FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
  WHERE table_type = 'BASE TABLE' AND ${customers('t.table_schema')} GROUP BY t.table_schema, t.table_name;
SELECT CONCAT('sequence ', table_schema, '.', table_name),
    CONCAT('SELECT next_not_cached_value, cycle_count FROM ', ${quoted('table_schema', 'table_name')}, '; SHOW CREATE SEQUENCE ', ${quoted('table_schema', 'table_name')})
  FROM information_schema.tables WHERE table_type = 'SEQUENCE' AND ${customers('table_schema')};
SELECT CONCAT('view ', table_schema, '.', table_name), CONCAT('SHOW CREATE VIEW ', ${quoted('table_schema', 'table_name')})
  FROM information_schema.views WHERE ${customers('table_schema')};
SELECT CONCAT('trigger ', trigger_schema, '.', trigger_name),
    CONCAT('SELECT ', action_order, ', ', QUOTE(event_object_table), '; SHOW CREATE TRIGGER ', ${quoted('trigger_schema', 'trigger_name')})
  FROM information_schema.triggers WHERE ${customers('trigger_schema')};
SELECT CONCAT('routine ', routine_schema, '.', routine_name), CONCAT('SHOW CREATE ', routine_type, ' ', ${quoted('routine_schema', 'routine_name')})
  FROM information_schema.routines WHERE ${customers('routine_schema')};
SELECT CONCAT('event ', event_schema, '.', event_name), CONCAT('SHOW CREATE EVENT ', ${quoted('event_schema', 'event_name')})
  FROM information_schema.events WHERE ${customers('event_schema')};
SELECT CONCAT('account ', ${account}), CONCAT(IF(is_role = 'Y', '', CONCAT('SHOW CREATE USER ', ${account}, '; ')), 'SHOW GRANTS FOR ', ${account})
  FROM mysql.user WHERE ${customerAccounts};`;
