import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AddonError } from '../base/errors.ts';
import type { Redactor } from '../base/redact.ts';
import { writeDurably } from './durable.ts';
import { createVault, type Vault } from './vault.ts';

const MASTER = 'master.key';
const KEY_BYTES = 32;

/** The repositories' keys, one sealed file each, so that a lost catalog does not lose them. */
export interface Keys extends Vault {
  has(environment: string): boolean;
  /** The key of an environment's repository; rejects with `key-missing`. */
  get(environment: string): string;
  /** The key, made at random where there is none yet. */
  getOrMake(environment: string): string;
  /** Takes a key in; one that it replaces stays beside it as `.previous`. */
  put(environment: string, key: string): void;
  remove(environment: string): void;
}

function openMasterKey(folder: string): Buffer {
  const path = join(folder, MASTER);
  if (!existsSync(path)) {
    if (readdirSync(folder).some((name) => name.endsWith('.key')))
      throw new AddonError('key-missing', `the master key ${path} is missing, and there are keys sealed with it`);
    writeDurably(path, randomBytes(KEY_BYTES));
  }
  const key = readFileSync(path);
  if (key.length !== KEY_BYTES) throw new AddonError('key-missing', `the master key ${path} is damaged`);
  return key;
}

/** Opens the folder of keys; makes the master key at the first start. The redactor learns every key that is touched. */
export function openKeys(folder: string, redactor: Redactor): Keys {
  const vault = createVault(openMasterKey(folder));
  const pathOf = (environment: string) => join(folder, `repository-${environment}.key`);
  const keys: Keys = {
    ...vault,
    has: (environment) => existsSync(pathOf(environment)),
    get(environment) {
      if (!keys.has(environment))
        throw new AddonError('key-missing', `the key of environment ${environment} is missing`);
      const key = vault.unseal(readFileSync(pathOf(environment), 'utf8'));
      redactor.learn(key);
      return key;
    },
    getOrMake(environment) {
      if (!keys.has(environment)) keys.put(environment, randomBytes(KEY_BYTES).toString('base64url'));
      return keys.get(environment);
    },
    put(environment, key) {
      redactor.learn(key);
      const path = pathOf(environment);
      if (existsSync(path) && keys.get(environment) !== key) renameSync(path, `${path}.previous`);
      writeDurably(path, Buffer.from(vault.seal(key)));
    },
    remove(environment) {
      for (const path of [pathOf(environment), `${pathOf(environment)}.previous`]) rmSync(path, { force: true });
    },
  };
  return keys;
}
