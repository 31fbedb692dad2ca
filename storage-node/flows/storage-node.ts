import type { AddonError } from '../base/errors.ts';
import type { Share } from '../base/line.ts';
import type { Backup, EngineName, Manifest, Part } from '../base/words.ts';
import type { BackupFilter } from '../catalog/backups.ts';
import type { EnvironmentStore } from '../catalog/environments.ts';
import type { JobStore } from '../catalog/jobs.ts';
import type { OutboxStore } from '../catalog/outbox.ts';
import type { WatchStore } from '../catalog/watch.ts';
import type { RetentionDecision } from '../retention/decide.ts';
import type { RetentionPolicy } from '../retention/policy.ts';
import type { ShareMode } from '../shares/share.ts';
import type { CheckReport } from './check.ts';
import type { Drift } from './reconcile.ts';

/** An environment as it is named when it is given its repository. */
export interface ProvisionRequest {
  readonly name: string;
  readonly region: string;
  readonly owner: string;
  readonly displayName: string;
}

/** One part's snapshot, about to be written. */
export interface WriterRequest {
  readonly environment: string;
  readonly backup: string;
  readonly part: Pick<Part, 'name' | 'kind'>;
  readonly engine: EngineName;
  readonly file: string;
}

/** Arguments of a restic process, without the program and the repository's place, and what it reads from `/dev/fd/3`. */
export interface ResticCommand {
  readonly arguments: readonly string[];
  readonly secret: string;
}

/** All that the add-on may ask of the storage half. */
export interface StorageNode extends AsyncDisposable {
  /** Gives an environment its folder, account, key and repository. Twice changes nothing. */
  provision(request: ProvisionRequest): Promise<{ readonly created: boolean }>;
  space(): Promise<{ freeBytes: number; totalBytes: number }>;
  readonly environments: EnvironmentStore;
  readonly jobs: JobStore;
  readonly outbox: OutboxStore;
  readonly watch: WatchStore;
  /** Serves the folder for one operation, after fencing off whoever was served before. Disposing ends the servers and seals. */
  share(environment: string, mode: ShareMode): Promise<Share>;
  writer(request: WriterRequest): ResticCommand;
  reader(request: { readonly environment: string; readonly snapshot: string; readonly file: string }): ResticCommand;
  /** Rejects with `dump-failed` or `storage-full` where restic did not say which snapshot it made. */
  readSummary(stdout: string): { snapshot: string; bytes: number; storedBytes: number };
  explainFailure(outcome: { readonly exitCode: number; readonly stderr: string }): AddonError;
  /** Verifies, commits and lists a backup. After the share was disposed of. Any doubt: `backup-unverified`. */
  keep(manifest: Manifest): Promise<Backup>;
  /** Forgets an attempt that has no manifest. */
  discard(environment: string, backup: string): Promise<void>;
  readonly backups: {
    /** Newest first. */
    list(filter?: BackupFilter): Backup[];
    get(id: string): Backup | undefined;
  };
  pin(id: string, until: string | null): Promise<Backup>;
  /** Takes a person's word that a flagged backup is good: from now on it is one of the good ones. */
  accept(id: string): Promise<Backup>;
  retain(environment: string, policy: RetentionPolicy, now: Date): Promise<RetentionDecision[]>;
  decide(
    environment: string,
    policy: RetentionPolicy,
    now: Date,
    only?: ReadonlySet<string>,
  ): readonly RetentionDecision[];
  /** Rejects with `backup-held` for a pinned one, unless forced. */
  remove(backup: string, options?: { readonly force?: boolean }): Promise<void>;
  /** Folder, key and rows: nothing is left. */
  removeEnvironment(name: string): Promise<void>;
  prune(environment: string, signal: AbortSignal): Promise<{ freedBytes: number }>;
  check(environment: string, options: { readonly readData: boolean }, signal: AbortSignal): Promise<CheckReport>;
  reconcile(environment?: string): Promise<Drift>;
  /** What opens the repository with plain restic. */
  exportKey(environment: string): string;
  importKey(environment: string, key: string): void;
  seal(text: string): string;
  unseal(sealed: string): string;
  storageBytes(environment: string): Promise<number>;
}
