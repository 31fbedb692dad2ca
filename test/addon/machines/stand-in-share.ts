import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Share } from '../../../storage-node/base/line.ts';
import { SHARED_FOLDER } from '../../../storage-node/base/line.ts';
import { accompany, type Companion, createPipe } from '../../../storage-node/base/run.ts';

/** A folder of this machine's, served as the storage node would: by sftp-server in a root where it stands at the same place. */
export interface StandInShare extends Share {
  readonly folder: string;
  readonly servers: readonly Companion[];
}

/** Opens a fresh folder. `proof` may name another content than the one that the folder holds. */
export function standInShare({ proofContent }: { readonly proofContent?: string } = {}): StandInShare {
  const folder = mkdtempSync(join(tmpdir(), 'share-'));
  const proof = { file: '.proof-1', content: randomBytes(32).toString('hex') };
  writeFileSync(join(folder, proof.file), proofContent ?? proof.content);
  const servers: Companion[] = [];
  const command = [
    ...['bwrap', '--die-with-parent', '--ro-bind', '/usr', '/usr', '--symlink', 'usr/lib', '/lib'],
    ...['--ro-bind-try', '/usr/lib64', '/usr/lib64', '--symlink', 'usr/lib64', '/lib64', '--dev', '/dev'],
    ...['--ro-bind', '/etc/passwd', '/etc/passwd', '--bind', folder, SHARED_FOLDER],
    ...['/usr/lib/openssh/sftp-server', '-d', SHARED_FOLDER],
  ];
  return {
    environment: 'shop',
    writable: true,
    folder,
    servers,
    proof,
    trouble: () => undefined,
    async serve() {
      const asked = await createPipe();
      const answered = await createPipe();
      const server = accompany(command, asked.readEnd, answered.writeEnd);
      servers.push(server);
      return {
        fromServer: answered.readEnd,
        toServer: asked.writeEnd,
        ended: server.ended.then(() => undefined),
        end: () => server.kill(),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
