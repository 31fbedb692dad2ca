import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AddonError } from '../../storage-node/base/errors.ts';
import { run } from '../../storage-node/base/run.ts';

/** The ssh key pair by which the daemon enters one environment's nodes. */
export interface Identity {
  /** OpenSSH private key file, readable by the daemon's account alone. */
  readonly file: string;
  readonly privateKey: string;
  /** One line for `authorized_keys`. */
  readonly publicKey: string;
}

/** Makes the environment's key pair at its first call, and answers it. Throws `data-directory` when that cannot be done. */
export async function ensureIdentity(folder: string, environment: string): Promise<Identity> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, environment);
  if (!existsSync(file)) {
    const comment = `dbbackup ${environment}`;
    const made = await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]);
    if (made.exitCode !== 0)
      throw new AddonError('data-directory', `no ssh key could be made in ${folder}: ${made.stderr.trim()}`);
    await chmod(file, 0o600);
  }
  const [privateKey, publicKey] = await Promise.all([readFile(file, 'utf8'), readFile(`${file}.pub`, 'utf8')]);
  return { file, privateKey, publicKey: publicKey.trim() };
}
