import { mount, unmount } from '../mounts.ts';
import { type MountPoint, type PlatformNode, Refusal } from '../words.ts';
import { type Call, environmentOf, type Methods, mustRun, nodesOf } from './method.ts';

const EXISTS = 2030;
const FORBIDDEN = /^\/(?:$|(?:proc|sys|dev|run)(?:\/|$)|(?:bin|sbin|usr|etc|lib|lib64)\/?$|usr\/(?:bin|sbin|lib)\/?$)/;

async function addMount(call: Call): Promise<object> {
  const { given } = call;
  const environment = environmentOf(call);
  mustRun(environment);
  const path = given.required('path').replace(/(.)\/+$/, '$1');
  if (!path.startsWith('/') || FORBIDDEN.test(path)) throw new Refusal(3, `path ${path} may not be a mount point`);
  const sourceNode = given.text('sourceNodeId');
  const sourceHost = given.text('sourceHost') ?? null;
  if (sourceNode === undefined && sourceHost === null) throw new Refusal(3, 'a mount needs sourceNodeId or sourceHost');
  const point: MountPoint = {
    path,
    sourcePath: given.required('sourcePath'),
    sourceNodeId: sourceNode === undefined ? null : Number(sourceNode),
    sourceHost,
    protocol: given.text('protocol') ?? 'nfs4',
    name: given.text('name') ?? '',
    readOnly: given.flag('readOnly'),
    type: sourceNode === undefined ? 'EXTERNAL' : 'INTERNAL',
  };
  for (const node of nodesOf(call, environment)) {
    if (node.mounts.some((one) => one.path === path))
      throw new Refusal(EXISTS, `mount point ${path} exists on node ${node.id} already`);
    await mount(call.estate, node, point);
    node.mounts.push(point);
  }
  return { object: point };
}

async function removeMount(call: Call): Promise<object> {
  const path = call.given.required('path').replace(/(.)\/+$/, '$1');
  const holders = nodesOf(call, environmentOf(call)).filter(({ mounts }) => mounts.some((one) => one.path === path));
  if (holders.length === 0) throw new Refusal(2032, `mount point ${path} is not found`);
  for (const node of holders) {
    await unmount(node, path);
    node.mounts.splice(
      node.mounts.findIndex((one) => one.path === path),
      1,
    );
  }
  return {};
}

const listed = (node: PlatformNode) => node.mounts.map((point) => ({ ...point, nodeId: node.id }));
const parameters = (selector: string) => [
  ...[
    'envName',
    'session',
    selector,
    'path',
    'protocol',
    'sourceHost',
    'sourcePath',
    'sourceNodeId',
    'name',
    'readOnly',
  ],
  'sourceAddressType',
];
const title: NonNullable<Methods[string]['title']> = (given) => `Mount ${given.text('path') ?? ''}`;
const untitle: NonNullable<Methods[string]['title']> = (given) => `Unmount ${given.text('path') ?? ''}`;

/** Mounts of one node's files on another. */
export const mountMethods: Methods = {
  'environment.file.AddMountPointById': { parameters: parameters('nodeId'), title, run: addMount },
  'environment.file.AddMountPointByGroup': { parameters: parameters('nodeGroup'), title, run: addMount },
  'environment.file.GetMountPoints': {
    parameters: ['envName', 'session', 'nodeId'],
    run: (call) => ({ array: nodesOf(call, environmentOf(call)).flatMap(listed) }),
  },
  'environment.file.RemoveMountPointById': {
    parameters: ['envName', 'session', 'nodeId', 'path'],
    title: untitle,
    run: removeMount,
  },
  'environment.file.RemoveMountPointByGroup': {
    parameters: ['envName', 'session', 'nodeGroup', 'path'],
    title: untitle,
    run: removeMount,
  },
};
