import type { World } from '../contract.ts';
import { isMapping, list, mapping } from './mapping.ts';
import { type Sources, substitute, wholeValue } from './placeholders.ts';
import type { Answer, Installation, LanguageOptions, Mapping, PlatformEvent } from './types.ts';

/** The language at work: its world and its options, complete. */
export interface Engine {
  readonly world: World;
  readonly options: Required<LanguageOptions>;
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

type NodeFact = Mapping;

/** Nodes by layer and by type, from a list or from a map that is one already. */
function byGroupAndType(given: unknown): Mapping {
  const flat = (Array.isArray(given) ? given : Object.values(mapping(given)).flatMap((nodes) => list(nodes))).filter(
    isMapping,
  );
  const unique = [...new Map(flat.map((node) => [node.id ?? node, node])).values()];
  const groups = new Map<string, NodeFact[]>();
  for (const key of ['nodeType', 'nodeGroup']) {
    const found = Map.groupBy(unique, (node) => String(node[key]));
    for (const [name, nodes] of found) groups.set(name, nodes);
  }
  return { ...Object.fromEntries(groups), ...(Array.isArray(given) ? {} : mapping(given)) };
}

/** Spellings of one thing that placeholders may use. */
function environmentFacts(given: unknown, nodes: unknown): Mapping {
  const facts = mapping(given);
  const name = facts.envName ?? facts.shortdomain ?? facts.name;
  if (name === undefined) return facts;
  return { envName: name, shortdomain: name, name, nodes: flatNodes(nodes), ...facts };
}

const flatNodes = (given: unknown) =>
  Array.isArray(given) ? given : Object.values(mapping(given)).flatMap((nodes) => list(nodes));

/** Everything that a placeholder at this place can read, as of now. */
export async function sourcesOf(frame: Frame): Promise<Sources> {
  const { engine, installation, event, locals, loops, before } = frame;
  const facts = await engine.world.facts(installation.scope);
  const nodes = facts.nodes ?? mapping(facts.env).nodes;
  return {
    engine: engine.options.engine,
    loops,
    families: {
      platformUrl: engine.options.platformUrl,
      engine: engine.options.engine,
      ...facts,
      env: environmentFacts(facts.env, nodes),
      nodes: byGroupAndType(nodes),
      settings: installation.settings,
      globals: installation.globals,
      this: thisOf(locals),
      response: before.response,
      ...(event === null ? {} : { event: { params: event.params ?? {}, response: event.response ?? {} } }),
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
