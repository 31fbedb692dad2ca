import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf } from '../base/errors.ts';
import type { Backup, Manifest } from '../base/words.ts';
import type { Note } from '../catalog/backups.ts';
import { forget, type Repository, readText } from '../repository/restic.ts';
import { listAllSnapshots, type Snapshot, snapshotIds } from '../repository/snapshots.ts';
import { seal } from '../shares/seal.ts';
import { exclusively, foldersOf, type Interior, type Place, pathOf } from './interior.ts';
import { isOurs, MANIFEST_FILE, PIN_FILE, parseManifest } from './manifest.ts';

/** Backups that came into the list, left it, and attempts of which the remains were taken away. */
export interface Drift {
  readonly adopted: string[];
  readonly lost: string[];
  readonly discarded: string[];
}

async function readNote(repository: Repository, ofBackup: readonly Snapshot[]): Promise<Note | undefined> {
  const pins = ofBackup.filter((snapshot) => snapshot.role.kind === 'pin' && isOurs(repository, snapshot));
  const newest = pins.sort((a, b) => Date.parse(b.time) - Date.parse(a.time))[0];
  if (newest === undefined) return undefined;
  const said = JSON.parse(await readText(repository, newest.id, PIN_FILE)) as Omit<Note, 'snapshot'>;
  return { until: said.until, acceptedAt: said.acceptedAt ?? null, snapshot: newest.id };
}

async function readBackup(
  { repository }: Place,
  manifestSnapshot: Snapshot,
  ofBackup: readonly Snapshot[],
): Promise<{ manifest: Manifest; note: Note | undefined } | undefined> {
  const manifest = parseManifest(await readText(repository, manifestSnapshot.id, MANIFEST_FILE), manifestSnapshot);
  const isThere = (id: string) => ofBackup.some((snapshot) => snapshot.id === id);
  if (manifest === undefined || !manifest.parts.every((part) => isThere(part.snapshot))) return undefined;
  return { manifest, note: await readNote(repository, ofBackup) };
}

async function compare(interior: Interior, place: Place, drift: Drift): Promise<void> {
  const { backups, jobs, log } = interior;
  const { environment, repository } = place;
  const { snapshots, unreadable } = await listAllSnapshots(repository);
  const byBackup = Map.groupBy(snapshots, (snapshot) => snapshot.backup);
  const listed = new Map<string, Backup>(backups.list({ environment }).map((backup) => [backup.id, backup]));
  const leftovers: Snapshot[] = [];

  for (const [id, ofBackup] of byBackup) {
    const manifest = ofBackup.find((snapshot) => snapshot.role.kind === 'manifest' && isOurs(repository, snapshot));
    const known = listed.get(id);
    if (manifest === undefined) {
      leftovers.push(...ofBackup);
      continue;
    }
    if (known?.snapshot === manifest.id && known.parts.every((p) => ofBackup.some((s) => s.id === p.snapshot))) {
      listed.delete(id);
      continue;
    }
    const read = await readBackup(place, manifest, ofBackup);
    if (read === undefined) {
      log.error('backup has lost a part and is not listed', { environment, backup: id });
      continue;
    }
    backups.add(read.manifest, manifest.id, read.note);
    listed.delete(id);
    if (known === undefined) drift.adopted.push(id);
  }

  // One of them may be the manifest of what looks like a leftover, or of what looks lost.
  if (unreadable.length > 0) {
    log.error('snapshots cannot be read; nothing is taken away', { environment, snapshots: unreadable.join(' ') });
    return;
  }
  for (const id of listed.keys()) {
    backups.remove(id);
    drift.lost.push(id);
  }
  if (leftovers.length === 0 || jobs.isRunning(environment)) return;
  await forget(
    repository,
    leftovers.map((snapshot) => snapshot.id),
  );
  drift.discarded.push(...new Set(leftovers.map((snapshot) => snapshot.backup)));
}

async function reconcileOne(interior: Interior, environment: string, drift: Drift): Promise<void> {
  const { backups } = interior;
  if (!existsSync(join(pathOf(interior, environment), 'config'))) {
    drift.lost.push(...backups.list({ environment }).map((backup) => backup.id));
    backups.removeEnvironment(environment);
    return;
  }
  await exclusively(interior, environment, async (place) => {
    if (!interior.shares.get(environment)?.includes('write')) await seal(place.folder);
    const present = snapshotIds(place.repository);
    const known = backups.knownSnapshots(environment);
    if (present.length === known.size && present.every((id) => known.has(id))) return;
    await compare(interior, place, drift);
  });
}

/**
 * Makes the catalog say what the repositories hold, in both directions, and takes away what attempts without a manifest left.
 * One repository that cannot be opened does not keep the others waiting, and its rows stay as they are.
 */
export async function reconcile(interior: Interior, environment?: string): Promise<Drift> {
  const drift: Drift = { adopted: [], lost: [], discarded: [] };
  const names = environment === undefined ? allNames(interior) : [environment];
  for (const name of names) {
    await reconcileOne(interior, name, drift).catch((error: unknown) => {
      if (environment !== undefined) throw error;
      interior.log.error('environment cannot be reconciled', { environment: name, ...reportOf(error) });
    });
  }
  return drift;
}

function allNames(interior: Interior): Set<string> {
  return new Set([...foldersOf(interior), ...interior.backups.environments()]);
}
