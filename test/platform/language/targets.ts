import type { Call } from './chain.ts';
import { resolve, resolveText, sourcesOf } from './frame.ts';
import { isMapping, list, mapping, splitOutside, textOf } from './mapping.ts';
import type { Mapping } from './types.ts';

/** Where an action goes: one node, or one layer. */
export type Target = { readonly nodeId: number } | { readonly nodeGroup: string };

/** Targets, or the name that no node answers to. */
export type Targets = { readonly targets: readonly Target[] } | { readonly missing: string };

const KEYS = ['nodeId', 'nodeGroup', 'nodeType'] as const;

function given(map: Mapping): string | null {
  for (const key of KEYS) {
    const value = map[key];
    if (value === undefined || value === null || value === '') continue;
    return splitOutside(list(value).map(textOf).join(','), ',')
      .map((one) => `${key}:${one.trim()}`)
      .join(',');
  }
  return null;
}

/**
 * Where a call goes. Parameters inside of the action come before the selector in its name, that before properties beside it,
 * and these before what the custom action around it was called with. Null where nothing says so.
 */
export async function targetsOf(call: Call, inside: Mapping = {}): Promise<Targets | null> {
  const { frame, selector, siblings } = call;
  const outer = typeof frame.target.selector === 'string' ? frame.target.selector : null;
  const beside = mapping(await resolve(siblings, frame));
  const wanted = given(inside) ?? selector ?? given(beside) ?? outer ?? given(frame.target);
  if (wanted === null) return null;
  const text = await resolveText(wanted, frame);
  const { families } = await sourcesOf(frame);
  const nodes = list(mapping(families.env).nodes).filter(isMapping);
  const targets: Target[] = [];
  for (const word of splitOutside(text, ',')
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const found = named(word, nodes, mapping(families.nodes));
    if (found.length === 0) return { missing: word };
    targets.push(...found);
  }
  return targets.length === 0 ? { missing: text } : { targets };
}

/** A bare word is tried as the id of a node, then as a layer, then as a type of node. */
function named(word: string, nodes: readonly Mapping[], layers: Mapping): Target[] {
  const [, key = '', value = word] = /^(nodeId|nodeGroup|nodeType)\s*:\s*(.*)$/.exec(word) ?? [];
  const groups = [...new Set(nodes.map(({ nodeGroup }) => textOf(nodeGroup)))];
  if (value === '*') return groups.map((nodeGroup) => ({ nodeGroup }));
  if ((key === '' || key === 'nodeId') && /^\d+$/.test(value)) {
    return nodes.some(({ id }) => textOf(id) === value) ? [{ nodeId: Number(value) }] : [];
  }
  const group = groups.includes(value) ? value : textOf(mapping(list(layers[value])[0]).nodeGroup);
  const typed = nodes.some(({ nodeType }) => textOf(nodeType) === value);
  if ((key === '' || key === 'nodeGroup') && groups.includes(group) && !(typed && group !== value)) {
    return [{ nodeGroup: group }];
  }
  if (key === 'nodeGroup' || key === 'nodeId') return [];
  return nodes.filter(({ nodeType }) => textOf(nodeType) === value).map(({ id }) => ({ nodeId: Number(id) }));
}
