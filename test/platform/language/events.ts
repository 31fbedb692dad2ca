import { chain } from './actions/index.ts';
import { Ended } from './chain.ts';
import { type Engine, openFrame, resolveText, sourcesOf } from './frame.ts';
import { isMapping, list, mapping, splitOutside, textOf } from './mapping.ts';
import { nameOf } from './names.ts';
import type { Installation, Mapping, Outcome, PlatformEvent } from './types.ts';

/** What a filter is held against: parameters and answer of the event, and of its node what the environment knows. */
function traitsOf(event: PlatformEvent, nodes: readonly Mapping[]): Map<string, string> {
  const traits = new Map<string, string>();
  for (const [key, value] of [...Object.entries(event.response ?? {}), ...Object.entries(event.params ?? {})]) {
    if (typeof value !== 'object') traits.set(key.toLowerCase(), textOf(value));
  }
  const node = nodes.find(({ id }) => textOf(id) === traits.get('nodeid'));
  for (const key of ['nodeGroup', 'nodeType']) {
    if (node?.[key] !== undefined && !traits.has(key.toLowerCase())) traits.set(key.toLowerCase(), textOf(node[key]));
  }
  const group = traits.get('nodegroup');
  const typed = nodes.find(({ nodeGroup }) => textOf(nodeGroup) === group);
  if (typed !== undefined && !traits.has('nodetype')) traits.set('nodetype', textOf(typed.nodeType));
  return traits;
}

/** Bare words (also names that the manifest has given to layers) are one node, layer or type each, and one of them must be met; of `key:value` pairs each key must be. */
function meets(filter: string, traits: ReadonlyMap<string, string>, layers: Mapping): boolean {
  const wanted = new Map<string, string[]>();
  for (const word of splitOutside(filter, ',')
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const [, key = '', value = word] = /^(\w+)\s*:\s*(.*)$/s.exec(word) ?? [];
    wanted.set(key.toLowerCase(), [...(wanted.get(key.toLowerCase()) ?? []), value]);
  }
  return [...wanted].every(([key, values]) => {
    if (values.includes('*')) return true;
    const has = key === '' ? ['nodeid', 'nodegroup', 'nodetype'].map((one) => traits.get(one)) : [traits.get(key)];
    const layerOf = (value: string) => textOf(mapping(list(layers[value])[0]).nodeGroup);
    const named = key === '' || key === 'nodegroup' ? values.map(layerOf) : [];
    return [...values, ...named].some((value) => value !== '' && has.includes(value));
  });
}

/** Runs steps as one event; `return` and `stopEvent` end it. */
export async function runEvent(
  steps: unknown,
  frame: ReturnType<typeof openFrame>,
): Promise<Omit<Outcome, 'handlers'>> {
  try {
    return { answer: await chain(steps, frame), stopped: null };
  } catch (error) {
    if (error instanceof Ended) return { answer: error.answer, stopped: error.stopped };
    return { answer: { result: 99, error: error instanceof Error ? error.message : String(error) }, stopped: null };
  }
}

/** Calls the handlers of an event in their order, until one stops it or fails. */
export async function fire(engine: Engine, installation: Installation, event: PlatformEvent): Promise<Outcome> {
  const named = Object.entries(installation.manifest.document).filter(([key]) => nameOf(key).name === event.name);
  let outcome: Outcome = { answer: { result: 0 }, stopped: null, handlers: 0 };
  if (named.length === 0) return outcome;
  for (const [key, steps] of named) {
    const frame = openFrame(engine, installation, event, key);
    const { selector } = nameOf(key);
    if (selector !== null) {
      const { families } = await sourcesOf(frame);
      const nodes = list(mapping(families.env).nodes).filter(isMapping);
      const filter = await resolveText(selector, frame);
      if (!meets(filter, traitsOf(event, nodes), mapping(families.nodes))) continue;
    }
    outcome = { ...(await runEvent(steps, frame)), handlers: outcome.handlers + 1 };
    if (outcome.stopped !== null || outcome.answer.result !== 0) break;
  }
  return outcome;
}
