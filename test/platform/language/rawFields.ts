import { isMapping } from './mapping.ts';
import type { Mapping } from './types.ts';

/** Fields come as lists, alone, or as maps by name; branches of `showIf` as maps of any of these. */
const isField = (given: Mapping) => typeof given.type === 'string' || typeof given.name === 'string';
const INNER = ['items', 'showIf'];

/** The same fields, each changed, those inside of it first. */
export async function changeFields(
  given: unknown,
  change: (field: Mapping) => Mapping | Promise<Mapping>,
): Promise<unknown> {
  if (Array.isArray(given)) return Promise.all(given.map((one) => changeFields(one, change)));
  if (!isMapping(given)) return given;
  const keys = Object.keys(given).filter((key) => !isField(given) || INNER.includes(key));
  const changed = await Promise.all(keys.map(async (key) => [key, await changeFields(given[key], change)]));
  const inner = { ...given, ...Object.fromEntries(changed) };
  return isField(given) ? change(inner) : inner;
}

/** All fields as written, in all branches. */
export function allFields(given: unknown): Mapping[] {
  if (Array.isArray(given)) return given.flatMap(allFields);
  if (!isMapping(given)) return [];
  if (!isField(given)) return Object.values(given).flatMap(allFields);
  return [given, ...INNER.flatMap((key) => allFields(given[key]))];
}
