import { afterAll } from 'vitest';
import type { Dialog, Field, Notice } from '../platform/contract.ts';
import { createLanguage, everyField, submitted } from '../platform/language/index.ts';
import { createPlatform, type PlatformOptions, type StandInPlatform } from '../platform/platform.ts';
import { layOutRelease, type Release } from '../platform/release.ts';

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

/** Stands the platform up once for a test file. */
export function installedPlatform(options: Partial<PlatformOptions> = {}): () => Promise<InstalledPlatform> {
  let made: Promise<InstalledPlatform> | undefined;
  let release: Release | undefined;
  let platform: StandInPlatform | undefined;
  afterAll(async () => {
    await platform?.[Symbol.asyncDispose]();
    release?.[Symbol.dispose]();
  }, 60_000);

  async function make(): Promise<InstalledPlatform> {
    release = await layOutRelease();
    const opened = await createPlatform({ language: createLanguage, mirrors: release.mirrors, ...options });
    platform = opened;
    for (const manifest of [release.addon, release.storage]) await opened.publish(manifest);

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
        return new Map(
          everyField(dialog.fields).flatMap((field) => (field.name === undefined ? [] : [[field.name, field]])),
        );
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
