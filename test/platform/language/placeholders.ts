import { callFunction, callMethod, isMethod } from './functions.ts';
import { isMapping, splitOutside, textOf } from './mapping.ts';

/** What placeholders read: a value by family (`env`, `settings`, …), and what `fn` needs to know. */
export interface Sources {
  readonly families: Readonly<Record<string, unknown>>;
  /** Loop variables by name, innermost last. */
  readonly loops: readonly { readonly name: string; readonly value: unknown; readonly index: number }[];
  readonly engine: string;
}

type Step = { readonly name: string; readonly args: string | null };

const STEP = /^(?:\.?([\w@-]+)|\[([\w-]+)\])/;

/** Steps of a path like `nodes.cp[0].join(id,)`; null for what is no path: that placeholder is left alone. */
function stepsOf(path: string): Step[] | null {
  const steps: Step[] = [];
  let rest = path.trim();
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null || (steps.length === 0 && rest.startsWith('.'))) return null;
    rest = rest.slice(match[0].length);
    let args: string | null = null;
    if (rest.startsWith('(')) {
      const end = closing(rest);
      if (end < 0) return null;
      args = rest.slice(1, end);
      rest = rest.slice(end + 1);
    }
    if (rest !== '' && !/^[.[]/.test(rest)) return null;
    steps.push({ name: match[1] ?? match[2] ?? '', args });
  }
  return steps.length === 0 ? null : steps;
}

