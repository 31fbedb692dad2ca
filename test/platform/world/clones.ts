import { randomBytes } from 'node:crypto';
import { copyFolder, copyWhole, freshDisk, sharedFolder, whileStill } from './disks.ts';
import { removeEnvironment } from './environments.ts';
import { bootMachine, diskOf, nodeName, resume } from './machines.ts';
import { type Environment, type Estate, type PlatformNode, Refusal } from './words.ts';

/** Makes a copy of an environment under another name: layers, disks, data; no add-ons. */
export async function cloneEnvironment(
  estate: Estate,
  source: Environment,
  target: { readonly name: string; readonly displayName?: string | undefined; readonly owner: string },
): Promise<Environment> {
  if (estate.environments.has(target.name)) throw new Refusal(5, `domain ${target.name} is in use already`);
  const copy: Environment = {
    ...source,
    appid: randomBytes(16).toString('hex'),
    name: target.name,
    displayName: target.displayName ?? target.name,
    status: 7,
    owner: target.owner,
    creator: target.owner,
    groups: [...source.groups],
    properties: { ...source.properties },
    layers: new Map(
      [...source.layers].map(([name, layer]) => {
        const shared = layer.shared === undefined ? undefined : sharedFolder(estate.disks);
        return [name, { ...layer, data: structuredClone(layer.data), shared }];
      }),
    ),
    nodes: [],
    rules: structuredClone(source.rules),
    triggers: [],
  };
  estate.environments.set(copy.name, copy);
  try {
    for (const [name, { shared }] of source.layers) {
      if (shared === undefined) continue;
      const hosts = source.nodes.filter((node) => node.nodeGroup === name).map(({ host }) => host);
      await whileStill(hosts, () => copyFolder(shared, copy.layers.get(name)?.shared ?? ''));
    }
    const ids = new Map(source.nodes.map((node) => [node.id, estate.nextId()]));
    for (const node of source.nodes) {
      const id = ids.get(node.id) ?? 0;
      const disk = freshDisk(estate.disks, nodeName(estate, id, copy.name));
      await copyWhole(node.host, diskOf(node.host), disk);
      const first = source.nodes.find((one) => one.nodeGroup === node.nodeGroup && one.master);
      const master = ids.get(first?.id ?? node.id) ?? id;
      const { kind, tag, variables } = node;
      const plan = {
        id,
        environment: copy.name,
        nodeGroup: node.nodeGroup,
        kind,
        tag,
        variables,
        password: node.password,
        master,
        shared: copy.layers.get(node.nodeGroup)?.shared,
      };
      const cloned: PlatformNode = {
        ...node,
        id,
        host: await bootMachine(estate, plan, disk),
        service: undefined,
        status: 1,
        variables: { ...variables },
        mounts: [],
        endpoints: [],
      };
      copy.nodes.push(cloned);
      await resume(cloned);
    }
    copy.status = 1;
    return copy;
  } catch (error) {
    await removeEnvironment(estate, copy);
    throw error;
  }
}
