import { freshName } from '../environments.ts';
import { KINDS, kindOf } from '../kinds.ts';
import * as operations from '../operations.ts';
import { environmentFacts, environmentInfo, layerInfo } from '../views.ts';
import type { Environment } from '../words.ts';
import { Refusal } from '../words.ts';
import { type Call, environmentOf, type Methods } from './method.ts';

const own = ({ estate, caller, given }: Call): readonly Environment[] => {
  const owner = given.text('ownerUid') ?? caller.uid;
  if (owner !== caller.uid) return [];
  return [...estate.environments.values()].filter((one) => one.owner === owner);
};

function propertiesOf(environment: Environment, keys: readonly unknown[]): Record<string, unknown> {
  const wanted = keys.map(String);
  return Object.fromEntries(
    Object.entries(environment.properties).filter(([key]) => wanted.length === 0 || wanted.includes(key)),
  );
}

const groupsGiven = ({ given }: Call): string[] =>
  [...given.list('envGroups'), ...given.list('envGroup')].map((one) =>
    typeof one === 'object' ? String((one as { name?: unknown }).name) : String(one),
  );

/** Environments: to look at, to make, to change, to remove. */
export const environmentMethods: Methods = {
  'environment.control.GetEnvs': {
    parameters: ['appid', 'session', 'lazy', 'ownerUid'],
    run: (call) => ({ infos: own(call).map((one) => environmentInfo(call.estate, one)) }),
  },
  'environment.control.GetBasicEnvsInfo': {
    parameters: ['ownerUid'],
    run: (call) => ({
      infos: own(call).map((one) => ({ env: environmentFacts(call.estate, one), envGroups: [...one.groups] })),
    }),
  },
  'environment.control.GetEnvInfo': {
    parameters: ['envName', 'session', 'lazy'],
    run: (call) => environmentInfo(call.estate, environmentOf(call)),
  },
  'environment.control.GetNodeGroups': {
    parameters: ['envName', 'session'],
    run: (call) => ({ object: [...environmentOf(call).layers.values()].map(layerInfo) }),
  },
  'environment.control.CreateEnvironment': {
    parameters: ['env', 'nodes', 'actionkey', 'ownerUid', 'envGroups'],
    title: (given) => `Create environment ${given.map('env').shortdomain ?? ''}`,
    run: async (call) => {
      const wanted = call.given.map('env');
      const owner = call.given.text('ownerUid') ?? call.caller.uid;
      if (owner !== call.caller.uid) throw new Refusal(12, `user ${call.caller.email} may not create for ${owner}`);
      const environment = await operations.create(call.estate, {
        name: String(wanted.shortdomain ?? freshName(call.estate)),
        owner,
        displayName: wanted.displayName === undefined ? undefined : String(wanted.displayName),
        region: wanted.region === undefined ? undefined : String(wanted.region),
        groups: groupsGiven(call),
        nodes: call.given.list('nodes') as readonly Record<string, unknown>[],
        quiet: call.given.flag('skipNodeEmails'),
      });
      return { response: environmentInfo(call.estate, environment), ...environmentInfo(call.estate, environment) };
    },
  },
  'environment.control.DeleteEnv': {
    parameters: ['envName', 'session', 'password'],
    title: (given) => `Delete environment ${given.text('envName') ?? ''}`,
    run: (call) => operations.remove(call.estate, environmentOf(call)),
  },
  'environment.control.StartEnv': {
    parameters: ['envName', 'session'],
    title: () => 'Start environment',
    run: (call) => operations.start(call.estate, environmentOf(call)),
  },
  'environment.control.StopEnv': {
    parameters: ['envName', 'session'],
    title: () => 'Stop environment',
    run: (call) => operations.stop(call.estate, environmentOf(call)),
  },
  'environment.control.SleepEnv': {
    parameters: ['envName', 'session'],
    title: () => 'Hibernate environment',
    run: (call) => operations.stop(call.estate, environmentOf(call), 4),
  },
  'environment.control.CloneEnv': {
    parameters: ['srcEnvName', 'session', 'dstEnvName'],
    title: (given) => `Clone environment ${given.text('srcEnvName') ?? ''}`,
    run: (call) => {
      const source = call.estate.environments.get(call.given.required('srcEnvName'));
      if (source === undefined || source.owner !== call.caller.uid)
        throw new Refusal(11, `environment ${call.given.text('srcEnvName')} is not found`);
      return operations.clone(call.estate, source, {
        name: call.given.text('dstEnvName'),
        displayName: call.given.text('dstEnvDisplayName'),
      });
    },
  },
  'environment.control.EditDisplayName': {
    parameters: ['envName', 'session', 'displayName'],
    title: () => 'Change alias',
    run: (call) => {
      environmentOf(call).displayName = call.given.required('displayName');
      return {};
    },
  },
  'environment.control.ApplyEnvProperty': {
    parameters: ['envName', 'session', 'properties'],
    title: () => 'Apply environment properties',
    run: (call) => {
      const environment = environmentOf(call);
      Object.assign(environment.properties, call.given.map('properties'), call.given.map('data'));
      return {};
    },
  },
  'environment.control.GetEnvProperty': {
    parameters: ['envName', 'session', 'propertyKeys'],
    run: (call) => ({ object: propertiesOf(environmentOf(call), call.given.list('propertyKeys')) }),
  },
  'environment.control.AttachEnvGroup': {
    parameters: ['envName', 'session', 'envGroup'],
    title: () => 'Attach environment group',
    run: (call) => {
      const environment = environmentOf(call);
      environment.groups = [...new Set([...environment.groups, ...groupsGiven(call)])];
      return {};
    },
  },
  'environment.control.DetachEnvGroup': {
    parameters: ['envName', 'session', 'envGroup'],
    title: () => 'Detach environment group',
    run: (call) => {
      const environment = environmentOf(call);
      const going = groupsGiven(call);
      environment.groups = environment.groups.filter((group) => !going.includes(group));
      return {};
    },
  },
  'environment.control.GetRegions': {
    parameters: ['appid', 'session'],
    run: ({ estate: { region } }) => {
      const group = { ...region, isActive: true, isEnabled: true, isDefault: true, type: 'PCS', vzTypes: ['pvps'] };
      return { array: [{ ...group, name: region.uniqueName, domain: '', hardNodeGroups: [group] }] };
    },
  },
  'environment.control.GetTemplates': {
    parameters: ['session', 'type'],
    run: () => ({
      array: KINDS.map(({ nodeType, aliases, displayName, nodeGroup, version }) => ({
        nodeType,
        nodeTypeAliases: aliases,
        name: displayName,
        nodeMission: nodeGroup,
        tags: [{ name: version }],
      })),
    }),
  },
  'environment.control.GetContainerNodeTags': {
    parameters: ['session', 'nodeType'],
    run: (call) => {
      const kind = kindOf(call.given.required('nodeType'));
      return { object: kind === undefined ? [] : [kind.version] };
    },
  },
};
