import type { World } from '../contract.ts';
import { isMapping, list, mapping, textOf } from './mapping.ts';
import { type Sources, substitute, wholeValue } from './placeholders.ts';
import type { Answer, Installation, LanguageOptions, Mapping, PlatformEvent } from './types.ts';

/** The language at work: its world and its options, complete. */
export interface Engine {
  readonly world: World;
  readonly options: Required<LanguageOptions>;
  /** What the script at `prepopulate` gave, by the manifest's id: `license` to placeholders. */
  readonly licenses: Map<string, Mapping>;
}

/** One place in a chain of actions: everything that placeholders and actions there can see. */
export interface Frame {
  readonly engine: Engine;
  readonly installation: Installation;
  readonly event: PlatformEvent | null;
  /** `this`: arguments of the custom action, and what `set` added. Its key `` holds a plain text argument. */
  readonly locals: Record<string, unknown>;
  readonly loops: Sources['loops'];
  /** Selector of the custom action that led here. */
  readonly target: Mapping;
  /** Shared by all frames of one event: the answer of the action before. */
  readonly before: { response: Answer };
  readonly depth: number;
  /** What messages call this place, as `actions.backup`. */
  readonly place: string;
}

/** A frame at the top: new locals, nothing answered yet. */
export function openFrame(
  engine: Engine,
  installation: Installation,
  event: PlatformEvent | null,
  place: string,
): Frame {
  const before = { response: { result: 0 } };
  return { engine, installation, event, locals: {}, loops: [], target: {}, before, depth: 0, place };
}

/** A plain text argument of a custom action is `this` itself. */
export const TEXT_ARGUMENT = '';

const thisOf = (locals: Mapping) =>
  Object.hasOwn(locals, TEXT_ARGUMENT) && Object.keys(locals).length === 1 ? locals[TEXT_ARGUMENT] : locals;

/** All nodes once each, from a list or from lists by layer and type. */
function flatNodes(given: unknown): readonly Mapping[] {
  const all = Array.isArray(given) ? given : Object.values(mapping(given)).flatMap((nodes) => list(nodes));
  return [...new Map(all.filter(isMapping).map((node) => [node.id ?? node, node])).values()];
}

/** Nodes by layer and by type; a layer's name comes before a type's. */
function byGroupAndType(nodes: readonly Mapping[], aliases: Mapping): Mapping {
  const groups = ['nodeType', 'nodeGroup'].flatMap((key) => [...Map.groupBy(nodes, (node) => textOf(node[key]))]);
  const found = Object.fromEntries(groups);
  const named = Object.entries(aliases).map(([alias, group]) => [alias, found[textOf(group)] ?? []]);
  return { ...Object.fromEntries(named), ...found };
}

/** The layers that the manifest calls by names of its own (`nodeGroupAlias`): the layer of each name. */
function aliasesOf(given: unknown, sources: Sources, nodes: readonly Mapping[]): Mapping {
  const groups = new Set(nodes.map(({ nodeGroup }) => textOf(nodeGroup)));
  return Object.fromEntries(
    Object.entries(mapping(given)).map(([key, value]) => {
      const [first, second] = [substitute(key, sources), substitute(textOf(value), sources)];
      return groups.has(first) && !groups.has(second) ? [second, first] : [first, second];
    }),
  );
}

/** Spellings of one thing that placeholders may use. */
function environmentFacts(given: unknown, nodes: readonly Mapping[]): Mapping {
  const facts = mapping(given);
  const name = facts.envName ?? facts.shortdomain ?? facts.name;
  return name === undefined ? facts : { envName: name, shortdomain: name, name, nodes, ...facts };
}

/** The settings, and the user's address, which the platform adds without it being one of them. */
function settingsOf({ settings, scope }: Installation): Mapping {
  const copy = { ...settings };
  if (!('jelastic_email' in copy)) Object.defineProperty(copy, 'jelastic_email', { value: scope.caller.email });
  return copy;
}

/** Both spellings are documented. */
function eventFacts({ params = {}, response = {} }: PlatformEvent): Mapping {
  const event = { params, response };
  return { event, events: event };
}

/** Everything that a placeholder at this place can read, as of now. */
export async function sourcesOf(frame: Frame): Promise<Sources> {
  const { engine, installation, event, locals, loops, before } = frame;
  const facts = await engine.world.facts(installation.scope);
  const license = engine.licenses.get(installation.manifest.id);
  const nodes = flatNodes(facts.nodes ?? mapping(facts.env).nodes);
  const about = { engine: textOf(facts.engine ?? engine.options.engine), loops };
  const aliases = aliasesOf(installation.manifest.document.nodeGroupAlias, { ...about, families: facts }, nodes);
  return {
    ...about,
    families: {
      platformUrl: engine.options.platformUrl,
      engine: engine.options.engine,
      ...facts,
      env: environmentFacts(facts.env, nodes),
      nodes: byGroupAndType(nodes, aliases),
      settings: settingsOf(installation),
      ...(license === undefined ? {} : { license }),
      globals: installation.globals,
      this: thisOf(locals),
      response: before.response,
      ...(event === null ? {} : eventFacts(event)),
      ...(installation.manifest.baseUrl === null ? {} : { baseUrl: installation.manifest.baseUrl.replace(/\/$/, '') }),
    },
  };
}

/** The text with its placeholders replaced. */
export async function resolveText(text: string, frame: Frame): Promise<string> {
  return text.includes('${') ? substitute(text, await sourcesOf(frame)) : text;
}

const mentions = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.includes('${')
    : typeof value === 'object' &&
      value !== null &&
      Object.entries(value).some(([key, one]) => key.includes('${') || mentions(one));

/** The value with the placeholders in all its texts and keys replaced. A text that is one placeholder of a list or map becomes that. */
export async function resolve(value: unknown, frame: Frame): Promise<unknown> {
  if (!mentions(value)) return value;
  const sources = await sourcesOf(frame);
  const replaced = (one: unknown): unknown => {
    if (typeof one === 'string') {
      const whole = wholeValue(one, sources);
      return typeof whole === 'object' && whole !== null ? whole : substitute(one, sources);
    }
    if (Array.isArray(one)) return one.map(replaced);
    if (!isMapping(one)) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [substitute(key, sources), replaced(inner)]));
  };
  return replaced(value);
}
