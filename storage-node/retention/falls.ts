import type { Part } from '../base/words.ts';
import { amount, plural } from './amounts.ts';

/** What a backup held, as far as it is compared with another one. */
export interface Held {
  readonly bytes: number;
  readonly parts: readonly Pick<Part, 'name' | 'kind' | 'bytes' | 'counts'>[];
}

/** Something that fell to under half. `subject` is the same for the same thing in another pair of backups. */
export interface Fall {
  readonly subject: string;
  readonly words: string;
}

/** Less than this is a tiny database: its size and its going say nothing. */
const TINY_BYTES = 100_000;
/** A table that is emptied or dropped counts from here. */
const TINY_ROWS = 100;
/** A table that shrinks but lives counts from here, where it also holds this share of its database's rows. */
const SMALL_ROWS = 1_000;
const SMALL_SHARE = 0.05;

type Database = Held['parts'][number];

const halved = (from: number, to: number) => to * 2 < from;
const rowsOf = (part: Database) => new Map(Object.entries(part.counts?.rows ?? {}));
const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, each) => total + each, 0);
const quoted = (name: string) => JSON.stringify(name);

/** Everything that fell to under half from one backup to a later one, tiny things and what only changed its name left out. */
export function fallsBetween(from: Held, to: Held): Fall[] {
  const [before = [], after = []] = [from, to].map(({ parts }) => parts.filter(({ kind }) => kind === 'database'));
  const whole = sizeFall('size', 'the size', from.bytes, to.bytes);
  const databases = before.flatMap((part) => {
    const present = after.find(({ name }) => name === part.name);
    if (present === undefined) return goneDatabase(part, before, after);
    const subject = `database ${quoted(part.name)}`;
    const isSaid = before.length === 1 && whole.length > 0;
    return [...(isSaid ? [] : sizeFall(subject, subject, part.bytes, present.bytes)), ...tableFalls(part, present)];
  });
  return [...whole, ...databases];
}

function goneDatabase(part: Database, before: readonly Database[], after: readonly Database[]): Fall[] {
  const rows = sum(rowsOf(part).values());
  if (part.bytes < TINY_BYTES && rows < TINY_ROWS) return [];
  const added = after.filter(({ name }) => !before.some((each) => each.name === name));
  if (!halved(part.bytes, sum(added.map(({ bytes }) => bytes)))) return [];
  const held = part.counts === null ? '' : ` in ${plural(rows, 'row')}`;
  return [
    {
      subject: `database ${quoted(part.name)}`,
      words: `database ${quoted(part.name)} is gone; it held ${amount(part.bytes)}${held}`,
    },
  ];
}

function sizeFall(subject: string, name: string, from: number, to: number): Fall[] {
  if (from < TINY_BYTES || !halved(from, to)) return [];
  return [{ subject, words: `${name} fell from ${amount(from)} to ${amount(to)}` }];
}

function tableFalls(from: Database, to: Database): Fall[] {
  if (from.counts === null || to.counts === null) return [];
  const [before, after] = [rowsOf(from), rowsOf(to)];
  const total = sum(before.values());
  const added = sum([...after].flatMap(([table, rows]) => (before.has(table) ? [] : [rows])));
  return [...before].flatMap(([table, had]) => {
    const has = after.get(table) ?? 0;
    const isWeighty = has === 0 ? had >= TINY_ROWS : had >= SMALL_ROWS && had >= total * SMALL_SHARE;
    if (!halved(had, has) || !isWeighty || !halved(had - has, added)) return [];
    const isGone = !after.has(table);
    if (isGone && isRotated(table, after)) return [];
    const subject = `table ${quoted(table)} of ${quoted(from.name)}`;
    const outcome = isGone ? `is gone; it held ${plural(had, 'row')}` : `fell from ${plural(had, 'row')} to ${has}`;
    return [{ subject, words: `${subject} ${outcome}` }];
  });
}

/** Whether other tables are left whose names differ in their digits only: a partition or a month's log went, as it does. */
function isRotated(table: string, after: ReadonlyMap<string, number>): boolean {
  const pattern = (name: string) => name.replaceAll(/\d+/g, '0');
  return /\d/.test(table) && [...after.keys()].some((name) => pattern(name) === pattern(table));
}
