import { AddonError } from '../../storage-node/base/errors.ts';
import type { EngineName } from '../../storage-node/base/words.ts';

const BY_NODE_TYPE: readonly (readonly [RegExp, EngineName])[] = [
  [/^(mariadb|mysql|percona)/i, 'mariadb'],
  [/^postgres/i, 'postgresql'],
  [/^redis/i, 'redis'],
  [/^mongo/i, 'mongodb'],
];

/** The engine of a layer: what the user chose, two commands of their own, or what the node type says. */
export function engineOf(
  nodeType: string,
  settings: { readonly engine: string; readonly backupCommand: string },
): EngineName {
  if (settings.engine !== '') return settings.engine as EngineName;
  if (settings.backupCommand !== '') return 'custom';
  const found = BY_NODE_TYPE.find(([pattern]) => pattern.test(nodeType));
  if (found !== undefined) return found[1];
  throw new AddonError('engine-unsupported', `node type ${JSON.stringify(nodeType)} is no database that is known`, {
    hint: 'set settings.engine to mariadb, postgresql, redis, mongodb or custom.',
  });
}
