import { megabytes } from '../environments.ts';
import { writeVariables } from '../machines.ts';
import * as operations from '../operations.ts';
import { nodeInfo } from '../views.ts';
import type { Environment, PlatformNode } from '../words.ts';
import { Refusal } from '../words.ts';
import { type Call, environmentOf, layerOf, type Methods, mustRun, nodesOf } from './method.ts';

async function setVariables(call: Call, nodes: readonly PlatformNode[], environment: Environment): Promise<object> {
  const variables = Object.entries(call.given.map('vars')).map(([name, value]) => [name, String(value)] as const);
  for (const node of nodes) {
    Object.assign(node.variables, Object.fromEntries(variables));
    const master = environment.nodes.find((one) => one.nodeGroup === node.nodeGroup && one.master)?.id ?? node.id;
    await writeVariables(node.host, { ...node.variables, MASTER_ID: `${master}` });
  }
  return {};
}

const addVariables = (selector: string): Methods[string] => ({
  parameters: ['envName', 'session', selector, 'vars'],
  title: () => 'Add environment variables',
  run: async (call) => {
    const environment = environmentOf(call);
    return await setVariables(call, nodesOf(call, environment), environment);
  },
});

const readVariables = (selector: string): Methods[string] => ({
  parameters: ['envName', 'session', selector],
  run: (call) => ({ object: { ...nodesOf(call, environmentOf(call))[0]?.variables } }),
});

