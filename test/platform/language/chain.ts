import { succeeded } from './answers.ts';
import { conditionOf } from './condition.ts';
import { type Frame, resolve, resolveText, sourcesOf, TEXT_ARGUMENT } from './frame.ts';
import { isMapping, list, mapping, splitOutside } from './mapping.ts';
import { controlOf, isBuiltIn, nameOf } from './names.ts';
import { substitute, valueBehind, wholeValue } from './placeholders.ts';
import type { Answer, Mapping, Outcome } from './types.ts';

/** One action to be run: its name, what was given to it, and what stands beside it. Nothing of it is resolved yet. */
export interface Call {
  readonly name: string;
  readonly selector: string | null;
  readonly value: unknown;
  readonly siblings: Mapping;
  readonly frame: Frame;
}

/** Runs the platform's own actions. */
export type BuiltIns = (call: Call) => Promise<Answer>;

/** `return` and `stopEvent` end everything that the event began. */
export class Ended extends Error {
  readonly answer: Answer;
  readonly stopped: Outcome['stopped'];
  constructor(answer: Answer, stopped: Outcome['stopped'] = null) {
    super('ended by the manifest');
    this.answer = answer;
    this.stopped = stopped;
  }
}

const OK: Answer = { result: 0 };
const DEEPEST = 60;

