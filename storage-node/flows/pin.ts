import { AddonError } from '../base/errors.ts';
import type { Backup } from '../base/words.ts';
import { forget, writeText } from '../repository/restic.ts';
import { listSnapshots } from '../repository/snapshots.ts';
import { exclusively, type Interior } from './interior.ts';
import { PIN_FILE, wholeId } from './manifest.ts';

/**
 * Holds a backup until a moment, or lets it go. The word is kept in the repository as a snapshot of its own, the newest counts:
 * it survives the catalog, and the manifest is never rewritten.
 */
export async function pin(interior: Interior, id: string, until: string | null): Promise<Backup> {
  const { backups } = interior;
  const backup = backups.get(id);
  if (backup === undefined) throw new AddonError('backup-unknown', `there is no backup ${id}`);
  if (until !== null && Number.isNaN(Date.parse(until)))
    throw new AddonError('request-invalid', `${JSON.stringify(until)} is not a moment to pin a backup until`);
  return await exclusively(interior, backup.environment, async ({ repository }) => {
    const request = { ...backup, backup: id, role: { kind: 'pin' }, file: PIN_FILE } as const;
    const snapshot = wholeId(repository, await writeText(repository, request, JSON.stringify({ backup: id, until })));
    backups.setPin(id, { until, snapshot });
    const former = (await listSnapshots(repository, [id])).filter((s) => s.role.kind === 'pin' && s.id !== snapshot);
    await forget(
      repository,
      former.map((s) => s.id),
    );
    return backups.get(id) ?? { ...backup, pinnedUntil: until };
  });
}
