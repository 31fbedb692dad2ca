import type { Mapping } from './types.ts';

/** Whether this is a map of the manifest. */
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The map, or an empty one. */
export const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {});

/** One thing or a list of them, as a list; nothing is an empty one. */
export const list = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** What a placeholder or a field shows of a value. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Numbers, also when written as text; undefined for everything else. */
export function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '' || typeof value === 'boolean') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Booleans, also when written as text. */
export function booleanOf(value: unknown, otherwise: boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : otherwise;
}

/** The text of this locale; else English, else the first one. Plain text stays. */
export function localised(value: unknown, locale = 'en'): string {
  if (!isMapping(value)) return textOf(value);
  return textOf(value[locale] ?? value.en ?? Object.values(value)[0]);
}

/** Splits at a separator outside of brackets and quotes. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