function closing(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

function ofList(items: readonly unknown[], name: string): unknown {
  if (name === 'length') return items.length;
  if (name === 'first') return items[0];
  if (name === 'last') return items.at(-1);
  if (name === 'master') return items.find((item) => isMapping(item) && item.ismaster === true) ?? items[0];
  if (/^\d+$/.test(name)) return items[Number(name)];
  return isMapping(items[0]) ? items[0][name] : undefined;
}

const own = (value: unknown, key: string) => (isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined);

/** Walks the steps; keys may themselves hold dots, as names of quotas do. */
function walk(start: unknown, steps: readonly Step[], argument: (text: string) => string): unknown {
  let value = start;
  for (let at = 0; at < steps.length; at++) {
    const { name, args } = steps[at] as Step;
    if (value === undefined) return undefined;
    if (typeof value === 'string' && args === null && /^\s*[[{]/.test(value)) value = parsed(value);
    if (isMethod(name) && (args !== null || (name === 'print' && own(value, name) === undefined))) {
      value = callMethod(value, name, args ?? '', argument);
    } else if (args !== null) return undefined;
    else if (Array.isArray(value)) value = ofList(value, name);
    else {
      const whole = longestKey(value, steps.slice(at));
      if (whole === null) return undefined;
      value = whole.value;
      at += whole.used - 1;
    }
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // no JSON after all: then it has no parts either
  }
}

function longestKey(value: unknown, steps: readonly Step[]): { value: unknown; used: number } | null {
  const plain = own(value, steps[0]?.name ?? '');
  if (plain !== undefined) return { value: plain, used: 1 };
  const names = steps.map(({ name }) => name);
  for (let used = names.length; used > 1; used--) {
    const found = own(value, names.slice(0, used).join('.'));
    if (found !== undefined) return { value: found, used };
  }
  return null;
}

function ofLoop(path: string, { loops }: Sources): { start: unknown; rest: string } | null {
  if (path === '@') return { start: loops.at(-1)?.index, rest: '' };
  const match = /^(@@?)(\w*)/.exec(path);
  if (match === null) return null;
  const [all, marks, name = ''] = match;
  const loop = name === '' ? loops.at(-2) : loops.findLast((candidate) => candidate.name === name);
  const start = marks === '@@' ? loop?.index : loop?.value;
  return { start, rest: path.slice(all.length).replace(/^\./, '') };
}

/** The value behind an expression without its braces; undefined where there is none. */
export function valueBehind(expression: string, sources: Sources): unknown {
  const [path = '', ...otherwise] = splitOutside(expression, ':');
  const found = valueOfPath(path.trim(), sources);
  if (found !== undefined || otherwise.length === 0 || (stepsOf(path) === null && !path.startsWith('@'))) return found;
  const text = otherwise.join(':');
  return defaultOf(text, sources);
}

/** A default may be another placeholder in square brackets, or have such in it; one that is nothing else must be there. */
function defaultOf(text: string, sources: Sources): unknown {
  const whole = /^\s*\[([^[\]]*)\]\s*$/.exec(text);
  if (whole !== null) return valueBehind(whole[1] ?? '', sources);
  return text.replace(/\[([^[\]]*)\]/g, (all, inner: string) => {
    const value = valueBehind(inner, sources);
    return value === undefined ? all : textOf(value);
  });
}

function valueOfPath(path: string, sources: Sources): unknown {
  const argument = (text: string) => argumentOf(text, sources);
  const loop = path.startsWith('@') ? ofLoop(path, sources) : null;
  if (loop !== null) {
    const rest = loop.rest === '' ? [] : stepsOf(loop.rest);
    return rest === null ? undefined : walk(loop.start, rest, argument);
  }
  const steps = stepsOf(path);
  const [head, ...rest] = steps ?? [];
  if (head === undefined) return undefined;
  if (head.name === 'placeholders' && rest.length === 0) return sources.families;
  if (head.name === 'fn' && rest[0] !== undefined) {
    const made = callFunction(rest[0].name, splitArguments(rest[0].args, argument), sources.engine);
    return walk(made, rest.slice(1), argument);
  }
  return walk(own(sources.families, head.name), rest, argument);
}

const splitArguments = (args: string | null, argument: (text: string) => string) =>
  args === null || args === '' ? [] : splitOutside(args, ',').map(argument);

/** An argument as written, or what `[x]` stands for. */
function argumentOf(text: string, sources: Sources): string {
  const nested = /^\s*\[(.*)\]\s*$/s.exec(text);
  if (nested === null) return text;
  return textOf(valueBehind(nested[1] ?? '', sources));
}

/** One piece of a text: as it stands, or a placeholder with its parts. */
type Piece = string | { readonly inner: readonly Piece[] };

function pieces(text: string, from: number, nested: boolean): { list: Piece[]; end: number; closed: boolean } {
  const found: Piece[] = [];
  let start = from;
  let at = from;
  while (at < text.length) {
    if (text.startsWith('${', at)) {
      const inner = pieces(text, at + 2, true);
      if (inner.closed) {
        found.push(text.slice(start, at), { inner: inner.list });
        start = inner.end;
        at = inner.end;
        continue;
      }
      at += 2;
    } else if (nested && text[at] === '}') {
      return { list: [...found, text.slice(start, at)], end: at + 1, closed: true };
    } else at++;
  }
  return { list: [...found, text.slice(start)], end: at, closed: false };
}

function render(list: readonly Piece[], sources: Sources): string {
  return list
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const expression = render(piece.inner, sources);
      const value = valueBehind(expression, sources);
      return value === undefined ? `\${${expression}}` : textOf(value);
    })
    .join('');
}

/** Replaces each placeholder once; what came out of one is text and is not looked at again. Unknown ones stay as they are. */
export function substitute(text: string, sources: Sources): string {
  return text.includes('${') ? render(pieces(text, 0, false).list, sources) : text;
}

/** What a text that is nothing but one placeholder stands for, not turned into text; undefined for every other text. */
export function wholeValue(text: string, sources: Sources): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith('${')) return undefined;
  const { list } = pieces(trimmed, 0, false);
  const only = list.filter((piece) => piece !== '');
  const [piece] = only;
  if (only.length !== 1 || piece === undefined || typeof piece === 'string') return undefined;
  return valueBehind(render(piece.inner, sources), sources);
}
