import type { Clock } from '../../storage-node/base/clock.ts';
import type { Share } from '../../storage-node/base/line.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { StorageNode } from '../../storage-node/index.ts';
import type { Attachment, Machine } from '../machines/machine.ts';
import type { RunPolicy } from '../schedule/schedule.ts';
import type { Configuration, NodeAddress, TransportChoice } from './configuration.ts';

/** What a flow walks through. Made in one place (`main.ts`), so that tests can put another room in. */
export interface Rooms {
  readonly storage: StorageNode;
  readonly clock: Clock;
  readonly log: Log;
  /** When the storage lets scheduled jobs begin. */
  readonly runPolicy: RunPolicy;
  /** Whether the storage node has a server that mail leaves by. */
  readonly mailIsSetUp: boolean;
  /** The restic of this storage node: the same program is placed on the masters. */
  readonly resticPath: string;
  /** Opens a session to a node, with the environment's own ssh identity. */
  connect(environment: string, node: NodeAddress, signal: AbortSignal): Promise<Machine>;
  /** Joins a share to a connected node. */
  attach(request: {
    readonly environment: string;
    readonly node: NodeAddress;
    readonly machine: Machine;
    readonly share: Share;
    readonly transport: TransportChoice;
    /** Where to mount, below the account's home; a private place of its own where not given. */
    readonly mountpoint?: string;
    readonly signal: AbortSignal;
  }): Promise<Attachment>;
  /** Takes away what the environment's killed runs left on a node: dead mounts, folders, processes of ours. */
  clean(environment: string, machine: Machine, signal: AbortSignal): Promise<void>;
  /** Throws `request-invalid` for a web address that customers may not have called. */
  checkAddress(address: string): void;
  /** From now on the text appears in no log. */
  learnSecret(secret: string): void;
  /** Takes everything of ours off a node, and at last the key by which the environment's identity enters. */
  vacate(environment: string, machine: Machine, signal: AbortSignal): Promise<void>;
  /** Makes the environment's ssh identity if it has none, and answers its public key line. */
  identity(environment: string): Promise<string>;
  /** The mounts that stay between operations. */
  readonly keptMounts: KeptMounts;
}

/** Standing mounts, and the one gate per environment to its master. */
export interface KeptMounts {
  /** Ends the environment's standing mount until the answer is disposed of. */
  pause(environment: string): Promise<AsyncDisposable>;
  /** Begins or ends keeping, as the configuration says. */
  follow(configuration: Configuration): void;
  /** Ends keeping for good. */
  release(environment: string): Promise<void>;
}
