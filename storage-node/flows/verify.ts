import { AddonError } from '../base/errors.ts';
import type { Manifest, Part } from '../base/words.ts';
import { roleOf } from '../repository/commands.ts';
import type { Snapshot } from '../repository/snapshots.ts';
import { tagsOf } from '../repository/tags.ts';

type Files = ReadonlyMap<string, ReadonlyMap<string, number>>;

function doubt(manifest: Manifest, what: string): AddonError {
  return new AddonError('backup-unverified', `backup ${manifest.id}: ${what}`);
}

function verifyPart(manifest: Manifest, part: Part, snapshots: readonly Snapshot[], files: Files): Part {
  const subject = `part ${JSON.stringify(part.name)}`;
  const { id: backup, environment, engine } = manifest;
  const wanted = tagsOf({ environment, backup, engine, role: roleOf(part) }).join();
  const found = snapshots.filter((snapshot) => tagsOf(snapshot).join() === wanted && snapshot.host === environment);
  const [snapshot] = found;
  if (snapshot === undefined) throw doubt(manifest, `${subject} has no snapshot in the repository`);
  if (found.length > 1) throw doubt(manifest, `${subject} has ${found.length} snapshots`);
  if (part.snapshot.length < 8 || !snapshot.id.startsWith(part.snapshot))
    throw doubt(manifest, `${subject} is in snapshot ${snapshot.id.slice(0, 8)}, not in ${part.snapshot.slice(0, 8)}`);

  const held = files.get(snapshot.id);
  const bytes = held?.get(`/${part.file}`);
  if (bytes === undefined || held?.size !== 1) throw doubt(manifest, `${subject} does not hold exactly ${part.file}`);
  if (bytes !== part.bytes) throw doubt(manifest, `${subject} has ${bytes} bytes, but ${part.bytes} were sent`);
  return { ...part, snapshot: snapshot.id };
}

/**
 * Compares what the node said it wrote with what the repository holds: for each part one snapshot with its tags and one file of
 * its length, and nothing besides. Answers the parts with their whole snapshot ids; any doubt rejects with `backup-unverified`.
 */
export function verifyParts(manifest: Manifest, snapshots: readonly Snapshot[], files: Files): readonly Part[] {
  if (manifest.parts.length === 0) throw doubt(manifest, 'it has no parts');
  const parts = manifest.parts.map((part) => verifyPart(manifest, part, snapshots, files));
  if (snapshots.length !== parts.length)
    throw doubt(manifest, `it has ${parts.length} parts, but the repository holds ${snapshots.length} snapshots`);
  return parts;
}

/** Spreads what the repository really grew by over the parts, in proportion to what restic said of each. */
export function shareGrowth(parts: readonly Part[], growth: number): readonly Part[] {
  const said = parts.reduce((sum, part) => sum + part.storedBytes, 0);
  if (said === 0) return parts;
  let [passed, given] = [0, 0];
  return parts.map((part) => {
    passed += part.storedBytes;
    const upTo = Math.round((growth * passed) / said);
    const storedBytes = upTo - given;
    given = upTo;
    return { ...part, storedBytes };
  });
}
