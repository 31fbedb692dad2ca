import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How the OpenSSH client reaches a node. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly account: string;
  /** The node's public host key: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  readonly identityFile: string;
}

/** Command lines for one node, and the file that pins its key; disposing removes that file. */
export interface SshClient extends Disposable {
  command(remote: string): readonly string[];
}

const ALIAS = 'node';
const CIPHERS = 'aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr';
/** First the one that ssh2 agrees on too: a session is opened for each operation, and the newer hybrids take longer than all the rest of it. */
const KEY_EXCHANGES = '^curve25519-sha256,curve25519-sha256@libssh.org';

/** The pinned key is the only one that this client knows, and nobody's configuration is read. */
export function sshClient({ host, port, account, hostKey, identityFile }: SshTarget): SshClient {
  const folder = mkdtempSync(join(tmpdir(), 'dbbackup-ssh-'));
  const [type, blob] = hostKey.trim().split(/\s+/);
  const known = join(folder, 'known_hosts');
  writeFileSync(known, `${ALIAS} ${type} ${blob}\n`, { mode: 0o600 });
  const options = {
    ...{
      BatchMode: 'yes',
      PreferredAuthentications: 'publickey',
      IdentitiesOnly: 'yes',
      IdentityFile: quoted(identityFile),
    },
    ...{ UserKnownHostsFile: quoted(known), GlobalKnownHostsFile: '/dev/null', HostKeyAlias: ALIAS },
    ...{ StrictHostKeyChecking: 'yes', UpdateHostKeys: 'no', CheckHostIP: 'no' },
    HostKeyAlgorithms: type === 'ssh-rsa' ? 'rsa-sha2-512,rsa-sha2-256' : `${type}`,
    ...{ ServerAliveInterval: '15', ServerAliveCountMax: '3', ConnectTimeout: '20' },
    ...{
      KexAlgorithms: KEY_EXCHANGES,
      Ciphers: CIPHERS,
      Compression: 'no',
      ControlPath: 'none',
      RequestTTY: 'no',
      LogLevel: 'ERROR',
    },
  };
  return {
    command: (remote) => [
      ...['ssh', '-F', 'none', '-p', String(port), '-l', account],
      ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...['--', host, remote],
    ],
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const quoted = (path: string) => `"${path}"`;
