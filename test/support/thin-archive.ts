import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mustCommand } from './commands.ts';

const INSTALL = join(import.meta.dirname, '../../storage-node/install');

/** Packs an archive of a release's shape into `file`, with nothing in it but the installer and this program. Answers its SHA-256. */
export async function packThinArchive(
  file: string,
  release: { readonly version: string; readonly program: string },
): Promise<string> {
  const folder = mkdtempSync(join(dirname(file), 'thin-archive-'));
  try {
    const top = join(folder, 'dbbackup');
    mkdirSync(join(top, 'bin'), { recursive: true });
    mkdirSync(join(top, 'storage-node'));
    writeFileSync(join(top, 'VERSION'), `${release.version}\n`);
    writeFileSync(join(top, 'bin/dbbackup'), release.program, { mode: 0o755 });
    cpSync(INSTALL, join(top, 'storage-node/install'));
    await mustCommand(['tar', '-czf', file, '-C', folder, 'dbbackup']);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
