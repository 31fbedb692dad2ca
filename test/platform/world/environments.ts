import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { sharedFolder } from './disks.ts';
import { type Kind, kindOf } from './kinds.ts';
import { bootMachine, diskOf, installService, writeVariables } from './machines.ts';
import { type Environment, type Estate, type Layer, type PlatformNode, Refusal } from './words.ts';

/** What a layer is asked to be, as CreateEnvironment and `nodes` of a manifest say it. */
export type WantedNode = Readonly<Record<string, unknown>>;

/** What an environment is asked to be. */
export interface WantedEnvironment {
  readonly name: string;
  readonly owner: string;
  readonly displayName?: string | undefined;
  readonly region?: string | undefined;
  readonly groups?: readonly string[];
  readonly nodes: readonly WantedNode[];
}

const text = (value: unknown): string | undefined =>
  value === undefined || value === null || value === '' ? undefined : String(value);
const password = () => randomBytes(9).toString('base64url');

/** A limit in MB: a number of them, or text with its unit. */
export function megabytes(limit: unknown): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(String(limit ?? '').trim());
  if (found === null) return undefined;
  const scale = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024, '': 1 }[(found[2] ?? '').toUpperCase()] ?? 1;
  return Math.round(Number(found[1]) * scale);
}

/** Refuses what is more than a quota of the account. */
function within(estate: Estate, quota: string, wanted: number): void {
  const limit = estate.quotas[quota];
  if (limit !== undefined && wanted > limit)
    throw new Refusal(1010, `${wanted} is more than quota ${quota} allows, which is ${limit}`);
}

function variablesOf(wanted: WantedNode): Record<string, string> {
  const given = { ...(wanted.env as object | undefined), ...(wanted.envVars as object | undefined) };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

function kindFor(wanted: WantedNode): Kind {
  const docker = wanted.docker as { image?: string } | undefined;
  const asked = text(wanted.nodeType) ?? (docker?.image || wanted.image ? 'docker' : undefined);
  if (asked === undefined) throw new Refusal(1, 'a layer names neither nodeType nor image');
  const kind = kindOf(asked);
  if (kind === undefined) throw new Refusal(2501, `template for node type ${asked} is not found`);
  return kind;
}

/** Makes an environment: all of it, or nothing. */
export async function createEnvironment(estate: Estate, wanted: WantedEnvironment): Promise<Environment> {
  const { name } = wanted;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new Refusal(5, `environment name ${JSON.stringify(name)} is not valid: small letters, digits and dashes`);
  if (estate.environments.has(name)) throw new Refusal(5, `domain ${name}.${estate.domain} is in use already`);
  within(estate, 'environment.maxcount', estate.environments.size + 1);
  if (wanted.nodes.length === 0) throw new Refusal(1, 'an environment needs a layer');
  const environment: Environment = {
    appid: randomBytes(16).toString('hex'),
    name,
    displayName: wanted.displayName ?? name,
    region: wanted.region ?? estate.region.uniqueName,
    status: 6,
    owner: wanted.owner,
    creator: wanted.owner,
    groups: [...(wanted.groups ?? [])],
    properties: {},
    layers: new Map(),
    nodes: [],
    rules: [],
    triggers: [],
  };
  estate.environments.set(name, environment);
  try {
    for (const layer of wanted.nodes) await addLayer(estate, environment, layer);
    environment.status = 1;
    return environment;
  } catch (error) {
    await removeEnvironment(estate, environment);
    throw error;
  }
}

async function addLayer(estate: Estate, environment: Environment, wanted: WantedNode): Promise<void> {
  const kind = kindFor(wanted);
  const nodeGroup = text(wanted.nodeGroup) ?? kind.nodeGroup;
  if (environment.layers.has(nodeGroup)) throw new Refusal(1, `node group ${nodeGroup} is given twice`);
  const layer: Layer = {
    name: nodeGroup,
    kind,
    displayName: text(wanted.displayName) ?? kind.displayName,
    data: {},
    shared: wanted.cluster && kind.nodeType === 'storage' ? sharedFolder(estate.disks) : undefined,
    template: wanted,
  };
  environment.layers.set(nodeGroup, layer);
  // A cluster is at least three servers. The text "false" asks for one, as on the platform: only a boolean says no.
  const least = wanted.cluster ? 3 : 1;
  await addNodes(estate, environment, layer, Math.max(Number(wanted.count ?? 1), least));
}

/** Adds nodes to a layer; answers them when they run. All start with the same password, which the platform knows. */
export async function addNodes(
  estate: Estate,
  environment: Environment,
  layer: Layer,
  count: number,
): Promise<PlatformNode[]> {
  if (!Number.isInteger(count) || count < 1) throw new Refusal(1, `count ${count} is no number of nodes`);
  const present = environment.nodes.filter((node) => node.nodeGroup === layer.name);
  within(estate, 'environment.maxsamenodescount', present.length + count);
  within(estate, 'environment.maxnodescount', environment.nodes.length + count);
  within(estate, 'storage.node.disk.limitation', megabytes(layer.template.diskLimit) ?? 0);
  const shared = present[0]?.password ?? text(layer.template.password) ?? password();
  const ids = Array.from({ length: count }, () => estate.nextId());
  const master = present.find((node) => node.master)?.id ?? ids[0] ?? 0;
  const added = await settleAll(ids.map((id) => addNode(estate, environment, layer, { id, master, password: shared })));
  return added;
}

async function addNode(
  estate: Estate,
  environment: Environment,
  layer: Layer,
  made: { readonly id: number; readonly master: number; readonly password: string },
): Promise<PlatformNode> {
  const { kind, template } = layer;
  const docker = (template.docker ?? {}) as { image?: string; tag?: string };
  const asked = text(template.nodeType) ?? 'docker';
  const image = text(docker.image ?? template.image);
  const variables = { ...variablesOf(template), ...((layer.data.envVars as Record<string, string> | undefined) ?? {}) };
  const tag = text(template.tag ?? docker.tag) ?? kind.version;
  const { name: nodeGroup, shared } = layer;
  const plan = { ...made, environment: environment.name, nodeGroup, kind, tag, variables, shared };
  const host = await bootMachine(estate, plan);
  const flexible = Number(template.flexibleCloudlets ?? template.cloudlets ?? 8);
  const node: PlatformNode = {
    id: made.id,
    nodeGroup: layer.name,
    kind,
    asked,
    tag,
    image,
    host,
    service: await installService(host, kind, made.password),
    master: made.id === made.master,
    status: 1,
    displayName: layer.displayName,
    password: made.password,
    diskLimit: megabytes(template.diskLimit) ?? 20_480,
    fixedCloudlets: Number(template.fixedCloudlets ?? 1),
    flexibleCloudlets: flexible,
    variables,
    mounts: [],
    endpoints: [],
  };
  environment.nodes.push(node);
  environment.nodes.sort((one, other) => one.id - other.id);
  return node;
}

/** Waits for all, so that nothing goes on behind a failure. */
async function settleAll<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  const results = await Promise.allSettled(works);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<Result>).value);
}

