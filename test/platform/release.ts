import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildRelease } from '../../scripts/packaging/release.ts';
import { packThinArchive } from '../support/thin-archive.ts';
import type { Mirrors } from './world/mirrors.ts';

const ROOT = join(import.meta.dirname, '../..');
const ADDON = 'manifest.jps.yaml';
const STORAGE = 'storage-node/manifest.jps.yaml';

/** This checkout as a release of it would lie on the web. */
export interface Release extends Disposable {
  /** The addresses of its manifests: the add-on's and the storage package's. */
  readonly addon: string;
  readonly storage: string;
  readonly mirrors: Mirrors;
}

const pinOf = (manifest: string, name: string): string => {
  const found = new RegExp(`^ *${name}: *"?([^"\n]+)"?$`, 'm').exec(manifest)?.[1];
  if (found === undefined) throw new Error(`the manifest says no ${name}`);
  return found;
};

/** The release of this checkout as it would be published, built in a folder of its own below `parent`, to be a mirror of the stand-in platform. */
export function buildWholeRelease(parent: string): Release {
  const output = mkdtempSync(join(parent, 'release-'));
  const { folder } = buildRelease(ROOT, output, 1);
  const base = pinOf(readFileSync(join(ROOT, ADDON), 'utf8'), 'baseUrl');
  return {
    addon: `${base}/${ADDON}`,
    storage: `${base}/${STORAGE}`,
    mirrors: { [`${base}/`]: folder },
    [Symbol.dispose]: () => rmSync(output, { recursive: true, force: true }),
  };
}

/**
 * The same for tests that need no whole archive: manifests, their scripts, and an archive whose program is that of this checkout,
 * which the hosts see under its own path; pinned to each other.
 */
export async function layOutRelease(): Promise<Release> {
  const folder = mkdtempSync(join(tmpdir(), 'dbbackup-release-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const manifest = readFileSync(join(ROOT, ADDON), 'utf8');
    const [base, archive, version] = ['baseUrl', 'archive', 'version'].map((name) => pinOf(manifest, name)) as [
      string,
      string,
      string,
    ];
    const at = archive.slice(base.length);
    if (!archive.startsWith(`${base}/`)) throw new Error(`the archive ${archive} is not below ${base}`);
    const program = `#!/bin/sh\nexec '${ROOT}/scripts/dbbackup' "$@"\n`;
    const sha256 = await packThinArchive(join(folder, at), { version, program });
    for (const file of [ADDON, STORAGE]) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const pinned = text.replace(/^( *archiveSha256: ).*$/m, `$1"${sha256}"`);
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), pinned);
    }
    cpSync(join(ROOT, 'scripts/platform'), join(folder, 'scripts/platform'), { recursive: true });
    const address = (file: string) => `${base}/${file}`;
    return {
      addon: address(ADDON),
      storage: address(STORAGE),
      mirrors: { [`${base}/`]: folder },
      [Symbol.dispose]: remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}
