import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AddonError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Redactor } from '../base/redact.ts';
import { backupStore } from '../catalog/backups.ts';
import { environmentStore } from '../catalog/environments.ts';
import { jobStore } from '../catalog/jobs.ts';
import { lockDirectory, openCatalog } from '../catalog/open.ts';
import { outboxStore } from '../catalog/outbox.ts';
import { watchStore } from '../catalog/watch.ts';
import { readArguments, readSummary, roleOf, writeArguments } from '../repository/commands.ts';
import { openKeys } from '../repository/keys.ts';
import { fence } from '../shares/fence.ts';
import { folderBytes } from '../shares/folder.ts';
import { check } from './check.ts';
import { explain } from './explain.ts';
import { assertName, type Interior, pathOf, repositoriesOf } from './interior.ts';
import { discard, keep } from './keep.ts';
import { accept, pin } from './pin.ts';
import { provision, UNBORN } from './provision.ts';
import { prune } from './prune.ts';
import { reconcile } from './reconcile.ts';
import { REMOVED, remove, removeEnvironment } from './remove.ts';
import { decide, retain } from './retain.ts';
import { share } from './share.ts';
import type { StorageNode } from './storage-node.ts';

/** What a storage node is opened with. */
export interface StorageOptions {
  readonly dataDirectory: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

function makeFolders(directory: string): void {
  try {
    for (const name of ['', 'repositories', 'keys', 'accounts'])
      mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AddonError('data-directory', `data directory ${directory} cannot be made: ${String(cause)}`, { cause });
  }
}

/** What a daemon left that was killed: repositories half made or half removed, and file servers that it was just starting. */
async function clearAway(directory: string): Promise<void> {
  const repositories = repositoriesOf(directory);
  for (const name of readdirSync(repositories)) {
    const path = join(repositories, name);
    await fence(path);
    if (name.startsWith(UNBORN) || name.startsWith(REMOVED)) rmSync(path, { recursive: true, force: true });
  }
}

/** Opens a storage node on a data directory, for this process alone: a second one rejects with `daemon-running`. */
export async function openStorageNode(options: StorageOptions): Promise<StorageNode> {
  const { dataDirectory: directory, log, clock, redactor } = options;
  makeFolders(directory);
  const hold = lockDirectory(join(directory, 'lock.sqlite'), directory);
  try {
    const keys = openKeys(join(directory, 'keys'), redactor);
    const catalog = openCatalog(join(directory, 'catalog.sqlite'));
    await clearAway(directory);
    const [environments, backups, jobs] = [environmentStore(catalog), backupStore(catalog), jobStore(catalog)];
    const close = async () => {
      catalog.close();
      hold[Symbol.dispose]();
    };
    const news = { outbox: outboxStore(catalog), watch: watchStore(catalog) };
    const state = { shares: new Map(), sizeBefore: new Map(), queue: new Map() };
    const interior = { directory, environments, backups, jobs, keys, log, clock, ...state };
    return { ...news, ...storageNode(interior, close) };
  } catch (error) {
    hold[Symbol.dispose]();
    throw error;
  }
}

function storageNode(interior: Interior, close: () => Promise<void>): Omit<StorageNode, 'outbox' | 'watch'> {
  const { directory, environments, backups, jobs, keys } = interior;
  return {
    environments,
    jobs,
    backups,
    readSummary,
    seal: keys.seal,
    unseal: keys.unseal,
    provision: (request) => provision(interior, request),
    share: (environment, mode) => share(interior, environment, mode),
    keep: (manifest) => keep(interior, manifest),
    discard: (environment, backup) => discard(interior, environment, backup),
    pin: (id, until) => pin(interior, id, until),
    accept: (id) => accept(interior, id),
    retain: (environment, policy, now) => retain(interior, environment, policy, now),
    decide: (environment, policy, now, only) => decide(interior, environment, policy, now, only),
    remove: (backup, flags) => remove(interior, backup, flags),
    removeEnvironment: (name) => removeEnvironment(interior, name),
    prune: (environment, signal) => prune(interior, environment, signal),
    check: (environment, flags, signal) => check(interior, environment, flags, signal),
    reconcile: (environment) => reconcile(interior, environment),
    explainFailure: (outcome) => explain(interior, outcome),
    writer: ({ environment, part, ...rest }) => ({
      arguments: writeArguments({ environment, role: roleOf(part), ...rest }),
      secret: keys.get(environment),
    }),
    reader: ({ environment, ...rest }) => ({ arguments: readArguments(rest), secret: keys.get(environment) }),
    exportKey: (environment) => keys.get(environment),
    importKey(environment, key) {
      assertName(environment);
      keys.put(environment, key.trim());
    },
    storageBytes: (environment) => folderBytes(pathOf(interior, environment)),
    async space() {
      const { bavail, blocks, bsize } = await statfs(repositoriesOf(directory));
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(interior.queue.values());
      await close();
    },
  };
}
