import { isCollection, isMap, isScalar, isSeq, type Node } from 'yaml';

import type { World } from '../contract.ts';
import { addressOf, baseOf } from './addresses.ts';
import { check, type Path } from './check.ts';
import { isMapping, list, localised, mapping } from './mapping.ts';
import { TOP_KEYS } from './table.ts';
import type { Answer, Manifest, Mapping, Unknown } from './types.ts';
import { readYaml } from './yaml.ts';

interface Text {
  readonly document: Mapping;
  readonly lineOf: (path: Path) => number;
}

/** Actions may be a list of maps, also in the older form of an id and what is called. */
function actionsOf(given: unknown): Mapping {
  const all = list(given).filter(isMapping);
  return Object.assign({}, ...all.map((one) => ('onCall' in one ? { [String(one.id)]: one.onCall } : one)));
}

function parse(text: string, address: string | null): Text {
  const { parsed, lines, problem } = readYaml(text);
  if (problem !== null) throw new Error(`${address ?? 'the manifest'} is neither YAML nor JSON: ${problem}`);
  const document: unknown = parsed.toJS({ maxAliasCount: 1000 });
  if (!isMapping(document)) throw new Error(`${address ?? 'the manifest'} is no map of keys`);
  const lineOf = (path: Path) => lines.linePos(positionOf(parsed.contents as Node | null, path)).line;
  const { actions } = document;
  return { document: Array.isArray(actions) ? { ...document, actions: actionsOf(actions) } : document, lineOf };
}

function positionOf(top: Node | null, path: Path): number {
  let node: unknown = top;
  let position = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part));
      position = (pair?.key as Node | undefined)?.range?.[0] ?? position;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      position = isCollection(node) || isScalar(node) ? (node.range?.[0] ?? position) : position;
    }
  }
  return position;
}

const shown = (path: Path) =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');

const MIXED = ['globals', 'actions', 'responses'] as const;

/** What comes first stands: the main manifest before its mixins, an earlier mixin before a later one. */
function mixIn(document: Mapping, mixin: Mapping): Mapping {
  const mixed = Object.fromEntries(
    MIXED.filter((key) => document[key] !== undefined || mixin[key] !== undefined).map((key) => [
      key,
      { ...mapping(mixin[key]), ...mapping(document[key]) },
    ]),
  );
  const ids = new Set(list(document.addons).map((addon) => mapping(addon).id));
  const addons = [...list(document.addons), ...list(mixin.addons).filter((addon) => !ids.has(mapping(addon).id))];
  return { ...document, ...mixed, ...(addons.length > 0 ? { addons } : {}) };
}

interface Mixed {
  readonly document: Mapping;
  readonly unknown: readonly Unknown[];
  readonly broken: Answer | null;
}

async function withMixins(main: Mapping, base: string | null, world: World, deep: number): Promise<Mixed> {
  let document = main;
  const unknown: Unknown[] = [];
  for (const mixin of list(main.mixins)) {
    const address = typeof mixin === 'string' ? addressOf(mixin, base) : null;
    try {
      if (typeof mixin === 'string' && address === null)
        throw new Error(`${mixin} is no address and there is no baseUrl`);
      if (deep > 8) throw new Error(`mixins of mixins of ${mixin} do not end`);
      const text = address === null ? null : parse(await world.fetch(address), address);
      const inner = await withMixins(text?.document ?? mapping(mixin), base, world, deep + 1);
      if (inner.broken !== null) return inner;
      if (text !== null) unknown.push(...unknownOf(text, address, Object.keys(mapping(main.actions))));
      unknown.push(...inner.unknown);
      document = mixIn(document, inner.document);
    } catch (error) {
      const message = `mixin ${typeof mixin === 'string' ? mixin : 'of the manifest'} cannot be loaded: ${String(error)}`;
      return { document, unknown, broken: { result: 11042, error: message } };
    }
  }
  return { document, unknown, broken: null };
}

function unknownOf(text: Text, address: string | null, actions: readonly string[]): Unknown[] {
  const found: Unknown[] = [];
  check(
    text.document,
    (kind, construct, path) => found.push({ kind, construct, path: shown(path), line: text.lineOf(path), address }),
    actions,
  );
  return found;
}

/** Reads a manifest and its mixins. Rejects text that is neither YAML nor JSON; what is not known is listed. */
export async function read(given: string, address: string | null, world: World): Promise<Manifest> {
  const text = parse(given, address);
  const base = baseOf(text.document.baseUrl, address);
  const { document, unknown, broken } = await withMixins(text.document, base, world, 0);
  const type = document.type ?? document.jpsType;
  const mixedIn = Object.keys(mapping(document.actions));
  const own = unknownOf(text, address, mixedIn);
  if (type !== 'update' && type !== 'install') {
    own.push({ kind: 'key', construct: `type ${String(type)}`, path: 'type', line: text.lineOf(['type']), address });
  }
  return {
    id: String(document.id ?? document.name ?? ''),
    name: localised(document.name),
    type: type === 'install' ? 'install' : 'update',
    document,
    baseUrl: base,
    address,
    unknown: [...own, ...unknown.filter(({ kind, construct }) => kind !== 'action' || !mixedIn.includes(construct))],
    broken,
  };
}

/** Keys that `onBeforeInit` and `onBeforeInstall` may not change. */
export const FIXED: readonly string[] = TOP_KEYS.filter((key) => ['type', 'jpsType', 'name', 'baseUrl'].includes(key));
