import { AddonError } from '../../storage-node/base/errors.ts';
import type { EngineName } from '../../storage-node/base/words.ts';
import type { StorageNode } from '../../storage-node/index.ts';
import type { ScheduleFields } from '../schedule/schedule.ts';

/** One host of the layer, as the platform or the user names it. */
export interface NodeAddress {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly account: string;
  /** `ssh-ed25519 AAAA…`: the one key that this node may show. */
  readonly hostKey: string;
  readonly master: boolean;
}

/** How the master shall reach the storage; `auto` mounts where it can. */
export type TransportChoice = 'auto' | 'mount' | 'channel';

/** Who is told of an environment's events. */
export interface NotifySettings {
  readonly mail: readonly string[];
  /** Also of what asks nobody to act. */
  readonly all: boolean;
  /** Empty for none, as the two that follow. */
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly pingUrl: string;
}

/** How the add-on is set up for one environment. */
export interface Configuration {
  readonly environment: {
    readonly name: string;
    readonly displayName: string;
    readonly region: string;
    readonly owner: string;
  };
  readonly layer: { readonly nodeGroup: string; readonly nodeType: string };
  readonly nodes: readonly NodeAddress[];
  readonly engine: EngineName;
  readonly access: {
    readonly user: string;
    readonly password: string;
    readonly host: string;
    /** 0: the engine's ordinary port. */
    readonly port: number;
    readonly options: Readonly<Record<string, string>>;
  };
  readonly schedule: ScheduleFields;
  readonly storageName: string;
  /** How many of the newest complete backups stay. */
  readonly keep: number;
  /** What else stays, as the settings `backupAge` and `keepRules` say it; absent in what older versions stored. */
  readonly keepAlso?: { readonly age: string; readonly rules: string };
  /** Ends the mount with each operation; else it stays between them, read-only. */
  readonly alwaysUnmount: boolean;
  readonly transport: TransportChoice;
  /** The platform has changed the database's password since this one was proven; the next proof ends it. */
  readonly credentialsStale?: true;
  /** Nobody where it is not given. */
  readonly notify?: NotifySettings;
}

/** The configuration of an installed environment. Throws `environment-unknown`. */
export function loadConfiguration(storage: StorageNode, name: string): Configuration {
  const record = storage.environments.get(name);
  if (record === undefined || !record.installed) {
    throw new AddonError('environment-unknown', `the add-on is not installed on environment ${JSON.stringify(name)}`);
  }
  return readConfiguration(storage, record.configuration);
}

/** Opens a stored configuration, its secrets unsealed. */
export function readConfiguration(storage: StorageNode, text: string): Configuration {
  const stored = JSON.parse(text) as Configuration;
  const open = (sealed: string) => (sealed === '' ? '' : storage.unseal(sealed));
  return withSecrets(stored, open);
}

function withSecrets(configuration: Configuration, turn: (secret: string) => string): Configuration {
  const { access, notify } = configuration;
  return {
    ...configuration,
    access: { ...access, password: turn(access.password) },
    ...(notify === undefined ? {} : { notify: { ...notify, webhookSecret: turn(notify.webhookSecret) } }),
  };
}

/** Stores a configuration with its secrets sealed. */
export function saveConfiguration(storage: StorageNode, configuration: Configuration, now: Date): void {
  const { environment, engine } = configuration;
  const former = storage.environments.get(environment.name);
  storage.environments.save({
    ...environment,
    engine,
    installed: true,
    configuration: JSON.stringify(withSecrets(configuration, (secret) => (secret === '' ? '' : storage.seal(secret)))),
    createdAt: former?.createdAt ?? now.toISOString(),
  });
}

/** The node on which all work is done: the one marked as master, else the first. */
export function masterOf(configuration: Configuration): NodeAddress {
  const master = configuration.nodes.find((node) => node.master) ?? configuration.nodes[0];
  if (master === undefined) throw new AddonError('request-invalid', 'nodes: at least one node is needed');
  return master;
}
