import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Dialog, Field, Notice } from '../platform/contract.ts';
import { createLanguage, submitted } from '../platform/language/index.ts';
import { createPlatform, type StandInPlatform } from '../platform/platform.ts';

const ROOT = join(import.meta.dirname, '../..');
const BASE = 'https://dbbackup.example/v0.1.0/';

/** The stand-in platform with our two manifests on its marketplace, as a release would have pinned them, and what tests do there. */
export interface InstalledPlatform {
  readonly platform: StandInPlatform;
  /** Opens a dialog, fills in these values over what it shows, and submits it. */
  install(offer: string, values: Readonly<Record<string, string>>, target?: string): Promise<Notice>;
  press(caption: string, values?: Readonly<Record<string, string>>): Promise<Notice>;
  fields(dialog: Dialog | Notice): ReadonlyMap<string, Field>;
  /** As root on a node of the environment's first layer. */
  run(environment: string, script: string): Promise<string>;
  /** Everything that the tasks log shows, in one text. */
  log(): string;
}

/** An archive in the shape of a release's; the code stays in the checkout, which hosts see too. */
function archive(folder: string, version: string): { address: string; sha256: string } {
  const top = join(folder, 'dbbackup');
  mkdirSync(join(top, 'bin'), { recursive: true });
  mkdirSync(join(top, 'storage-node'));
  writeFileSync(join(top, 'VERSION'), `${version}\n`);
  writeFileSync(join(top, 'bin/dbbackup'), `#!/bin/sh\nexec ${ROOT}/scripts/dbbackup "$@"\n`, { mode: 0o755 });
  writeFileSync(join(top, 'storage-node/install'), readFileSync(join(ROOT, 'storage-node/install')), { mode: 0o755 });
  const file = join(folder, `dbbackup-${version}.tar.gz`);
  execFileSync('tar', ['-czf', file, '-C', folder, 'dbbackup']);
  return { address: `file://${file}`, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

/** Stands the platform up once for a test file. */
export function installedPlatform(): () => Promise<InstalledPlatform> {
  let made: Promise<InstalledPlatform> | undefined;
  let folder: string | undefined;
  let platform: StandInPlatform | undefined;
  afterAll(async () => {
    await platform?.[Symbol.asyncDispose]();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function make(): Promise<InstalledPlatform> {
    folder = mkdtempSync('/var/tmp/release-');
    execFileSync('chmod', ['755', folder]);
    const { address, sha256 } = archive(folder, '0.1.0');
    const pinned = (file: string) =>
      readFileSync(join(ROOT, file), 'utf8')
        .replace(/^ {2}archive: .*$/m, `  archive: ${address}`)
        .replace(/^ {2}archiveSha256: .*$/m, `  archiveSha256: "${sha256}"`);
    const fetch = async (wanted: string) => {
      if (!wanted.startsWith(BASE)) throw new Error(`404: ${wanted}`);
      const file = wanted.slice(BASE.length).replace(/^\/+/, '');
      return file.endsWith('.jps.yaml') ? pinned(file) : readFileSync(join(ROOT, file), 'utf8');
    };
    const opened = await createPlatform({
      language: (world, options) => createLanguage({ ...world, fetch }, options),
    });
    platform = opened;
    await opened.publish(pinned('manifest.jps.yaml'));
    await opened.publish(pinned('storage-node/manifest.jps.yaml'));

    const all = (fields: readonly Field[]): Field[] =>
      fields.flatMap((field) => [field, ...all(field.items), ...Object.values(field.showIf).flatMap(all)]);
    const card = async () => {
      const layers = (await opened.environments()).flatMap((environment) => environment.layers);
      const found = layers.flatMap((layer) => layer.cards).find(({ offer }) => offer.id === 'dbbackup');
      if (found === undefined) throw new Error('no card of the add-on is there');
      return found.uniqueName;
    };
    const submit = async (dialog: Dialog | Notice, values: Readonly<Record<string, string>>, target?: string) => {
      if (!('fields' in dialog)) return dialog;
      return opened.submit(dialog.id, submitted(dialog.fields, values) as Record<string, string>, target);
    };
    return {
      platform: opened,
      install: async (offer, values, target) => submit(await opened.openInstall(offer, target), values, target),
      press: async (caption, values) =>
        values === undefined
          ? opened.press(await card(), caption)
          : submit(await opened.openButton(await card(), caption), values),
      fields: (dialog) => {
        if (!('fields' in dialog)) throw new Error(`no dialog: ${dialog.text}`);
        return new Map(all(dialog.fields).flatMap((field) => (field.name === undefined ? [] : [[field.name, field]])));
      },
      run: async (environment, script) => {
        const node = opened.estate.environments.get(environment)?.nodes[0];
        if (node === undefined) throw new Error(`environment ${environment} has no node`);
        return node.host.sh(script);
      },
      log: () =>
        opened
          .tasks()
          .map(({ title, parameters, output }) => `${title}\n${parameters}\n${output}`)
          .join('\n'),
    };
  }
  return () => {
    made ??= make();
    return made;
  };
}
