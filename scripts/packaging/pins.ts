import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Both manifests, by their paths in a checkout and in a release. */
export const MANIFESTS = ['manifest.jps.yaml', 'storage-node/manifest.jps.yaml'] as const;

const PIN = /^( {2}archiveSha256: )"[0-9a-f]{64}"$/m;

/** The manifest's text with another archive pinned. Rejects a manifest that has no such line. */
export function pinned(manifest: string, sha256: string): string {
  if (!PIN.test(manifest)) throw new Error('a manifest has no line that pins the SHA-256 of the archive');
  return manifest.replace(PIN, `$1"${sha256}"`);
}

/** Writes the pin into the manifests of a checkout. */
export function pinManifests(root: string, sha256: string): void {
  for (const path of MANIFESTS) writeFileSync(join(root, path), pinned(readFileSync(join(root, path), 'utf8'), sha256));
}

/** The archive that the add-on's manifest of a checkout pins. */
export function pinnedIn(root: string): string {
  return /archiveSha256: "([0-9a-f]{64})"/.exec(readFileSync(join(root, MANIFESTS[0]), 'utf8'))?.[1] ?? '';
}
