import { randomBytes } from 'node:crypto';
import { cloneEnvironment } from './clones.ts';
import {
  addNodes,
  createEnvironment,
  freshName,
  removeEnvironment,
  removeNodes,
  type WantedNode,
} from './environments.ts';
import { fire, type Happening, withEvents } from './events.ts';
import { powerOff, powerOn, redeployMachine } from './machines.ts';
import { environmentFacts, environmentInfo, nodeInfo } from './views.ts';
import { type Environment, type Estate, type Layer, type PlatformNode, Refusal } from './words.ts';

/** What an operation leaves to be said. */
export type Done = Readonly<Record<string, unknown>> & { readonly warnings?: readonly string[] };

const inLayer = (environment: Environment, layer: Layer) =>
  environment.nodes.filter((node) => node.nodeGroup === layer.name);

/** What every event says of where and for whom it happens. */
function common(estate: Estate, environment: Environment): Record<string, unknown> {
  const { session } = estate.caller(environment.owner);
  return {
    session,
    appid: environment.appid,
    envAppid: environment.appid,
    env: environment.name,
    envName: environment.name,
  };
}

function perLayer(estate: Estate, environment: Environment, name: string, layer: Layer, more: object = {}): Happening {
  return {
    name,
    params: { ...common(estate, environment), nodeGroup: layer.name, nodeType: layer.kind.nodeType, ...more },
  };
}

/** Runs with a status of its own meanwhile; a failure leaves the former one. */
async function during<Result>(environment: Environment, status: number, work: () => Promise<Result>): Promise<Result> {
  const former = environment.status;
  environment.status = status;
  try {
    return await work();
  } finally {
    if (environment.status === status) environment.status = former;
  }
}

/** Starts all nodes of an environment. One that runs stays as it is. */
export async function start(estate: Estate, environment: Environment): Promise<Done> {
  if (environment.status === 1) return {};
  return await withEvents(
    estate,
    environment.name,
    [{ name: 'Start', params: common(estate, environment) }],
    async () => {
      // What does not come up is broken, and may be started again.
      environment.status = 11;
      for (const node of environment.nodes) await powerOn(estate, node);
      environment.status = 1;
      return {};
    },
  );
}

/** Stops all nodes of an environment, which is then down or asleep. */
export async function stop(estate: Estate, environment: Environment, status: 2 | 4 = 2): Promise<Done> {
  if (environment.status !== 1) throw new Refusal(4111, `environment ${environment.name} is not running`);
  return await withEvents(
    estate,
    environment.name,
    [{ name: 'Stop', params: common(estate, environment) }],
    async () => {
      environment.status = 13;
      for (const node of environment.nodes) await powerOff(node);
      environment.status = status;
      return {};
    },
  );
}

/** Restarts nodes of one layer, all unless some are named. */
export async function restart(
  estate: Estate,
  environment: Environment,
  layer: Layer,
  nodes: readonly PlatformNode[] = inLayer(environment, layer),
): Promise<Done> {
  const happenings = nodes.map((node) => perLayer(estate, environment, 'RestartNode', layer, { nodeId: node.id }));
  return await withEvents(estate, environment.name, happenings, async () => {
    for (const node of nodes) {
      await powerOff(node);
      await powerOn(estate, node);
    }
    return { responses: nodes.map((node) => ({ nodeid: node.id, result: 0 })) };
  });
}

/** Restarts the database servers of one layer; its other services go on. */
export async function restartServices(
  estate: Estate,
  environment: Environment,
  nodes: readonly PlatformNode[],
): Promise<Done> {
  const happenings = nodes.map((node) => ({
    name: 'RestartNode',
    params: { ...common(estate, environment), nodeGroup: node.nodeGroup, nodeId: node.id },
  }));
  return await withEvents(estate, environment.name, happenings, async () => {
    for (const node of nodes) {
      await node.service?.stop();
      await node.service?.start();
    }
    return { responses: nodes.map((node) => ({ nodeid: node.id, result: 0 })) };
  });
}

/** Replaces the containers of a layer: volumes, root's ssh keys and the paths of redeploy.conf alone stay. */
export async function redeploy(estate: Estate, environment: Environment, layer: Layer, tag?: string): Promise<Done> {
  const nodes = inLayer(environment, layer);
  const more = { tag: tag ?? nodes[0]?.tag, sequential: true, useExistingVolumes: true };
  const happening = perLayer(estate, environment, 'RedeployContainer', layer, more);
  const response = { responses: nodes.map((node) => ({ nodeid: node.id, result: 0 })) };
  return await withEvents(estate, environment.name, [{ ...happening, response }], async () => {
    await during(environment, 12, async () => {
      for (const node of nodes) await redeployMachine(estate, environment, node);
    });
    return response;
  });
}

/** Copies an environment. The add-ons of the source hear of it, and are not on the copy unless they see to it. */
export async function clone(
  estate: Estate,
  environment: Environment,
  wanted: { readonly name?: string | undefined; readonly displayName?: string | undefined },
): Promise<Done> {
  const name = wanted.name ?? freshName(estate);
  const params = {
    ...common(estate, environment),
    srcenv: environment.name,
    targetenv: name,
    domain: `${environment.name}.${estate.domain}`,
    dstDomain: name,
  };
  return await withEvents(estate, environment.name, [{ name: 'Clone', params }], async () => {
    const made = await cloneEnvironment(estate, environment, { ...wanted, name, owner: environment.owner });
    const { nodes } = environmentInfo(estate, made);
    return { env: environmentFacts(estate, made), nodes };
  });
}