/** Removes nodes of a layer; its master becomes the first that is left. */
export async function removeNodes(environment: Environment, nodes: readonly PlatformNode[]): Promise<void> {
  for (const node of nodes) {
    environment.nodes.splice(environment.nodes.indexOf(node), 1);
    await discard(node);
  }
  for (const layer of environment.layers.values()) {
    const left = environment.nodes.filter((node) => node.nodeGroup === layer.name);
    const first = left[0];
    if (first === undefined || left.some((node) => node.master)) continue;
    first.master = true;
    for (const node of left) await writeVariables(node.host, { ...node.variables, MASTER_ID: `${first.id}` });
  }
}

async function discard(node: PlatformNode): Promise<void> {
  const disk = diskOf(node.host);
  await node.host.stop();
  disk.remove();
}

/** Removes an environment with its nodes and what is installed on it; hosts that never came up are no obstacle. */
export async function removeEnvironment(estate: Estate, environment: Environment): Promise<void> {
  await removeNodes(environment, [...environment.nodes]);
  for (const { shared } of environment.layers.values())
    if (shared !== undefined) rmSync(shared, { recursive: true, force: true });
  estate.environments.delete(environment.name);
  const here = estate.installed.filter((one) => one.environment === environment.name);
  for (const one of here) estate.installed.splice(estate.installed.indexOf(one), 1);
  const suffix = `-${environment.name}.${estate.domain}`;
  // A failed creation may have booted hosts that never became nodes.
  for (const host of estate.network.hosts.filter(
    ({ name }) => name.endsWith(suffix) && /^node\d+$/.test(name.slice(0, -suffix.length)),
  )) {
    const disk = diskOf(host);
    await host.stop();
    disk.remove();
  }
}

/** A name that no environment has. */
export function freshName(estate: Estate): string {
  let name: string;
  do name = `env-${randomInt(1_000_000, 9_999_999)}`;
  while (estate.environments.has(name));
  return name;
}
