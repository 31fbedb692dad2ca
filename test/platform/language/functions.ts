import { createHash, randomInt, randomUUID } from 'node:crypto';
import { isMapping, textOf } from './mapping.ts';

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const digest = (text: string) => createHash('md5').update(text).digest('hex');

/** -1, 0 or 1, comparing dotted numbers part by part. */
function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0));
  for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at++) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function random(args: readonly string[]): number {
  const [first, second] = args.map(Number);
  if (first === undefined) return randomInt(2 ** 31 - 1);
  return second === undefined ? randomInt(0, first + 1) : randomInt(first, second + 1);
}

/** What `fn.<name>(…)` makes; undefined for a function that does not exist. */
export function callFunction(name: string, args: readonly string[], engine: string): unknown {
  const [first = '', second = ''] = args;
  switch (name) {
    case 'password':
      return Array.from({ length: Number(first) || 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    case 'random':
      return random(args);
    case 'uuid':
      return randomUUID();
    case 'md5':
      return digest(first);
    case 'base64':
      return Buffer.from(first).toString('base64');
    case 'compare':
      return compareVersions(first, second);
    case 'compareEngine':
      return compareVersions(engine, first);
    default:
      return undefined;
  }
}

const METHODS = ['toBase64', 'fromBase64', 'md5', 'join', 'toJSON', 'print', 'contains'];

/** Whether this is one of the functions that may follow a placeholder. */
export const isMethod = (name: string): boolean => METHODS.includes(name);

function joined(value: unknown, args: string): unknown {
  if (!Array.isArray(value)) return undefined;
  const comma = args.indexOf(',');
  const ofKeys = value.some(isMapping);
  const key = comma < 0 ? args : args.slice(0, comma);
  const separator = (comma < 0 ? (ofKeys ? '' : args) : args.slice(comma + 1)) || ',';
  return value.map((item) => textOf(isMapping(item) ? item[key.trim()] : item)).join(separator);
}

function contains(value: unknown, args: string, argument: (text: string) => string): boolean {
  const [first = '', ...more] = args.split(',').map((part) => argument(part.trim()));
  const wanted = more.length === 0 ? first : more.join(',');
  if (typeof value === 'string') return value.includes(wanted);
  const items = Array.isArray(value) ? value : isMapping(value) ? Object.values(value) : [];
  return items.some((item) => textOf(more.length > 0 && isMapping(item) ? item[first] : item) === wanted);
}

/** What a value becomes by one of these functions. */
export function callMethod(value: unknown, name: string, args: string, argument: (text: string) => string): unknown {
  switch (name) {
    case 'toBase64':
      return Buffer.from(textOf(value)).toString('base64');
    case 'fromBase64':
      return Buffer.from(textOf(value), 'base64').toString();
    case 'md5':
      return digest(textOf(value));
    case 'join':
      return joined(value, args);
    case 'toJSON':
      return JSON.stringify(value, null, Number(args) || undefined);
    case 'print':
      return isMapping(value) || Array.isArray(value) ? JSON.stringify(value, null, 2) : textOf(value);
    default:
      return contains(value, args, argument);
  }
}
