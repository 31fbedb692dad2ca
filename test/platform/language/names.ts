import { ACTIONS, FILE_ACTIONS, NOT_PLAYED, TOPOLOGY_ACTIONS } from './table.ts';

/** The key of a step, taken apart: `cmd [cp]` is the action `cmd` on `cp`. */
export interface StepName {
  readonly name: string;
  readonly selector: string | null;
}

/** Takes a key like `cmd[cp, bl]` or `onAfterScaleOut [nodeGroup:cp]` apart. */
export function nameOf(key: string): StepName {
  const match = /^([^[\]]+?)\s*\[(.*)\]\s*$/s.exec(key.trim());
  if (match === null) return { name: key.trim(), selector: null };
  return { name: (match[1] ?? '').trim(), selector: (match[2] ?? '').trim() };
}

/** What a key of control says, or null for an action. */
export function controlOf(key: string): { kind: 'if' | 'elif' | 'else' | 'forEach'; text: string } | null {
  const text = key.trim();
  if (/^else$/.test(text)) return { kind: 'else', text: '' };
  const match = /^(if|elif|else\s*if|forEach)\s*\(([\s\S]*)\)$/.exec(text);
  if (match === null) return null;
  const word = match[1] ?? '';
  const kind = word === 'if' || word === 'forEach' ? word : 'elif';
  return { kind, text: match[2] ?? '' };
}

/** Whether this is the dotted path of a method, as `env.control.GetEnvInfo`. */
export const isMethodPath = (name: string): boolean => /^(?:jelastic\.|api\.)?[a-z]\w*(?:\.\w+){2,}$/i.test(name);

/** The path as the platform documents it: without prefix, `env` written out. */
export const methodOf = (path: string): string =>
  path.replace(/^(?:jelastic|api|hivext)\./, '').replace(/^env\./, 'environment.');

/** Whether the platform itself has an action of this name. */
export const isBuiltIn = (name: string): boolean =>
  ACTIONS.has(name) || name in FILE_ACTIONS || name in TOPOLOGY_ACTIONS || name in NOT_PLAYED || isMethodPath(name);
