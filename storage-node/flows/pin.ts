import { AddonError } from '../base/errors.ts';
import type { Backup } from '../base/words.ts';
import type { Note } from '../catalog/backups.ts';
import { forget, writeText } from '../repository/restic.ts';
import { listSnapshots } from '../repository/snapshots.ts';
import { exclusively, type Interior } from './interior.ts';
import { PIN_FILE, wholeId } from './manifest.ts';

/** Holds a backup until a moment, or lets it go. */
export async function pin(interior: Interior, id: string, until: string | null): Promise<Backup> {
  const backup = found(interior, id);
  if (until !== null && Number.isNaN(Date.parse(until)))
    throw new AddonError('request-invalid', `${JSON.stringify(until)} is not a moment to pin a backup until`);
  return await note(interior, backup, ({ acceptedAt }) => ({ until, acceptedAt }));
}

/** Takes a person's word that a flagged backup is good. Said before, or of one that is not flagged, it changes nothing. */
export async function accept(interior: Interior, id: string): Promise<Backup> {
  const backup = found(interior, id);
  if ((backup.flags ?? []).length === 0 || backup.acceptedAt !== null) return backup;
  const acceptedAt = interior.clock().toISOString();
  return await note(interior, backup, ({ pinnedUntil }) => ({ until: pinnedUntil, acceptedAt }));
}

function found({ backups }: Interior, id: string): Backup {
  const backup = backups.get(id);
  if (backup === undefined) throw new AddonError('backup-unknown', `there is no backup ${id}`);
  return backup;
}

/**
 * What was said of a backup is kept in the repository as a snapshot of its own, the newest counts: it survives the catalog, and the
 * manifest is never rewritten.
 */
async function note(
  interior: Interior,
  { id, environment }: Backup,
  change: (present: Backup) => Omit<Note, 'snapshot'>,
): Promise<Backup> {
  return await exclusively(interior, environment, async ({ repository }) => {
    const backup = found(interior, id);
    const said = change(backup);
    const request = { ...backup, backup: id, role: { kind: 'pin' }, file: PIN_FILE } as const;
    const snapshot = wholeId(repository, await writeText(repository, request, JSON.stringify({ backup: id, ...said })));
    interior.backups.setNote(id, { ...said, snapshot });
    const former = (await listSnapshots(repository, [id])).filter((s) => s.role.kind === 'pin' && s.id !== snapshot);
    await forget(
      repository,
      former.map((s) => s.id),
    );
    return found(interior, id);
  });
}
