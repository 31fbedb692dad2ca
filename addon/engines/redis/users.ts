import { AddonError } from '../../../storage-node/base/errors.ts';
import type { RestoreReport, Server, StoredPart } from '../engine.ts';
import { ask, type Seat, settingOf } from './client.ts';
import { usersEnd } from './dump.ts';

/**
 * Gives the users of the backup their passwords and permissions on every primary. The user that we come in as keeps its own, lest
 * the platform and we be locked out; users that are not in the backup stay.
 */
export async function restoreUsers(
  server: Server,
  seats: readonly Seat[],
  part: StoredPart,
): Promise<RestoreReport['warnings']> {
  const { stdout } = await part.pourInto({ argv: ['cat'] });
  const lines = stdout.trimEnd().split('\n');
  if (lines.pop() !== usersEnd) throw new AddonError('restore-failed', 'the list of users in the backup is cut off');
  const warnings = new Set<string>();
  for (const seat of seats) {
    const we = seat.user === '' ? 'default' : seat.user;
    const before = await listed(server, seat);
    const changed = lines.filter((line) => !before.has(plain(line)));
    const others = changed.filter((line) => nameOf(line) !== we);
    for (const line of others) await setUser(server, seat, line);
    const after = await listed(server, seat);
    const missing = others.filter((line) => !after.has(plain(line)));
    if (missing.length > 0)
      throw new AddonError('restore-mismatch', `redis users differ from the backup: ${missing.map(nameOf).join(', ')}`);
    if (others.length < changed.length)
      warnings.add(`the redis user ${we}, whom the backups use, keeps its present password and permissions`);
    if (others.length === 0) continue;
    if (await settingOf(server, seat, 'aclfile')) await ask(server, seat, ['ACL', 'SAVE']);
    else
      warnings.add('redis has no aclfile: the restored users last until its next restart, unless redis.conf has them');
  }
  return [...warnings];
}

const nameOf = (line: string) => line.split(' ')[1] ?? '';
/** Redis shows this default only for users that were reset. */
const plain = (line: string) => line.replace(' sanitize-payload ', ' ');

async function setUser(server: Server, seat: Seat, line: string): Promise<void> {
  const [, name = '', ...rules] = line.split(' ');
  // A user made anew shows the very line of the backup, and whoever came in by an old password has to come again. The default one cannot go.
  if (name !== 'default') await ask(server, seat, ['ACL', 'DELUSER', name], { secret: true });
  const anew = name === 'default' ? ['reset', ...rules] : rules;
  await ask(server, seat, ['ACL', 'SETUSER', name, ...anew], { secret: true });
}

async function listed(server: Server, seat: Seat): Promise<ReadonlySet<string>> {
  return new Set((await ask(server, seat, ['ACL', 'LIST'])).split('\n').map(plain));
}
