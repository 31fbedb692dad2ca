import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Dialog, Field, Notice } from '../platform/contract.ts';
import { createLanguage, submitted } from '../platform/language/index.ts';
import { createPlatform, type StandInPlatform } from '../platform/platform.ts';

const ROOT = join(import.meta.dirname, '../..');
const BASE = 'https://dbbackup.example/v0.1.0/';
const MANIFESTS = ['manifest.jps.yaml', 'storage-node/manifest.jps.yaml'];

/** The stand-in platform with our two manifests on its marketplace, as a release would have pinned them, and what tests do there. */
export interface InstalledPlatform {
  readonly platform: StandInPlatform;
  /** Opens a dialog, fills in these values over what it shows, and submits it. */
  install(offer: string, values: Readonly<Record<string, string>>, target?: string): Promise<Notice>;
  /** Presses a button of the add-on's card, and submits its dialog where it has one. */
  press(caption: string, values?: Readonly<Record<string, string>>, environment?: string): Promise<Notice>;
  card(environment?: string): Promise<string>;
  fields(dialog: Dialog | Notice): ReadonlyMap<string, Field>;
  /** As root on a node of the environment's first layer. */
  run(environment: string, script: string): Promise<string>;
  /** Everything that the tasks log shows, in one text. */
  log(): string;
}

/** A release as it lies behind its address: manifests with their pins, scripts, and an archive whose code stays in the checkout. */
function release(folder: string, version: string): void {
  const top = join(folder, 'build/dbbackup');
  mkdirSync(join(top, 'bin'), { recursive: true });
  mkdirSync(join(top, 'storage-node'));
  writeFileSync(join(top, 'VERSION'), `${version}\n`);
  writeFileSync(join(top, 'bin/dbbackup'), `#!/bin/sh\nexec ${ROOT}/scripts/dbbackup "$@"\n`, { mode: 0o755 });
  cpSync(join(ROOT, 'storage-node/install'), join(top, 'storage-node/install'));
  const file = join(folder, `dbbackup-${version}-linux-x64.tar.gz`);
  execFileSync('tar', ['-czf', file, '-C', join(folder, 'build'), 'dbbackup']);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  mkdirSync(join(folder, 'storage-node'));
  for (const manifest of MANIFESTS) {
    const text = readFileSync(join(ROOT, manifest), 'utf8');
    writeFileSync(join(folder, manifest), text.replace(/^ {2}archiveSha256: .*$/m, `  archiveSha256: "${sha256}"`));
  }
  cpSync(join(ROOT, 'scripts/platform'), join(folder, 'scripts/platform'), { recursive: true });
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
    release(folder, '0.1.0');
    const opened = await createPlatform({ language: createLanguage, mirrors: { [BASE]: folder } });
    platform = opened;
    for (const manifest of MANIFESTS) await opened.publish(`${BASE}${manifest}`);

    const all = (fields: readonly Field[]): Field[] =>
      fields.flatMap((field) => [field, ...all(field.items), ...Object.values(field.showIf).flatMap(all)]);
    const card = async (wanted = 'shop') => {
      const environment = (await opened.environments()).find(({ name }) => name === wanted);
      const layers = environment?.layers ?? [];
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
      card,
      press: async (caption, values, environment) =>
        values === undefined
          ? opened.press(await card(environment), caption)
          : submit(await opened.openButton(await card(environment), caption), values),
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