/** Nodes and layers: their data, names, sizes, variables, restarts. */
export const nodeMethods: Methods = {
  'environment.control.ApplyNodeGroupData': {
    parameters: ['envName', 'session', 'nodeGroup', 'data'],
    title: (given) => `Apply data to ${given.text('nodeGroup') ?? 'the node group'}`,
    run: (call) => {
      Object.assign(layerOf(call, environmentOf(call)).data, call.given.map('data'));
      return {};
    },
  },
  'environment.control.SetNodeGroupDisplayName': {
    parameters: ['envName', 'session', 'nodeGroup', 'displayName'],
    title: () => 'Name node group',
    run: (call) => {
      layerOf(call, environmentOf(call)).displayName = call.given.required('displayName');
      return {};
    },
  },
  'environment.control.SetNodeDisplayName': {
    parameters: ['envName', 'session', 'nodeId', 'displayName'],
    title: () => 'Name node',
    run: (call) => {
      for (const node of nodesOf(call, environmentOf(call))) node.displayName = call.given.required('displayName');
      return {};
    },
  },
  'environment.control.SetDiskLimitByGroup': {
    parameters: ['envName', 'session', 'nodeGroup', 'limit'],
    title: () => 'Change disk limit',
    run: (call) => {
      const limit = megabytes(call.given.text('limit') ?? call.given.required('diskLimit'));
      if (limit === undefined) throw new Refusal(3, 'parameter limit is no size');
      const quota = call.estate.quotas['storage.node.disk.limitation'];
      if (quota !== undefined && limit > quota)
        throw new Refusal(1010, `quota storage.node.disk.limitation is ${quota}`);
      for (const node of nodesOf(call, environmentOf(call))) node.diskLimit = limit;
      return {};
    },
  },
  'environment.control.SetCloudletsCountByGroup': {
    parameters: ['envName', 'session', 'nodeGroup', 'fixedCloudlets', 'flexibleCloudlets'],
    title: () => 'Change cloudlets',
    run: (call) => {
      for (const node of nodesOf(call, environmentOf(call))) {
        node.fixedCloudlets = call.given.number('fixedCloudlets', node.fixedCloudlets);
        node.flexibleCloudlets = call.given.number('flexibleCloudlets', node.flexibleCloudlets);
      }
      return {};
    },
  },
  'environment.control.SetNodeCount': {
    parameters: ['envName', 'session', 'nodeGroup', 'count'],
    title: (given) => `Set count of nodes to ${given.text('count') ?? ''}`,
    run: async (call) => {
      const environment = environmentOf(call);
      mustRun(environment);
      const layer = layerOf(call, environment);
      const present = environment.nodes.filter((node) => node.nodeGroup === layer.name).length;
      const more = call.given.number('count', present) - present;
      if (more === 0) return {};
      return more > 0
        ? await operations.scaleOut(call.estate, environment, layer, more)
        : await operations.scaleIn(call.estate, environment, layer, { count: -more });
    },
  },
  'environment.control.SetMasterNode': {
    parameters: ['envName', 'session', 'nodeId'],
    title: () => 'Set master node',
    run: (call) => {
      const environment = environmentOf(call);
      const [chosen] = nodesOf(call, environment);
      for (const node of environment.nodes)
        if (node.nodeGroup === chosen?.nodeGroup) node.master = node.id === chosen.id;
      return {};
    },
  },
  'environment.control.AddContainerEnvVars': addVariables('nodeId'),
  'environment.control.AddContainerEnvVarsById': addVariables('nodeId'),
  'environment.control.AddContainerEnvVarsByGroup': addVariables('nodeGroup'),
  'environment.control.SetContainerEnvVars': addVariables('nodeId'),
  'environment.control.GetContainerEnvVars': readVariables('nodeId'),
  'environment.control.GetContainerEnvVarsById': readVariables('nodeId'),
  'environment.control.GetContainerEnvVarsByGroup': readVariables('nodeGroup'),
  'environment.control.RestartNodes': {
    parameters: ['envName', 'session', 'nodeGroup', 'delay', 'isSequential'],
    title: () => 'Restart nodes',
    run: async (call) => {
      const environment = environmentOf(call);
      mustRun(environment);
      const nodes = nodesOf(call, environment);
      const layer = environment.layers.get(nodes[0]?.nodeGroup ?? '');
      if (layer === undefined) return {};
      return await operations.restart(call.estate, environment, layer, nodes);
    },
  },
  'environment.control.RestartNodeById': {
    parameters: ['envName', 'session', 'nodeId'],
    title: () => 'Restart node',
    run: (call) => call.again('environment.control.RestartNodes', call.given.all),
  },
  'environment.control.RestartServices': {
    parameters: ['envName', 'session', 'nodeGroup', 'delay', 'isSequential'],
    title: () => 'Restart services',
    run: async (call) => {
      const environment = environmentOf(call);
      mustRun(environment);
      return await operations.restartServices(call.estate, environment, nodesOf(call, environment));
    },
  },
  'environment.control.RedeployContainersByGroup': {
    parameters: ['envName', 'session', 'nodeGroup', 'tag', 'sequential', 'useExistingVolumes'],
    title: () => 'Redeploy containers',
    run: async (call) => {
      const environment = environmentOf(call);
      return await operations.redeploy(call.estate, environment, layerOf(call, environment), call.given.text('tag'));
    },
  },
  'environment.control.GetSSHAccessInfo': {
    parameters: ['envName', 'session', 'nodeId'],
    run: (call) => {
      const [node] = nodesOf(call, environmentOf(call));
      const host = `gate.${call.estate.domain}`;
      return {
        object: {
          host,
          port: 3022,
          user: `${node?.id}-${call.caller.uid}`,
          command: `ssh ${node?.id}-${call.caller.uid}@${host} -p 3022`,
        },
      };
    },
  },
  'environment.control.AddEndpoint': {
    parameters: ['envName', 'session', 'nodeId', 'privatePort', 'protocol', 'name'],
    title: () => 'Add endpoint',
    run: (call) => {
      const [node] = nodesOf(call, environmentOf(call));
      const endpoint = {
        id: call.estate.nextId(),
        name: call.given.text('name') ?? 'Endpoint',
        privatePort: call.given.number('privatePort', 0),
        publicPort: 11_000 + call.estate.nextId(),
        protocol: call.given.text('protocol') ?? 'TCP',
        domain: node?.host.name,
        nodeId: node?.id,
      };
      node?.endpoints.push(endpoint);
      return { object: endpoint };
    },
  },
  'environment.control.GetEndpoints': {
    parameters: ['envName', 'session', 'nodeId'],
    run: (call) => ({ array: nodesOf(call, environmentOf(call)).flatMap(({ endpoints }) => endpoints) }),
  },
  'environment.control.RemoveEndpoint': {
    parameters: ['envName', 'session', 'id'],
    title: () => 'Remove endpoint',
    run: (call) => {
      const id = call.given.number('id', -1);
      const holder = environmentOf(call).nodes.find(({ endpoints }) => endpoints.some((one) => one.id === id));
      if (holder === undefined) throw new Refusal(1, `endpoint ${id} is not found`);
      holder.endpoints.splice(
        holder.endpoints.findIndex((one) => one.id === id),
        1,
      );
      return {};
    },
  },
  'environment.control.GetNodeInfo': {
    parameters: ['envName', 'session', 'nodeId'],
    run: (call) => {
      const environment = environmentOf(call);
      return { node: nodesOf(call, environment).map((node) => nodeInfo(call.estate, environment, node))[0] };
    },
  },
};