/** Gives an environment to another account. Its add-ons stay; the former owner's session opens nothing any more. */
export async function transfer(estate: Estate, environment: Environment, owner: string): Promise<Done> {
  const former = environment.owner;
  const known = estate.accounts.find((account) => account.email === owner || account.uid === owner);
  if (known === undefined && !/^[^\s@]+@[^\s@]+$/.test(owner))
    throw new Refusal(1, `${JSON.stringify(owner)} is neither an account nor an address of mail`);
  const account = known ?? {
    uid: `${2000 + estate.accounts.length}`,
    email: owner,
    name: owner.split('@')[0] ?? owner,
    session: randomBytes(16).toString('hex'),
    sshKeys: [],
  };
  if (known === undefined) estate.accounts.push(account);
  const params = { ...common(estate, environment), uid: account.uid, oldUid: former };
  return await withEvents(estate, environment.name, [{ name: 'ConfirmTransfer', params }], async () => {
    environment.owner = account.uid;
    const left = estate.accounts.find(({ uid }) => uid === former);
    if (left !== undefined) left.session = randomBytes(16).toString('hex');
    // What is fired from here on is the new owner's.
    Object.assign(params, common(estate, environment));
    return { env: environmentFacts(estate, environment) };
  });
}

/** Adds nodes to a layer. */
export async function scaleOut(estate: Estate, environment: Environment, layer: Layer, count: number): Promise<Done> {
  const names = layer.kind.docker ? ['ScaleOut', 'ServiceScaleOut'] : ['ScaleOut'];
  const perNode = Array.from({ length: count }, () => perLayer(estate, environment, 'AddNode', layer));
  const happenings = [...names.map((name) => perLayer(estate, environment, name, layer, { count })), ...perNode];
  return await withEvents(estate, environment.name, happenings, async () => {
    const added = await during(environment, 12, () => addNodes(estate, environment, layer, count));
    return { nodes: added.map((node) => nodeInfo(estate, environment, node)) };
  });
}

/** Removes the last nodes of a layer; `nodeId` names one to go instead, which may be the master. */
export async function scaleIn(
  estate: Estate,
  environment: Environment,
  layer: Layer,
  wanted: { readonly count?: number; readonly nodeId?: number },
): Promise<Done> {
  const nodes = inLayer(environment, layer);
  const count = wanted.count ?? 1;
  const going = wanted.nodeId === undefined ? nodes.slice(-count) : nodes.filter((node) => node.id === wanted.nodeId);
  if (!Number.isInteger(count) || count < 1 || going.length === 0 || going.length >= nodes.length)
    throw new Refusal(1, `layer ${layer.name} has ${nodes.length} nodes and must keep one`);
  const response = { nodes: going.map((node) => nodeInfo(estate, environment, node)) };
  const happening = { ...perLayer(estate, environment, 'ScaleIn', layer, { count: going.length }), response };
  const perNode = going.map((node) => perLayer(estate, environment, 'RemoveNode', layer, { nodeId: node.id }));
  return await withEvents(estate, environment.name, [happening, ...perNode], async () => {
    await during(environment, 12, () => removeNodes(environment, going));
    return response;
  });
}

/** Moves an environment to other hardware: it restarts, its addresses change. */
export async function migrate(estate: Estate, environment: Environment, region?: string): Promise<Done> {
  const params = {
    ...common(estate, environment),
    isOnline: false,
    hardwareNodeGroup: region ?? environment.region,
  };
  return await withEvents(estate, environment.name, [{ name: 'Migrate', params }], async () => {
    await during(environment, 10, async () => {
      for (const node of environment.nodes) {
        await powerOff(node);
        await estate.network.renumber(node.host);
        await powerOn(estate, node);
      }
    });
    environment.region = region ?? environment.region;
    return { env: environmentFacts(estate, environment) };
  });
}

/** Sets the password of a layer's database account and mails it, as the platform does. */
export async function resetPassword(
  estate: Estate,
  environment: Environment,
  layer: Layer,
  password = randomBytes(9).toString('base64url'),
): Promise<Done> {
  const happening = perLayer(estate, environment, 'ResetServicePassword', layer);
  return await withEvents(estate, environment.name, [happening], async () => {
    for (const node of inLayer(environment, layer)) {
      if (node.service === undefined) throw new Refusal(1, `layer ${layer.name} has no service with a password`);
      await node.service.setPassword(node.password, password);
      node.password = password;
    }
    const to = estate.caller(environment.owner).email;
    estate.mail.push({
      to,
      subject: `Password of ${environment.displayName}`,
      body: `The new password of ${layer.name} is ${password}`,
    });
    return {};
  });
}

/** Removes an environment with all it has. Its add-ons hear of it before, once, and may refuse. */
export async function remove(estate: Estate, environment: Environment): Promise<Done> {
  const params = { ...common(estate, environment), password: '' };
  const { stopped, failures } = await fire(estate, environment.name, { name: 'onBeforeDelete', params, response: {} });
  if (stopped !== null) throw stopped;
  environment.status = 13;
  await removeEnvironment(estate, environment);
  return { warnings: failures };
}

/** Makes an environment for an account and mails the passwords of its nodes, unless told not to. */
export async function create(
  estate: Estate,
  wanted: Parameters<typeof createEnvironment>[1] & { readonly nodes: readonly WantedNode[]; readonly quiet?: boolean },
): Promise<Environment> {
  const environment = await createEnvironment(estate, wanted);
  if (wanted.quiet === true) return environment;
  const to = estate.caller(environment.owner).email;
  for (const layer of environment.layers.values()) {
    const [node] = inLayer(environment, layer);
    if (node === undefined || node.service === undefined) continue;
    const body = `${layer.displayName}: user ${node.kind.adminUser || '(none)'}, password ${node.password}`;
    estate.mail.push({ to, subject: `Access to ${environment.displayName}`, body });
  }
  return environment;
}
