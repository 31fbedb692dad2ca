import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Share } from '../../../storage-node/base/line.ts';
import { type RunResult, run } from '../../../storage-node/base/run.ts';
import type { Backup, Manifest, Part } from '../../../storage-node/base/words.ts';
import type { StorageNode } from '../../../storage-node/index.ts';
import { NOW, open } from './open.ts';

/** A storage node on a directory of its own, gone with the test. */
export interface Storage extends AsyncDisposable {
  node: StorageNode;
  readonly directory: string;
  folder(environment: string): string;
  /** Ends the node and starts it again on the same directory, with something done in between. */
  reopen(meanwhile?: () => void | Promise<void>): Promise<void>;
}

export { open };

const templates = new Map<string, Promise<string>>();
afterAll(async () => {
  for (const directory of await Promise.all(templates.values())) rmSync(directory, { recursive: true, force: true });
});

/** Making a repository takes restic a second or more, so it is made once for a file of tests and copied. */
async function makeTemplate(environments: readonly string[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'dbbackup-template-'));
  await using node = await open(directory);
  for (const name of environments) await node.provision(named(name));
  return directory;
}

export async function openStorage(...environments: readonly string[]): Promise<Storage> {
  const template = templates.get(environments.join()) ?? makeTemplate(environments);
  templates.set(environments.join(), template);
  const directory = mkdtempSync(join(tmpdir(), 'dbbackup-storage-'));
  const copied = await run(['cp', '-a', `${await template}/.`, directory]);
  if (copied.exitCode !== 0) throw new Error(copied.stderr);
  const storage: Storage = {
    node: await open(directory),
    directory,
    folder: (environment) => join(directory, 'repositories', environment),
    async reopen(meanwhile = () => undefined) {
      await storage.node[Symbol.asyncDispose]();
      await meanwhile();
      storage.node = await open(directory);
    },
    async [Symbol.asyncDispose]() {
      await storage.node[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return storage;
}

export const named = (name: string) => ({ name, region: 'eu-1', owner: 'u17', displayName: name });

/** Runs restic as a master does: over the share's line, by SFTP. */
export async function resticOver(
  share: Share,
  command: { readonly arguments: readonly string[]; readonly secret: string },
  input?: string,
): Promise<RunResult> {
  const line = await share.serve();
  const end = (descriptor: number) => `/proc/${process.pid}/fd/${descriptor}`;
  const join = `sh -c 'cat <${end(line.fromServer)} & cat >${end(line.toServer)}; kill $!'`;
  try {
    return await run(['restic', '-r', 'sftp:share:/share', '-o', `sftp.command=${join}`, ...command.arguments], {
      secret: command.secret,
      timeoutMs: 60_000,
      ...(input === undefined ? {} : { input }),
    });
  } finally {
    await line.end();
  }
}

/** Runs restic as the storage node does: on the local path. */
export const resticAt = (storage: Storage, environment: string, ...args: readonly string[]) =>
  run(['restic', '-r', storage.folder(environment), '--password-file', '/dev/fd/3', '--no-cache', ...args], {
    secret: storage.node.exportKey(environment),
  });

export interface BackupPlan {
  readonly environment: string;
  readonly id: string;
  readonly parts?: Readonly<Record<string, string>>;
  readonly more?: Partial<Manifest>;
}

/** Writes the parts of a backup as a master does, ends the share, and answers the manifest that the flow would make. */
export async function writeParts({ node }: Storage, plan: BackupPlan): Promise<Manifest> {
  const { environment, id } = plan;
  const parts: Part[] = [];
  await using share = await node.share(environment, 'write');
  for (const [name, content] of Object.entries(plan.parts ?? { shop: `dump of ${id}\n` })) {
    const part = { name, kind: 'database' } as const;
    const file = `${parts.length}.sql`;
    const writer = node.writer({ environment, backup: id, part, engine: 'mariadb', file });
    const outcome = await resticOver(share, writer, content);
    if (outcome.exitCode !== 0) throw node.explainFailure(outcome);
    parts.push({ ...part, file, ...node.readSummary(outcome.stdout), seconds: 1, counts: null });
  }
  return {
    ...{ format: 1, id, environment, takenAt: NOW.toISOString(), name: '', description: '', kind: 'manual' },
    ...{ requestedBy: 'user', engine: 'mariadb', serverVersion: '10.11', transport: 'channel', parts },
    ...{ warnings: [], pinnedUntil: null, ...plan.more },
  } as Manifest;
}

export async function backUp(storage: Storage, plan: BackupPlan): Promise<Backup> {
  return await storage.node.keep(await writeParts(storage, plan));
}

/** The content of one part, read back as a master does. */
export async function readPart({ node }: Storage, { environment }: Backup, part: Part): Promise<string> {
  await using share = await node.share(environment, 'read');
  const outcome = await resticOver(share, node.reader({ environment, snapshot: part.snapshot, file: part.file }));
  if (outcome.exitCode !== 0) throw node.explainFailure(outcome);
  return outcome.stdout;
}
