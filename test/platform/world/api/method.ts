import type { Caller, Scope } from '../../contract.ts';
import { type Environment, type Estate, type PlatformNode, Refusal } from '../words.ts';
import type { Given } from './given.ts';

/** One call of the API, its session checked. */
export interface Call {
  readonly estate: Estate;
  readonly given: Given;
  readonly caller: Caller;
  readonly scope: Scope;
  /** Calls another method for the same caller. */
  again(method: string, parameters: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

/** A method of the platform's API. What it answers goes out with result 0, unless it has a result of its own; it refuses by throwing. */
export interface Method {
  /** Names of the parameters in the order of a positional call. */
  readonly parameters: readonly string[];
  /** The line of the tasks log; a method without one only reads, and leaves no line. */
  readonly title?: (given: Given) => string;
  readonly run: (call: Call) => Promise<object> | object;
}

/** Methods by their dotted path. */
export type Methods = Readonly<Record<string, Method>>;

/** The environment that a call is about, which its caller must own. */
export function environmentOf({ estate, given, caller, scope }: Call): Environment {
  const name = given.text('envName') ?? given.text('domain');
  const appid = given.text('appid');
  const found =
    name === undefined
      ? ([...estate.environments.values()].find((one) => one.appid === appid) ??
        estate.environments.get(scope.environment ?? ''))
      : estate.environments.get(name.split('.')[0] ?? '');
  if (found === undefined) throw new Refusal(11, `environment ${name ?? appid ?? ''} is not found`);
  if (found.owner !== caller.uid)
    throw new Refusal(12, `user ${caller.email} has no access to environment ${found.name}`);
  return found;
}

/** The nodes that a call names by `nodeId` (-1: all), `nodeGroup` or `nodeType`; all where it names none. Never none. */
export function nodesOf({ given }: Call, environment: Environment): readonly PlatformNode[] {
  const id = given.text('nodeId') ?? given.text('nodeid');
  const group = given.text('nodeGroup');
  const type = given.text('nodeType');
  const ids = id === undefined || id === '-1' ? undefined : id.split(',').map(Number);
  const nodes = environment.nodes.filter(
    (node) =>
      (ids === undefined || ids.includes(node.id)) &&
      (group === undefined || group === '*' || group.split(',').includes(node.nodeGroup)) &&
      (type === undefined || [node.kind.nodeType, node.asked].includes(type)),
  );
  if (nodes.length > 0) return nodes;
  const asked = [id && `node ${id}`, group && `node group ${group}`, type && `node type ${type}`].filter(Boolean);
  throw new Refusal(11022, `${asked.join(', ') || 'a node'} is not found in environment ${environment.name}`);
}

/** The layer that a call names. */
export function layerOf({ given, scope }: Call, environment: Environment) {
  const name = given.text('nodeGroup') ?? scope.nodeGroup ?? '';
  const layer = environment.layers.get(name);
  if (layer === undefined)
    throw new Refusal(11022, `node group ${name} is not found in environment ${environment.name}`);
  return layer;
}

/** Refuses what needs a running environment. */
export function mustRun(environment: Environment): void {
  if (environment.status !== 1)
    throw new Refusal(4111, `environment ${environment.name} is not running (status ${environment.status})`);
}
