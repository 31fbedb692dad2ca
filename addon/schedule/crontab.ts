import { CronExpressionParser } from 'cron-parser';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { CronFields } from './schedule.ts';

const NAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const KNOWN = Object.keys(NAMES).join(', ');

type FieldName = 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek';
const FIELDS: readonly {
  readonly name: FieldName;
  readonly label: string;
  readonly size: number;
  readonly words: RegExp;
}[] = [
  { name: 'minute', label: 'minute', size: 60, words: /$^/ },
  { name: 'hour', label: 'hour', size: 24, words: /$^/ },
  { name: 'dayOfMonth', label: 'day of month', size: 31, words: /$^/ },
  { name: 'month', label: 'month', size: 12, words: /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$/i },
  { name: 'dayOfWeek', label: 'day of week', size: 7, words: /^(?:sun|mon|tue|wed|thu|fri|sat)$/i },
];
/** In leap years. */
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function refused(setting: string, reason: string): AddonError {
  return new AddonError('request-invalid', `${setting}: ${reason}`, {
    hint: 'enter five fields (minute, hour, day of month, month, day of week) or a name, for example "30 2 * * *" for 02:30 every day, or @daily.',
  });
}

const NO_VALUE = 'is not a number, a list, a range or a step';

function reasonOf({ message }: Error): string {
  const range = /^Constraint error, got (?:value|range) \d+(?:-\d+)? expected range (.+)$/.exec(message)?.[1];
  if (range !== undefined) return `is outside ${range}`;
  if (message.includes('> max')) return 'has a range that ends before it begins';
  return NO_VALUE;
}

/** There are few different fields in many crontabs. */
const known = new Map<string, readonly number[]>();
const KNOWN_AT_MOST = 4_096;

function values(setting: string, index: number, text: string): readonly number[] {
  const key = `${index} ${text}`;
  const former = known.get(key);
  if (former !== undefined) return former;
  const found = read(setting, index, text);
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(key, found);
  return found;
}

function read(setting: string, index: number, text: string): readonly number[] {
  const field = FIELDS[index] as (typeof FIELDS)[number];
  const fail = (reason: string) => refused(setting, `${field.label} ${JSON.stringify(text)} ${reason}`);
  for (const word of text.match(/[^\d*,/-]+/g) ?? []) {
    if (!field.words.test(word)) throw fail(`holds ${JSON.stringify(word)}, which a crontab does not know there`);
  }
  for (const [, step = ''] of text.matchAll(/\/(\d*)/g)) {
    if (Number(step) < 1 || Number(step) >= field.size) throw fail(`has a step outside 1-${field.size - 1}`);
  }
  const numbers = text.split(',').flatMap((item) => {
    // An empty item would let its neighbours move up by one field.
    if (item === '') throw fail(NO_VALUE);
    try {
      const line = FIELDS.map((_, at) => (at === index ? item : '*')).join(' ');
      return CronExpressionParser.parse(line).fields[field.name].values.map(Number);
    } catch (error) {
      throw fail(reasonOf(error as Error));
    }
  });
  return [...new Set(field.name === 'dayOfWeek' ? numbers.map((day) => day % 7) : numbers)].sort((a, b) => a - b);
}

/**
 * Reads five crontab fields or a known `@name`. Throws `request-invalid` naming the setting, the field and the reason,
 * also for a day that no calendar has.
 */
export function parseCrontab(
  setting: string,
  text: string,
): { readonly expression: string; readonly fields: CronFields } {
  const given = text.trim();
  if (given === '') throw refused(setting, 'is empty');
  if (given.startsWith('@') && !Object.hasOwn(NAMES, given.toLowerCase()))
    throw refused(setting, `${JSON.stringify(given)} is not one of ${KNOWN}`);
  const parts = (NAMES[given.toLowerCase()] ?? given).split(/\s+/);
  if (parts.length !== FIELDS.length)
    throw refused(
      setting,
      `${JSON.stringify(given)} has ${parts.length === 1 ? '1 field' : `${parts.length} fields`}, not five`,
    );
  const [minutes = [], hours = [], daysOfMonth = [], months = [], daysOfWeek = []] = parts.map((part, index) =>
    values(setting, index, part),
  );
  const days = parts[2]?.startsWith('*') || parts[4]?.startsWith('*') ? 'both' : 'either';
  const longest = Math.max(...months.map((month) => DAYS_OF_MONTHS[month - 1] ?? 0));
  if (days === 'both' && Math.min(...daysOfMonth) > longest)
    throw refused(setting, `${JSON.stringify(given)} names a day that never comes`);
  return { expression: parts.join(' '), fields: { minutes, hours, daysOfMonth, months, daysOfWeek, days } };
}
