import { AddonError } from '../../storage-node/base/errors.ts';
import type { KeepRule, Period, Span, Tier } from '../../storage-node/index.ts';

const AGES = { setting: 'backupAge', example: 'backupAge: "90 days", or "7 days hourly, 30 days daily"' } as const;
const RULES = { setting: 'keepRules', example: 'keepRules: "hourly 24, daily 7, weekly 4, monthly 12"' } as const;
const LARGEST = 1000;
const MOST_ITEMS = 10;

const ADVERBS = new Map<string, Period>([
  ['hourly', 'hour'],
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
  ['yearly', 'year'],
]);
const UNITS = new Map<string, Period>(
  [...ADVERBS.values()].flatMap((unit) => [[unit, unit] as const, [`${unit}s`, unit]]),
);
/** How often one is kept: `all` is the default, and a `full` one is the one of its day. */
const EACH = new Map<string, Period | null>([...ADVERBS, ['full', 'day'], ['all', null]]);

type Field = typeof AGES | typeof RULES;

function refused({ setting, example }: Field, item: string, reason: string): AddonError {
  const subject = item === '' ? '' : `${JSON.stringify(item)} `;
  return new AddonError('request-invalid', `settings.${setting}: ${subject}${reason}`, {
    hint: `for example: ${example}.`,
  });
}

function itemsOf(field: Field, text: string): string[] {
  if (text.trim() === '') return [];
  const items = text.split(',').map((item) => item.trim().replaceAll(/\s+/g, ' ').toLowerCase());
  if (items.length > MOST_ITEMS) throw refused(field, '', `has more than ${MOST_ITEMS} entries`);
  if (items.includes('')) throw refused(field, '', 'has a comma with nothing beside it');
  return items;
}

function countOf(field: Field, item: string, digits: string): number {
  const count = Number(digits);
  if (count >= 1 && count <= LARGEST) return count;
  throw refused(field, item, `has a number outside 1-${LARGEST}`);
}

/**
 * Reads `90 days` or `7 days hourly, 30 days daily`: how long backups stay, all of them or the newest one of each period. Units are
 * hours, days, weeks, months and years; `full` means `daily`. Throws `request-invalid` with the reason and an example.
 */
export function parseAges(text: string): Tier[] {
  return itemsOf(AGES, text).map((item) => {
    const [, digits, unit = '', often = 'all', rest] = /^(\d+) ?([a-z]*)(?: ([a-z]+))?(.*)$/.exec(item) ?? [];
    if (digits === undefined || rest !== '') throw refused(AGES, item, 'is not a length of time');
    if (unit === '') throw refused(AGES, item, 'has no unit');
    const named = UNITS.get(unit);
    if (named === undefined) throw refused(AGES, item, 'has no unit among hours, days, weeks, months, years');
    const each = EACH.get(often);
    if (each === undefined)
      throw refused(AGES, item, 'ends in none of all, full, hourly, daily, weekly, monthly, yearly');
    const within: Span = { count: countOf(AGES, item, digits), unit: named };
    return { within, each };
  });
}

/**
 * Reads `hourly 24, daily 7, weekly 4, monthly 12`: of how many periods the newest backup stays. Throws `request-invalid` with the
 * reason and an example.
 */
export function parseRules(text: string): KeepRule[] {
  const rules = itemsOf(RULES, text).map((item) => {
    const [, name = '', digits] = /^([a-z]+) ?(\d+)$/.exec(item) ?? [];
    if (digits === undefined) throw refused(RULES, item, 'is not a period with a number');
    const each = ADVERBS.get(name);
    if (each === undefined) throw refused(RULES, item, 'begins with none of hourly, daily, weekly, monthly, yearly');
    return { each, count: countOf(RULES, item, digits) };
  });
  const twice = rules.find(({ each }, index) => rules.findIndex((rule) => rule.each === each) < index);
  if (twice !== undefined) throw refused(RULES, text.trim(), `names the ${twice.each} twice`);
  return rules;
}
