import { Refusal } from '../words.ts';

/** The parameters of a call, by name. Everything may come as text, as over REST. */
export interface Given {
  readonly all: Readonly<Record<string, unknown>>;
  raw(name: string): unknown;
  /** Undefined where it was left out, or is null or empty. */
  text(name: string): string | undefined;
  required(name: string): string;
  number(name: string, otherwise: number): number;
  flag(name: string, otherwise?: boolean): boolean;
  /** A list: an array, JSON of one, or text between commas. */
  list(name: string): readonly unknown[];
  /** A map: an object, or JSON of one. */
  map(name: string): Readonly<Record<string, unknown>>;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names what was given by position; a single object, or a second one after the environment's name, gives by name. */
export function nameParameters(
  names: readonly string[],
  parameters: Readonly<Record<string, unknown>> | readonly unknown[],
): Readonly<Record<string, unknown>> {
  if (!Array.isArray(parameters)) return parameters as Readonly<Record<string, unknown>>;
  if (parameters.length === 1 && isMap(parameters[0]) && names[0] !== 'env') return parameters[0];
  return Object.fromEntries(parameters.map((value, place) => [names[place] ?? `parameter${place + 1}`, value]));
}

/** Reads parameters. Names are matched whatever their case, as REST has them. */
export function giveParameters(all: Readonly<Record<string, unknown>>): Given {
  const byName = new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
  const raw = (name: string) => byName.get(name.toLowerCase());
  const text = (name: string) => {
    const value = raw(name);
    if (value === undefined || value === null || value === '') return undefined;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  const parsed = (name: string): unknown => {
    const value = raw(name);
    if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
    try {
      return JSON.parse(value);
    } catch (error) {
      throw new Refusal(3, `parameter ${name} is no JSON: ${(error as Error).message}`);
    }
  };
  return {
    all,
    raw,
    text,
    required: (name) => {
      const value = text(name);
      if (value === undefined) throw new Refusal(3, `required parameter [${name}] is missing`);
      return value;
    },
    number: (name, otherwise) => {
      const value = text(name);
      if (value === undefined) return otherwise;
      if (!Number.isFinite(Number(value))) throw new Refusal(3, `parameter ${name} is no number: ${value}`);
      return Number(value);
    },
    flag: (name, otherwise = false) => {
      const value = text(name);
      return value === undefined ? otherwise : value === 'true' || value === '1';
    },
    list: (name) => {
      const value = parsed(name);
      if (Array.isArray(value)) return value;
      if (value === undefined || value === null || value === '') return [];
      return isMap(value) ? [value] : String(value).split(',');
    },
    map: (name) => {
      const value = parsed(name);
      return isMap(value) ? value : {};
    },
  };
}
