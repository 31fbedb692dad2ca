import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AddonError } from '../base/errors.ts';
import type { ServedLine, Share } from '../base/line.ts';
import { accompany, type Companion, createPipe } from '../base/run.ts';
import { endWithChildren, fence } from './fence.ts';
import type { Folder } from './folder.ts';
import { seal } from './seal.ts';
import { passwdLine, serverCommand } from './server.ts';

const PROOF = '.proof-';
const WATCH_MS = 1_000;
/** Less than one pack: nothing can be stored in it. */
const FULL_BYTES = 16 * 1024 * 1024;

/** SFTP has no word for a full disk: the node sees an input/output error and would try again for minutes. The server's stderr says it. */
const NO_SPACE = /no space left on device|disk quota exceeded/i;

/** `read` holds what it reads against prune; `look` does not, and is for people. Only `write` may write. */
export type ShareMode = 'read' | 'write' | 'look';

/** What a share is opened with. */
export interface ShareRequest {
  readonly environment: string;
  readonly folder: Folder;
  readonly mode: ShareMode;
  /** Where the servers' one-line passwd files are kept. */
  readonly accounts: string;
  /** Told the last words of a server that ended. */
  readonly onServerEnd: (stderr: string) => void;
  /** Called once the share's own servers are gone; seals what they left. */
  readonly onClose: () => Promise<void>;
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function removeProofs(folder: Folder): void {
  for (const name of readdirSync(folder.path)) if (name.startsWith(PROOF)) rmSync(join(folder.path, name));
}

function writeProof(folder: Folder): Share['proof'] {
  const proof = { file: `${PROOF}${randomBytes(8).toString('hex')}`, content: randomBytes(32).toString('hex') };
  const path = join(folder.path, proof.file);
  writeFileSync(path, proof.content, { flag: 'wx' });
  chownSync(path, 0, folder.uid);
  chmodSync(path, 0o440);
  return proof;
}

function writeAccount(accounts: string, uid: number): string {
  const path = join(accounts, `${uid}.passwd`);
  rmSync(path, { force: true });
  writeFileSync(path, passwdLine(uid), { mode: 0o444 });
  return path;
}

async function end(server: Companion): Promise<void> {
  if (server.pid > 0) await endWithChildren(server.pid);
  await server.kill();
}

/** Fences off whoever is still served from the folder, and seals what they left. */
export async function clear(folder: Folder): Promise<void> {
  await fence(folder.path);
  if (!existsSync(folder.path)) return;
  removeProofs(folder);
  await seal(folder);
}

/** Serves a cleared folder for one operation. */
export function openShare(request: ShareRequest): Share {
  const { environment, folder, mode } = request;
  const command = serverCommand(folder, writeAccount(request.accounts, folder.uid), mode === 'write');
  const servers = new Set<Companion>();
  const proof = writeProof(folder);
  let open = true;
  let trouble: AddonError | undefined;
  const giveUp = () => {
    trouble ??= new AddonError('storage-full', `storage has no space left for ${environment}`);
    for (const server of servers) void end(server);
  };
  // A write that is only half done is an unnamed failure to SFTP, so the disk itself is watched too.
  const watch = setInterval(() => {
    if (mode === 'write' && freeBytes(folder.path) < FULL_BYTES) giveUp();
  }, WATCH_MS).unref();
  return {
    environment,
    writable: mode === 'write',
    proof,
    trouble: () => trouble,
    async serve(): Promise<ServedLine> {
      const asked = await createPipe();
      const answered = await createPipe();
      if (!open) throw new AddonError('bug', `share of ${environment} is closed`);
      const server = accompany(command, asked.readEnd, answered.writeEnd, (words) => {
        if (NO_SPACE.test(words)) giveUp();
      });
      servers.add(server);
      const ended = server.ended.then(({ stderr }) => {
        servers.delete(server);
        const lastWords = stderr.trim().split('\n').at(-1) ?? '';
        if (open && lastWords !== '') request.onServerEnd(lastWords);
      });
      return { fromServer: answered.readEnd, toServer: asked.writeEnd, ended, end: () => end(server) };
    },
    async [Symbol.asyncDispose]() {
      if (!open) return;
      open = false;
      clearInterval(watch);
      await Promise.all([...servers].map(end));
      rmSync(join(folder.path, proof.file), { force: true });
      await request.onClose();
    },
  };
}
