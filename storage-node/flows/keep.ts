import { AddonError } from '../base/errors.ts';
import type { Backup, Manifest } from '../base/words.ts';
import { forget, readText, writeText } from '../repository/restic.ts';
import { listFiles, listSnapshots } from '../repository/snapshots.ts';
import { LOOK_BACK, suspicionsOf } from '../retention/suspicion.ts';
import { folderBytes } from '../shares/folder.ts';
import { exclusively, type Interior } from './interior.ts';
import { isOurs, MANIFEST_FILE, wholeId } from './manifest.ts';
import { shareGrowth, verifyParts } from './verify.ts';

/**
 * Makes a backup exist. Called after the fence. The node's word is not enough: everything is looked up in the repository, on the
 * local path, before the manifest snapshot is written, and that is read back before the backup is listed.
 */
export function keep(interior: Interior, told: Manifest): Promise<Backup> {
  return exclusively(interior, told.environment, async ({ repository }) => {
    const [snapshots, files] = await Promise.all([
      listSnapshots(repository, [told.id]),
      listFiles(repository, told.id),
    ]);
    const verified = verifyParts(told, snapshots, files);
    const before = interior.sizeBefore.get(told.environment);
    const grown = before === undefined ? undefined : Math.max(0, (await folderBytes(repository.path)) - before);
    const whole = { ...told, parts: grown === undefined ? verified : shareGrowth(verified, grown) };
    const flags = flagsOf(interior, whole);
    const manifest = flags.length === 0 ? whole : { ...whole, flags };

    const text = JSON.stringify(manifest);
    const request = { ...manifest, backup: manifest.id, role: { kind: 'manifest' }, file: MANIFEST_FILE } as const;
    const snapshot = wholeId(repository, await writeText(repository, request, text));
    if ((await readText(repository, snapshot, MANIFEST_FILE)) !== text)
      throw new AddonError(
        'backup-unverified',
        `backup ${told.id}: its manifest reads differently from what was written`,
      );
    return interior.backups.add(manifest, snapshot);
  });
}

/** What looks like a loss of data. A safety backup holds whatever is there before a restore: it is not judged. */
function flagsOf({ backups }: Interior, manifest: Manifest): string[] {
  if (manifest.kind === 'safety') return [];
  const good = backups.good(manifest.environment, LOOK_BACK).filter(({ engine }) => engine === manifest.engine);
  const bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
  return suspicionsOf({ bytes, parts: manifest.parts }, good);
}

/** Forgets the snapshots of an attempt that came to nothing. A backup with a manifest is left alone. */
export function discard(interior: Interior, environment: string, backup: string): Promise<void> {
  return exclusively(interior, environment, async ({ repository }) => {
    const snapshots = await listSnapshots(repository, [backup]);
    if (snapshots.some((snapshot) => snapshot.role.kind === 'manifest' && isOurs(repository, snapshot))) return;
    await forget(
      repository,
      snapshots.map((snapshot) => snapshot.id),
    );
  });
}
