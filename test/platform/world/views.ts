import type { EnvironmentView } from '../contract.ts';
import { kindOf } from './kinds.ts';
import { nodeName } from './machines.ts';
import type { Environment, Estate, Layer, PlatformNode } from './words.ts';

/** A node as GetEnvInfo tells of it. */
export function nodeInfo(estate: Estate, environment: Environment, node: PlatformNode): Record<string, unknown> {
  const name = nodeName(estate, node.id, environment.name);
  return {
    id: node.id,
    ctid: node.id,
    nodeGroup: node.nodeGroup,
    nodeType: node.kind.nodeType,
    nodemission: node.nodeGroup,
    ismaster: node.master,
    intIP: node.host.address,
    intIp: node.host.address,
    address: node.host.address,
    extIPs: [],
    status: node.status,
    version: node.tag,
    name: node.kind.displayName,
    displayName: node.displayName,
    diskLimit: node.diskLimit,
    fixedCloudlets: node.fixedCloudlets,
    flexibleCloudlets: node.flexibleCloudlets,
    osType: 'LINUX',
    type: node.kind.docker ? 'DOCKERIZED' : 'NATIVE',
    vType: 'PCS',
    user: node.kind.adminUser,
    port: 22,
    url: `http://${name}/`,
    adminUrl: `https://${name}/`,
    domain: name,
    isClusterSupport: false,
    customitem: {
      dockerTag: node.tag,
      dockerName: node.image ?? `jelastic/${node.kind.nodeType}`,
      dockerVolumes: node.kind.volumes,
    },
    endpoints: node.endpoints,
    ...(node.kind.engineType === undefined
      ? {}
      : { engineType: node.kind.engineType, activeEngine: { type: node.kind.engineType } }),
    engines: [],
    packages: [],
    addons: [],
  };
}

/** A layer as GetNodeGroups tells of it. */
export function layerInfo(layer: Layer): Record<string, unknown> {
  return {
    name: layer.name,
    displayName: layer.displayName,
    scalingMode: 'STATELESS',
    isSLBAccessEnabled: layer.template.isSLBAccessEnabled ?? true,
    cluster: { enabled: Boolean(layer.template.cluster), settings: {} },
    ...layer.data,
  };
}

/** The `env` part of GetEnvInfo. */
export function environmentFacts(estate: Estate, environment: Environment): Record<string, unknown> {
  const domain = `${environment.name}.${estate.domain}`;
  return {
    appid: environment.appid,
    envName: environment.name,
    shortdomain: environment.name,
    name: environment.name,
    domain,
    protocol: 'http',
    url: `http://${domain}/`,
    displayName: environment.displayName,
    status: environment.status,
    uid: environment.owner,
    creatorUid: environment.creator,
    region: environment.region,
    hardwareNodeGroup: environment.region,
    hostGroup: { uniqueName: environment.region, displayName: environment.region },
    isFirewallEnabled: true,
    sslstate: false,
    ssl: false,
    ishaenabled: false,
    isTransferring: false,
    engine: {},
    contexts: [],
    extdomains: [],
    properties: { ...environment.properties },
  };
}

/** What GetEnvInfo answers of an environment. */
export function environmentInfo(estate: Estate, environment: Environment): Record<string, unknown> {
  return {
    right: 'OWNER',
    env: environmentFacts(estate, environment),
    envGroups: [...environment.groups],
    nodeGroups: [...environment.layers.values()].map(layerInfo),
    nodes: environment.nodes.map((node) => nodeInfo(estate, environment, node)),
  };
}

/** An environment as the pages show it. */
export function environmentView(
  estate: Estate,
  environment: Environment,
  cardsOf: (nodeGroup: string) => EnvironmentView['layers'][number]['cards'],
): EnvironmentView {
  return {
    name: environment.name,
    displayName: environment.displayName,
    domain: `${environment.name}.${estate.domain}`,
    status: environment.status,
    region: environment.region,
    groups: [...environment.groups],
    layers: [...environment.layers.values()].map((layer) => ({
      nodeGroup: layer.name,
      displayName: layer.displayName,
      nodes: environment.nodes
        .filter((node) => node.nodeGroup === layer.name)
        .map((node) => ({
          id: node.id,
          nodeType: node.kind.nodeType,
          version: node.tag,
          address: node.host.address,
          master: node.master,
          status: node.status,
        })),
      cards: cardsOf(layer.name),
    })),
  };
}

/** The node type of this name or alias, or a refusal's worth of words. */
export function knownKind(asked: string) {
  const kind = kindOf(asked);
  if (kind === undefined) throw new Error(`the stand-in platform has no node type ${asked}`);
  return kind;
}
