import type { Counts, EngineName } from '../../storage-node/base/words.ts';
import type { Command, Expectation, Machine } from '../machines/machine.ts';

/** How the database server is reached from the master, and by which account. */
export interface Access {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  /** 0 means the engine's ordinary port. */
  readonly port: number;
  /** Addresses of the layer's nodes, the master first: a cluster's other members are found among them. */
  readonly nodes: readonly string[];
  /** What only one engine knows: `tls`, `replicaSet`, `backupCommand`, `restoreCommand`, `timeLimitMinutes`, … */
  readonly options: Readonly<Record<string, string>>;
}

/** One database server, for one operation. */
export interface Server {
  readonly machine: Machine;
  readonly access: Access;
  readonly signal: AbortSignal;
  /** Tells people what goes on. */
  readonly tell: (step: string) => void;
  /** A line for the job's log. */
  readonly log: (line: string) => void;
}

/** What can be dumped as one stream. */
export interface Dumpable {
  readonly name: string;
  readonly kind: 'globals' | 'database';
  /** Ending of the file in the snapshot: `sql`, `pgdump`, `rdb`, `archive`, `bin`. */
  readonly extension: string;
}

/** What a look at the server found. */
export interface Probe {
  readonly version: string;
  /** In the order in which they are dumped: what takes longest first, so that nothing long is left over at the end. */
  readonly parts: readonly Dumpable[];
  /** What a user should know: tables that a consistent dump cannot cover, and the like. */
  readonly warnings: readonly string[];
  /** Size of the data as the server tells it; 0 where it does not. */
  readonly estimatedBytes: number;
}

/** How one part is dumped, and what proves that the dump is whole. */
export interface DumpPlan {
  /** Rows and objects of the part when the plan was made; null where the engine cannot count. */
  readonly counts: Counts | null;
  readonly command: Command;
  readonly expect: Expectation;
  /** Extended regular expression of stderr lines that mean "the schema changed under the dump": tried again, up to three times. */
  readonly changed?: string;
}

/** One part of a backup on its way back. */
export interface StoredPart extends Dumpable {
  readonly bytes: number;
  readonly counts: Counts | null;
  /**
   * Streams the part into `consumer` on the master. The consumer sees end-of-file only after the whole length has come;
   * rejects otherwise, and with `restore-failed` when the consumer's exit status is not 0. Answers the consumer's stdout and stderr.
   */
  pourInto(consumer: Command): Promise<{ readonly stdout: string; readonly stderr: string }>;
}

/** What a restore brought back. */
export interface RestoreReport {
  /** Names of the parts that now hold what the backup holds. */
  readonly restored: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * One kind of database server. Knows its client programs, its SQL and its manual, and nothing of storage, jobs or the platform.
 * All methods throw AddonError: `database-unreachable`, `credentials-refused`, `privileges-missing` (naming each), `node-tools`
 * (naming the program), `node-replica`, `name-refused` (naming the object), `version-refused`, `restore-failed`, `restore-mismatch`.
 */
export interface Engine {
  readonly name: EngineName;
  readonly abilities: {
    readonly credentials: 'required' | 'optional';
    /** A restore that fails half-way leaves the old data in place. */
    readonly restoresBeside: boolean;
    /** Parts may be dumped and restored side by side. */
    readonly partsInParallel: boolean;
  };
  /** Proves tools, reachability, credentials, privileges and the role of primary; lists the parts. Changes nothing. */
  probe(server: Server): Promise<Probe>;
  /** Counts one part, and says what to run for it. Called shortly before the part is dumped. Changes nothing. */
  dump(server: Server, part: Dumpable): Promise<DumpPlan>;
  /** Makes the server hold what the parts hold: databases not among them stay. Called again after a failure, it starts over. */
  restore(server: Server, parts: readonly StoredPart[], source: { readonly version: string }): Promise<RestoreReport>;
  /** Takes away what an interrupted restore left on the server, before the next operation. Answers what it did, in words. */
  tidy(server: Server): Promise<readonly string[]>;
}