/** Runs steps in their order until one answers with a result that is not 0; that is the answer. */
export function chains(builtIn: BuiltIns) {
  async function chain(steps: unknown, frame: Frame): Promise<Answer> {
    const memory = { taken: false };
    let answer = OK;
    for (const step of list(steps)) {
      answer = await runStep(step, frame, memory);
      if (!succeeded(answer)) return answer;
    }
    return answer;
  }

  async function runStep(step: unknown, frame: Frame, memory: { taken: boolean }): Promise<Answer> {
    if (Array.isArray(step)) return chain(step, frame);
    if (typeof step === 'string') {
      const name = await resolveText(step, frame);
      return runAction({ ...nameOf(name), value: undefined, siblings: {}, frame });
    }
    if (!isMapping(step)) return { result: 1, error: `${frame.place}: ${JSON.stringify(step)} is no step` };
    let answer = OK;
    let known = false;
    for (const [key, value] of Object.entries(step)) {
      const control = controlOf(key);
      if (control === null && !isAction(nameOf(key).name, frame)) continue;
      known = true;
      answer =
        control === null
          ? await runAction({ ...nameOf(key), value, siblings: without(step, key), frame })
          : await runControl(control, value, frame, memory);
      if (!succeeded(answer)) return answer;
    }
    const [first = ''] = Object.keys(step);
    return known ? answer : { result: 1, error: `${frame.place}: the action ${first} is not known` };
  }

  async function runControl(
    { kind, text }: { kind: 'if' | 'elif' | 'else' | 'forEach'; text: string },
    value: unknown,
    frame: Frame,
    memory: { taken: boolean },
  ): Promise<Answer> {
    if (kind === 'forEach') return forEach(text, value, frame);
    if (kind === 'if') memory.taken = false;
    if (memory.taken) return OK;
    if (kind !== 'else') {
      const met = await conditionOf(text, frame);
      if (met !== true) return OK;
    }
    memory.taken = true;
    return chain(value, frame);
  }

  async function forEach(text: string, value: unknown, frame: Frame): Promise<Answer> {
    const match = /^\s*@?(\w+)\s*:\s*([^\s[{"'].*|\$\{[\s\S]*)$/s.exec(text);
    const name = match?.[1] ?? 'i';
    const items = await itemsOf(match?.[2] ?? text, frame);
    let answer = OK;
    for (const [index, item] of items.entries()) {
      answer = await chain(value, { ...frame, loops: [...frame.loops, { name, value: item, index }] });
      if (!succeeded(answer)) return answer;
    }
    frame.engine.options.log(`forEach(${text}): ${items.length} times`);
    return answer;
  }

  async function runAction(call: Call): Promise<Answer> {
    const { frame, name } = call;
    if (frame.depth > DEEPEST) return { result: 1, error: `${frame.place}: actions call each other without end` };
    const custom = mapping(frame.installation.manifest.document.actions);
    const key = Object.keys(custom).find((one) => nameOf(one).name === name);
    if (key !== undefined) return runCustom(key, custom[key], call);
    if (!isBuiltIn(name)) {
      const error = `${frame.place}: the action ${name} is not known`;
      frame.before.response = { result: 1, error };
      return frame.before.response;
    }
    const answer = await builtIn(call);
    frame.before.response = answer;
    if (!succeeded(answer) || answer.onAfterReturn === undefined) return answer;
    const after = await afterReturn(answer.onAfterReturn, frame);
    if (!succeeded(after)) return after;
    frame.before.response = answer;
    return answer;
  }

  async function runCustom(key: string, body: unknown, call: Call): Promise<Answer> {
    const { frame } = call;
    const given = await resolve(call.value, frame);
    const target =
      call.selector === null ? pick(call.siblings, ['nodeId', 'nodeGroup', 'nodeType']) : { selector: call.selector };
    const inner = { ...frame, depth: frame.depth + 1, place: `actions.${key}`, target: { ...frame.target, ...target } };
    let answer = OK;
    for (const one of Array.isArray(given) && given.length > 0 ? given : [given]) {
      const locals = isMapping(one) ? { ...one } : one === undefined || one === null ? {} : { [TEXT_ARGUMENT]: one };
      answer = await chain(body, { ...inner, locals });
      if (!succeeded(answer)) return answer;
    }
    return answer;
  }

  /** What a script wants done after it: `setGlobals` first, then the other actions in their order. */
  async function afterReturn(wanted: unknown, frame: Frame): Promise<Answer> {
    if (!isMapping(wanted)) return chain(wanted, frame);
    const globals = wanted.setGlobals;
    if (isMapping(globals)) Object.assign(frame.installation.globals, globals);
    const rest = without(wanted, 'setGlobals');
    return Object.keys(rest).length === 0 ? OK : runStep(rest, frame, { taken: false });
  }

  return { chain, runAction };
}

const isAction = (name: string, frame: Frame) =>
  isBuiltIn(name) ||
  name.includes('${') ||
  Object.keys(mapping(frame.installation.manifest.document.actions)).some((one) => nameOf(one).name === name);

const without = (map: Mapping, key: string): Mapping =>
  Object.fromEntries(Object.entries(map).filter(([one]) => one !== key));

const pick = (map: Mapping, keys: readonly string[]): Mapping =>
  Object.fromEntries(Object.entries(map).filter(([key]) => keys.includes(key)));

/** What `forEach` goes over: a bare path, a placeholder, JSON, or a list with commas. */
async function itemsOf(text: string, frame: Frame): Promise<readonly unknown[]> {
  const sources = await sourcesOf(frame);
  const given = text.trim();
  // A path may have placeholders among its parts.
  const trimmed = /^[\w.[\]]+\$\{/.test(given) ? substitute(given, sources) : given;
  const whole = trimmed.startsWith('$') ? wholeValue(trimmed, sources) : valueBehind(trimmed, sources);
  if (whole === undefined && /^@*[\w.[\]]+$/.test(trimmed)) return [];
  const found = whole ?? (await resolveText(trimmed, frame));
  if (typeof found !== 'string') return isMapping(found) ? Object.values(found) : list(found);
  if (found.trim() === '' || /^\$\{.*\}$/.test(found)) return [];
  try {
    const value: unknown = JSON.parse(found);
    return isMapping(value) ? Object.values(value) : list(value);
  } catch {
    // A list written as text.
    return splitOutside(found, ',').map((one) => one.trim());
  }
}
