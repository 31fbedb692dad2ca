import { Refusal } from '../words.ts';
import { environmentOf, type Methods } from './method.ts';

/** One port, or one range, per rule. */
const onePort = /^(?:\d+(?:-\d+)?)?$/;

/** Firewall rules and the triggers of the monitoring: they are kept and told, nothing is filtered by them. */
export const securityMethods: Methods = {
  'environment.security.AddRule': {
    parameters: ['envName', 'session', 'rule', 'nodeGroup'],
    title: () => 'Add firewall rule',
    run: (call) => {
      const rule = call.given.map('rule');
      const nodeGroup = call.given.text('nodeGroup') ?? rule.nodeGroup;
      if (!onePort.test(String(rule.ports ?? '')))
        throw new Refusal(3, `ports ${String(rule.ports)}: a rule has one port or one range`);
      if (!['INPUT', 'OUTPUT'].includes(String(rule.direction)))
        throw new Refusal(3, `direction ${String(rule.direction)} is neither INPUT nor OUTPUT`);
      const id = call.estate.nextId();
      environmentOf(call).rules.push({ isEnabled: true, ...rule, id, nodeGroup });
      return { object: { id } };
    },
  },
  'environment.security.GetRules': {
    parameters: ['envName', 'session', 'nodeGroup', 'direction'],
    run: (call) => {
      const group = call.given.text('nodeGroup');
      const direction = call.given.text('direction');
      const rules = environmentOf(call).rules.filter(
        (rule) =>
          (group === undefined || rule.nodeGroup === group) &&
          (direction === undefined || rule.direction === direction),
      );
      return { rules, array: rules };
    },
  },
  'environment.security.RemoveRule': {
    parameters: ['envName', 'session', 'id'],
    title: () => 'Remove firewall rule',
    run: (call) => removeRules(call, [call.given.required('id')]),
  },
  'environment.security.RemoveRules': {
    parameters: ['envName', 'session', 'ids'],
    title: () => 'Remove firewall rules',
    run: (call) => removeRules(call, call.given.list('ids')),
  },
  'environment.security.SetFirewallEnabled': {
    parameters: ['envName', 'session', 'isEnabled'],
    title: () => 'Switch firewall',
    run: (call) => ({ envName: environmentOf(call).name }),
  },
  'environment.trigger.AddTrigger': {
    parameters: ['envName', 'session', 'data'],
    title: () => 'Add trigger',
    run: (call) => {
      const data = call.given.map('data');
      const trigger = {
        isEnabled: true,
        ...(Object.keys(data).length === 0 ? call.given.all : data),
        id: call.estate.nextId(),
      };
      environmentOf(call).triggers.push(trigger);
      return { object: trigger };
    },
  },
  'environment.trigger.GetTriggers': {
    parameters: ['envName', 'session'],
    run: (call) => ({ array: environmentOf(call).triggers }),
  },
  'environment.trigger.DeleteTrigger': {
    parameters: ['envName', 'session', 'id'],
    title: () => 'Delete trigger',
    run: (call) => {
      const { triggers } = environmentOf(call);
      const place = triggers.findIndex((trigger) => `${trigger.id}` === call.given.required('id'));
      if (place < 0) throw new Refusal(1, `trigger ${call.given.text('id')} is not found`);
      triggers.splice(place, 1);
      return {};
    },
  },
};

function removeRules(call: Parameters<Methods[string]['run']>[0], ids: readonly unknown[]): object {
  const { rules } = environmentOf(call);
  for (const id of ids.map(String)) {
    const place = rules.findIndex((rule) => `${rule.id}` === id);
    if (place < 0) throw new Refusal(1, `rule ${id} is not found`);
    rules.splice(place, 1);
  }
  return {};
}
