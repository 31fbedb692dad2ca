import type { Manifest } from '../language/types.ts';
import type { Environment, Estate, Layer } from './words.ts';

const KEYS = ['nodetype', 'nodegroup', 'dockeros', 'dockername', 'dockertag'] as const;
type Filter = Partial<Record<(typeof KEYS)[number], readonly string[]>>;

const words = (value: unknown): string[] =>
  (Array.isArray(value) ? value : String(value ?? '').split(','))
    .map((one) => String(one).trim().toLowerCase())
    .filter(Boolean);

/** What `targetNodes` says: null for `none`, which is a whole environment. */
function filterOf({ document }: Manifest): Filter | null {
  const { targetNodes } = document;
  if (targetNodes === undefined || targetNodes === null) return {};
  if (typeof targetNodes !== 'object' || Array.isArray(targetNodes)) {
    const types = words(targetNodes);
    return types.includes('none') ? null : { nodetype: types };
  }
  const entries = Object.entries(targetNodes).map(([key, value]) => [key.toLowerCase(), words(value)] as const);
  return Object.fromEntries(
    entries.filter(([key, value]) => value.length > 0 && (KEYS as readonly string[]).includes(key)),
  );
}

/** Every filter that is given must hold the layer's fact. A node made by a versioned name has that name, and not the base one. */
function fits(filter: Filter, environment: Environment, layer: Layer): boolean {
  const node = environment.nodes.find((one) => one.nodeGroup === layer.name);
  if (node === undefined) return false;
  const facts: Record<(typeof KEYS)[number], string> = {
    nodetype: node.asked,
    nodegroup: layer.name,
    dockeros: node.kind.account === 'root' && node.kind.docker ? 'debian' : 'almalinux',
    dockername: node.image ?? `jelastic/${node.kind.nodeType}`,
    dockertag: node.tag,
  };
  return KEYS.every((key) => {
    const wanted = filter[key];
    return wanted === undefined || wanted.some((one) => ['any', '*', facts[key].toLowerCase()].includes(one));
  });
}

/** A place where an add-on may go. */
export interface Target {
  readonly environment: string;
  readonly nodeGroup: string;
  readonly caption: string;
}

/** All places where an add-on may go. */
export function targetsOf(estate: Estate, manifest: Manifest): readonly Target[] {
  if (manifest.type === 'install') return [];
  const filter = filterOf(manifest);
  return [...estate.environments.values()].flatMap((environment) => {
    const { name, displayName } = environment;
    if (filter === null) return [{ environment: name, nodeGroup: '', caption: displayName }];
    return [...environment.layers.values()]
      .filter((layer) => fits(filter, environment, layer))
      .map((layer) => ({
        environment: name,
        nodeGroup: layer.name,
        caption: `${displayName} – ${layer.displayName} (${layer.name})`,
      }));
  });
}
