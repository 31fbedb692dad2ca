import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { ROOMS, roomOf, SINGLE_ROOM, UNBOUND } from './rooms.ts';
import { lineAt, type Scanned, type Violation } from './source.ts';

/** One import or re-export, static or dynamic. */
export interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
  readonly position: number;
}

const STATEMENT = /\b(?:import|export)\b((?:(?!\b(?:import|export)\b)[\w\s{},*$])*?)\bfrom\s*(?=['"])/g;
const BARE = /(?<![.\w$])import\s*(?=['"])/g;
const DYNAMIC = /(?<![\w$])(?<!\.(?=import|require))(?:import|require)\s*\(\s*/g;

function isTypesOnly(clause: string): boolean {
  if (/^\s+type\b(?!\s*,)/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(clause)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type '));
}

/** All imports of a source. A dynamic import whose module is computed has an empty specifier. */
export function importsOf(source: Scanned): Import[] {
  const specifierAt = (start: number): string => {
    const quote = source.code[start];
    if (quote !== "'" && quote !== '"' && quote !== '`') return '';
    return source.text.slice(start + 1, source.code.indexOf(quote, start + 1));
  };
  const find = (pattern: RegExp, typesOnly: (clause: string) => boolean): Import[] =>
    [...source.code.matchAll(pattern)].map((match) => ({
      specifier: specifierAt(match.index + match[0].length),
      typesOnly: typesOnly(match[1] ?? ''),
      position: match.index,
    }));
  return [...find(STATEMENT, isTypesOnly), ...find(BARE, () => false), ...find(DYNAMIC, () => false)];
}

function packageOf(specifier: string): string {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return builtinModules.includes(name) && !name.startsWith('node:') ? `node:${name}` : name;
}

function packageProblem(source: Scanned, name: string): string | undefined {
  const rule = SINGLE_ROOM[name];
  if (rule === undefined || source.path === rule.only || roomOf(source.path) === rule.only) return undefined;
  return `${name} is imported in ${rule.only} only: ${rule.because}`;
}

function roomProblem(source: Scanned, { specifier, typesOnly }: Import): string | undefined {
  const room = roomOf(source.path);
  const target = posix.join(posix.dirname(source.path), specifier);
  const targetRoom = roomOf(target);
  const rule = ROOMS[room];
  if (room === targetRoom || rule === undefined) return undefined;
  const named = (list: readonly string[] = []) => list.includes(targetRoom) || list.includes(target);
  if (named(rule.may) || (typesOnly && named(rule.types))) return undefined;
  if (named(rule.types)) return `${room} may import types only from ${targetRoom}: ${rule.because}`;
  if (room.startsWith('storage-node') && targetRoom.startsWith('addon'))
    return `${room} imports ${target}: the arrow runs from addon to storage-node, never back`;
  return `${room} may not import ${target}: ${rule.because}`;
}

/** Where imports leave the table, or a package is used outside its room. */
export function importViolations(sources: readonly Scanned[]): Violation[] {
  return sources.flatMap((source) => {
    const room = roomOf(source.path);
    if (UNBOUND.includes(room)) return [];
    const violation = (message: string, position = 0): Violation => ({
      rule: 'imports',
      path: source.path,
      line: lineAt(source, position),
      message,
    });
    if (ROOMS[room] === undefined) return [violation(`${room} has no line in the import table`)];
    return importsOf(source).flatMap((entry) => {
      const problem =
        entry.specifier === ''
          ? 'a computed import cannot be checked'
          : entry.specifier.startsWith('.')
            ? roomProblem(source, entry)
            : packageProblem(source, packageOf(entry.specifier));
      return problem === undefined ? [] : [violation(problem, entry.position)];
    });
  });
}
