const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Unit {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const UNITS: readonly Unit[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  // Sunday is 1.
  { name: 'day of week', min: 1, max: 7, words: DAYS },
  { name: 'year', min: 1970, max: 2199 },
];

/** A time of quartz: its fields as sets, in UTC. A `?` is every value. */
export interface Quartz {
  readonly fields: readonly ReadonlySet<number>[];
}

function numberOf(text: string, unit: Unit): number {
  const word = unit.words?.indexOf(text.toUpperCase()) ?? -1;
  const value = word >= 0 ? word + unit.min : Number(text);
  if (!/^\d+$/.test(text) && word < 0) throw new Error(`${unit.name} has ${JSON.stringify(text)}`);
  if (value < unit.min || value > unit.max) throw new Error(`${unit.name} ${value} is not in ${unit.min}-${unit.max}`);
  return value;
}

function parseField(text: string, unit: Unit): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    if (step !== undefined && !/^[1-9]\d*$/.test(step))
      throw new Error(`${unit.name} has the step ${JSON.stringify(step)}`);
    const [first = '', last] = range.split('-');
    const all = range === '*' || range === '?';
    const from = all ? unit.min : numberOf(first, unit);
    const to = all || (step !== undefined && last === undefined) ? unit.max : numberOf(last ?? first, unit);
    // A range may go round, as FRI-MON.
    for (let value = from; value <= (to < from ? to + unit.max - unit.min + 1 : to); value += Number(step ?? 1))
      values.add(value > unit.max ? value - (unit.max - unit.min + 1) : value);
  }
  return values;
}

/** Reads six or seven fields, of whose two days exactly one is `?`. Throws with what is wrong; L, W and # are not known. */
export function parseQuartz(text: string): Quartz {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 6 && parts.length !== 7)
    throw new Error(`${JSON.stringify(text)} has ${parts.length} fields, not 6 or 7`);
  if ((parts[3] === '?') === (parts[5] === '?'))
    throw new Error(`${JSON.stringify(text)}: exactly one of day of month and day of week is ?`);
  const fields = UNITS.map((unit, place) => parseField(parts[place] ?? '*', unit));
  return { fields };
}

/** Whether it fires in this second. */
export function matches({ fields }: Quartz, at: Date): boolean {
  const now = [
    at.getUTCSeconds(),
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
    at.getUTCDay() + 1,
    at.getUTCFullYear(),
  ];
  return fields.every((field, place) => field.has(now[place] ?? -1));
}

/** Whether it fires in any second after `from` and up to `to`. */
export function firesWithin(quartz: Quartz, from: Date, to: Date): boolean {
  const [seconds] = quartz.fields;
  for (let minute = Math.floor(from.getTime() / 60_000) * 60_000; minute <= to.getTime(); minute += 60_000) {
    for (const second of seconds ?? []) {
      const at = new Date(minute + second * 1000);
      if (at > from && at <= to && matches(quartz, at)) return true;
    }
  }
  return false;
}
