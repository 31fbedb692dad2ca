import type { Answer, Scope, World } from '../contract.ts';
import { isMapping, list, mapping } from './mapping.ts';

/** A call that reached the fake world. */
export interface Called {
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>> | readonly unknown[];
  readonly scope: Scope;
}

/** A world in memory that notes what it is asked and answers what it is told: no platform, no hosts. */
export interface FakeWorld extends World {
  readonly calls: Called[];
  readonly tasks: { title: string; action: string; parameters: string }[];
  /** Answers by method; a function sees the parameters. */
  readonly answers: Record<string, Answer | ((parameters: unknown) => Answer)>;
  readonly files: Record<string, string>;
  known: Record<string, unknown>;
  /** Parameters of the calls of this method, by name. */
  of(method: string): Readonly<Record<string, unknown>>[];
}

export const CALLER = { uid: '17', email: 'anna@example.test', session: 'session-17' };
export const SCOPE: Scope = { caller: CALLER, environment: 'shop', nodeGroup: 'sqldb' };

export const NODES = [
  { id: 11, nodeGroup: 'cp', nodeType: 'nginxphp', intIP: '10.0.0.1', address: '10.0.0.1', ismaster: true },
  {
    id: 21,
    nodeGroup: 'sqldb',
    nodeType: 'mariadb-dockerized',
    intIP: '10.0.0.2',
    address: '10.0.0.2',
    ismaster: false,
  },
  {
    id: 22,
    nodeGroup: 'sqldb',
    nodeType: 'mariadb-dockerized',
    intIP: '10.0.0.3',
    address: '10.0.0.3',
    ismaster: true,
  },
];

export const FACTS = {
  env: { envName: 'shop', domain: 'shop.platform.test', displayName: 'Shop', status: 1, uid: 17, appid: 'app-shop' },
  nodes: NODES,
  targetNodes: NODES.filter(({ nodeGroup }) => nodeGroup === 'sqldb'),
  user: { uid: '17', email: 'anna@example.test', name: 'Anna' },
  account: { groupType: 'billing' },
  quota: { 'environment.maxnodescount': 16, 'storage.node.disk.limitation': 50000 },
};

/** A world with one environment, `shop`, of one web node and two database nodes. */
export function fakeWorld(): FakeWorld {
  const calls: Called[] = [];
  const tasks: FakeWorld['tasks'] = [];
  const answers: FakeWorld['answers'] = {};
  const files: Record<string, string> = {};
  const world: FakeWorld = {
    calls,
    tasks,
    answers,
    files,
    known: FACTS,
    of: (method) => calls.filter((call) => call.method === method).map(({ parameters }) => mapping(parameters)),
    facts: async ({ environment }) =>
      environment === undefined ? { user: FACTS.user, account: FACTS.account, quota: FACTS.quota } : world.known,
    async call(method, parameters, scope) {
      calls.push({ method, parameters, scope });
      const answer = answers[method];
      if (answer !== undefined) return typeof answer === 'function' ? answer(parameters) : answer;
      if (!/\.ExecCmd/.test(method)) return { result: 0 };
      const given = isMapping(parameters) ? parameters : {};
      const responses = list(given.nodeId ?? 21).map((nodeid) => ({ nodeid, result: 0, out: 'done', errOut: '' }));
      return { result: 0, responses };
    },
    knows: (method) => !method.endsWith('.Nowhere'),
    async fetch(address) {
      const text = files[address];
      if (text === undefined) throw new Error(`404: ${address}`);
      return text;
    },
    async task(about, work) {
      tasks.push({ title: about.title, action: about.action, parameters: about.parameters });
      return work();
    },
  };
  return world;
}
