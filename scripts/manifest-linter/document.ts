import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Mapping = Readonly<Record<string, unknown>>;

/** One of the two manifests, parsed. */
export interface Document {
  readonly file: string;
  readonly content: Mapping;
}

/** A fault, where it stands, and by which rule. */
export interface Complaint {
  readonly rule: string;
  readonly file: string;
  readonly where: string;
  readonly message: string;
}

/** Says that something is wrong; `where` is a path as `settings.main.tz`. */
export type Complain = (rule: string, where: string, message: string) => void;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {});
export const list = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** Reads a manifest of a checkout. */
export function readDocument(root: string, file: string): Document {
  return { file, content: mapping(parse(readFileSync(join(root, file), 'utf8'))) };
}

/** The name of a step or an event without its selector. */
export const bareName = (key: string): string => key.replace(/\s*\[.*\]\s*$/s, '').trim();

/** Every text below a value, with its path; keys of maps are texts too, marked by `isKey`. */
export function texts(
  value: unknown,
  where = '',
): { readonly text: string; readonly where: string; readonly isKey: boolean }[] {
  if (typeof value === 'string') return [{ text: value, where, isKey: false }];
  if (Array.isArray(value)) return value.flatMap((one, at) => texts(one, `${where}[${at}]`));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const inner = where === '' ? key : `${where}.${key}`;
    return [{ text: key, where: inner, isKey: true }, ...texts(one, inner)];
  });
}

/** A field of a form with its path. */
export interface FieldAt {
  readonly field: Mapping;
  readonly where: string;
}

/** All fields of a form, those of branches and groups too. */
export function fieldsOf(fields: unknown, where: string): FieldAt[] {
  return list(fields).flatMap((one, at) => {
    const field = mapping(one);
    const here = `${where}[${String(field.name ?? at)}]`;
    const branches = Object.entries(mapping(field.showIf)).flatMap(([branch, shown]) =>
      fieldsOf(shown, `${here}.showIf.${branch}`),
    );
    return [{ field, where: here }, ...branches, ...fieldsOf(field.items, `${here}.items`)];
  });
}

/** The forms of a manifest by name. */
export function formsOf(content: Mapping): readonly (readonly [string, Mapping])[] {
  return Object.entries(mapping(content.settings)).map(([name, form]) => [name, mapping(form)] as const);
}

/** Every step of every event and action: the key, what it is given, and what stands beside it. */
export function stepsOf(
  content: Mapping,
): { readonly key: string; readonly value: unknown; readonly beside: Mapping; readonly where: string }[] {
  const chains = Object.entries(content).filter(([key]) => /^on[A-Z]/.test(key) && !/^onBeforeIn(it|stall)$/.test(key));
  const actions = Object.entries(mapping(content.actions)).map(([name, chain]) => [`actions.${name}`, chain] as const);
  return [...chains, ...actions].flatMap(([where, chain]) => chainSteps(chain, where));
}

function chainSteps(chain: unknown, where: string): ReturnType<typeof stepsOf> {
  return list(chain).flatMap((step, at) => {
    const here = `${where}[${at}]`;
    if (typeof step === 'string') return [{ key: step, value: null, beside: {}, where: here }];
    const [[key, value] = ['', null], ...others] = Object.entries(mapping(step));
    if (/^(if|elif|else|forEach)\b/.test(key)) return chainSteps(value, `${here}.${key}`);
    return [{ key, value, beside: Object.fromEntries(others), where: here }];
  });
}
