import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { query } from './client.ts';

/** Throws `version-refused` for a backup of the other family, or of a newer release series than the server's. */
export async function refuseVersion(server: Server, source: string): Promise<void> {
  const [[target = ''] = []] = await query(server, 'SELECT VERSION();', 'database-unreachable');
  const reason = reasonAgainst(source, target);
  if (reason !== '') throw new AddonError('version-refused', reason);
}

/** Why a dump of `source` cannot be loaded into `target`; empty when it can. */
export function reasonAgainst(source: string, target: string): string {
  const family = (version: string) => (version.includes('MariaDB') ? 'MariaDB' : 'MySQL');
  if (family(source) !== family(target)) return `the backup is of ${family(source)} ${source}, the server is ${target}`;
  const [major = 0, minor = 0] = source.split('.').map((part) => Number.parseInt(part, 10));
  const [ownMajor = 0, ownMinor = 0] = target.split('.').map((part) => Number.parseInt(part, 10));
  const newer = major > ownMajor || (major === ownMajor && minor > ownMinor);
  return newer ? `the backup is of version ${source}, the server is older: ${target}` : '';
}
