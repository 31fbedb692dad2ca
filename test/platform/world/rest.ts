import type { World } from '../contract.ts';
import { fire } from './events.ts';
import type { Rest } from './internet.ts';
import { type Estate, Refusal } from './words.ts';

/** The node that an address belongs to, with its environment. */
function nodeAt(estate: Estate, address: string) {
  for (const environment of estate.environments.values())
    for (const node of environment.nodes) if (node.host.address === address) return { environment, node };
  throw new Refusal(702, `no node of the platform has the address ${address}`);
}

/**
 * The API as hosts reach it over HTTP. `environment/node` is for nodes, which are known by their address and need no session;
 * everything else is a call with the session that it carries.
 */
export function createRest(estate: Estate, call: World['call']): Rest {
  const fromNode = async (method: string, form: URLSearchParams, from: string): Promise<object> => {
    const { environment, node } = nodeAt(estate, from);
    if (method === 'sendnotification') {
      const { email } = estate.caller(environment.owner);
      const subject = form.get('name') ?? form.get('title') ?? 'Notification';
      estate.mail.push({ to: email, subject, body: form.get('message') ?? form.get('body') ?? '' });
      return { result: 0 };
    }
    if (method === 'sendevent') {
      const params = JSON.parse(form.get('params') ?? '{}') as Record<string, unknown>;
      const { name, displayName } = environment;
      const about = { NODE_ID: node.id, NODE_GROUP: node.nodeGroup, ENV_NAME: name, USER_NAME: displayName };
      const data = { ...params, ...about, nodeId: node.id, nodeGroup: node.nodeGroup };
      // The node is answered at once; what its event sets off may take long.
      void fire(estate, name, { name: 'onCustomNodeEvent', params: data, response: {} });
      return { result: 0 };
    }
    if (method === 'jemservice') {
      const action = form.get('action');
      if (action !== 'start') await node.service?.stop();
      if (action !== 'stop') await node.service?.start();
      return { result: 0 };
    }
    if (method === 'jempassword') {
      const password = form.get('password') ?? '';
      await node.service?.setPassword(node.password, password);
      node.password = password;
      return { result: 0 };
    }
    return { result: 3, error: `the stand-in platform has no API method environment.node.${method}` };
  };
  return async (path, form, from) => {
    const [, , group = '', type = '', , method = ''] = path.split('/');
    try {
      if (group === 'environment' && type === 'node') return await fromNode(method.toLowerCase(), form, from);
      const session = form.get('session') ?? '';
      const caller = estate.callerOf(session);
      return await call(`${group}.${type}.${method}`, Object.fromEntries(form), { caller });
    } catch (error) {
      return error instanceof Refusal ? error.answer : { result: 99, error: (error as Error).message };
    }
  };
}
