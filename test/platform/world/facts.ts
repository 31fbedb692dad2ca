import type { Scope } from '../contract.ts';
import { environmentFacts, nodeInfo } from './views.ts';
import { type Estate, Refusal } from './words.ts';

/** What the placeholders of a manifest read, as of now. */
export function factsFor(estate: Estate, scope: Scope): Record<string, unknown> {
  const { uid, email } = scope.caller;
  const account = estate.accounts.find((one) => one.uid === uid);
  const shared = {
    user: { uid, email, name: account?.name ?? email, appPassword: '' },
    account: { uid, email, groupType: 'billing', balance: 100, status: 1, isEnabled: true },
    quota: {
      ...estate.quotas,
      data: Object.fromEntries(Object.entries(estate.quotas).map(([name, value]) => [name, { value }])),
    },
    platformUrl: `https://app.${estate.domain}/`,
    engine: '8.10',
  };
  if (scope.environment === undefined) return shared;
  const environment = estate.environments.get(scope.environment);
  if (environment === undefined) throw new Refusal(11, `environment ${scope.environment} is not found`);
  const all = environment.nodes.map((node) => nodeInfo(estate, environment, node));
  return {
    ...shared,
    env: { ...environmentFacts(estate, environment), nodes: all },
    nodes: all,
    targetNodes: all.filter((node) => node.nodeGroup === scope.nodeGroup),
  };
}
