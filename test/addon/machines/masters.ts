import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../../../addon/machines/machine.ts';
import type { SshTarget } from '../../../addon/machines/openssh.ts';
import { connectSsh } from '../../../addon/machines/ssh.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import { createNetwork, type Host, type HostNetwork } from '../../support/hosts.ts';
import { prepareMaster, startSshd } from '../../support/servers/sshd.ts';

export const ACCOUNT = 'dbbackup';

/** A host with sshd and the account that our key opens. */
export interface Master {
  readonly host: Host;
  readonly target: SshTarget;
  connect(other?: Partial<SshTarget>): Promise<Machine>;
}

/** Masters on a network of their own, and the key that opens them. */
export interface Masters extends AsyncDisposable {
  readonly network: HostNetwork;
  readonly publicKey: string;
  add(name: string, fuse?: boolean): Promise<Master>;
}

/** Makes the network and the key. */
export async function createMasters(): Promise<Masters> {
  const folder = mkdtempSync(join(tmpdir(), 'masters-'));
  const identityFile = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', identityFile]);
  const publicKey = readFileSync(`${identityFile}.pub`, 'utf8').trim();
  const privateKey = readFileSync(identityFile, 'utf8');
  const network = await createNetwork();
  return {
    network,
    publicKey,
    async add(name, fuse = true) {
      const host = await network.addHost({ name, fuse });
      const hostKey = await startSshd(host);
      await prepareMaster(host, publicKey);
      const door = await host.openPort(22);
      const target = { host: door.host, port: door.port, account: ACCOUNT, hostKey, identityFile };
      const connect: Master['connect'] = (other = {}) =>
        connectSsh({ name, log: silentLog, privateKey, ...target, ...other });
      return { host, target, connect };
    },
    async [Symbol.asyncDispose]() {
      await network.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
