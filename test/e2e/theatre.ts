import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach } from 'vitest';
import { servePages } from '../platform/pages/server.ts';
import { createPlatform, type StandInPlatform } from '../platform/platform.ts';
import { layOutRelease } from '../platform/release.ts';
import { chromiumTabs } from '../support/browser.ts';
import type { Host } from '../support/hosts.ts';
import { picture } from './pictures.ts';

export const ADDON = 'Database Backup and Restore';
export const STORAGE = 'Database Backup Storage';

/** What a pop-up says. */
export interface Seen {
  readonly type: string;
  readonly title: string;
  readonly text: string;
}

/** A user before the pages of the real stand-in, with our manifests on its marketplace and nothing else. */
export interface Theatre {
  readonly platform: StandInPlatform;
  readonly page: Page;
  /** What the pages did wrong. */
  readonly complaints: readonly string[];
  go(page: 'Environments' | 'Marketplace' | 'Tasks' | 'Mail'): Promise<void>;
  /** Opens the install dialog of a package on the marketplace, or of an add-on on a layer. */
  openInstall(offer: string, layer?: string): Promise<Locator>;
  /** Presses a button of the add-on's card. */
  press(environment: string, caption: string): Promise<void>;
  /** Opens what an environment's or a layer's menu has. */
  choose(menu: string, entry: string): Promise<void>;
  /** Answers the question that is open. */
  agree(): Promise<void>;
  /** Fills in the dialog that is open, by names of fields, and submits it. */
  submit(values: Readonly<Record<string, string>>): Promise<void>;
  /** Waits for the next pop-up, reads it and closes it. */
  seen(): Promise<Seen>;
  host(environment: string, place?: number): Host;
  /** What the platform set as the password of an environment's database. */
  password(environment: string): string;
  /** SQL on an environment's MariaDB, as its administrator. */
  sql(environment: string, text: string): Promise<string>;
}

const LONGEST_ACTION_MS = 100_000;

/** Fills in one field by its kind. */
async function fill(dialog: Locator, name: string, value: string): Promise<void> {
  const field = dialog.locator(`[data-name="${name}"]`).filter({ visible: true });
  const type = await field.getAttribute('data-type');
  if (type === 'radio-fieldset' || type === 'radiolist')
    await field.locator(`> * input[value="${value}"]`).first().check();
  else if (type === 'checkbox' || type === 'toggle') await field.locator('input').setChecked(value === 'true');
  else if ((await field.locator('select').count()) > 0) await field.locator('select').selectOption({ value });
  else await field.locator('input, textarea').fill(value);
}

/** To be called once, at the top of a test file; all of it begins when first asked for and ends with the file. */
export function theatre(
  options: { width?: number; quotas?: Readonly<Record<string, number>> } = {},
): () => Promise<Theatre> {
  const open = chromiumTabs();
  const ends: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  }, 60_000);

  let shown: Page | undefined;
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' && shown !== undefined)
      await picture(shown, `failed ${task.name}`.replaceAll(/\W+/g, '-').slice(0, 80));
  });

  async function begin(): Promise<Theatre> {
    const release = await layOutRelease();
    ends.push(async () => release[Symbol.dispose]());
    const quotas = options.quotas === undefined ? {} : { quotas: options.quotas };
    const platform = await createPlatform({ mirrors: release.mirrors, ...quotas });
    ends.push(async () => await platform[Symbol.asyncDispose]());
    for (const manifest of [release.addon, release.storage]) await platform.publish(manifest);
    const pages = await servePages(platform);
    ends.push(async () => await pages[Symbol.asyncDispose]());
    const { page, complaints } = await open(pages.address, { width: options.width ?? 960, height: 1250 });

    shown = page;
    const dialog = () => page.locator('dialog[open]').last();
    const host: Theatre['host'] = (environment, place = 0) => {
      const node = platform.estate.environments.get(environment)?.nodes[place];
      if (node === undefined) throw new Error(`environment ${environment} has no node ${place}`);
      return node.host;
    };
    const password = (environment: string) => platform.estate.environments.get(environment)?.nodes[0]?.password ?? '';
    const it: Theatre = {
      platform,
      page,
      complaints,
      host,
      password,
      async go(name) {
        // What an earlier test left open when it failed.
        while ((await dialog().count()) > 0) await page.keyboard.press('Escape');
        await page.getByRole('link', { name, exact: true }).click();
        await page.getByRole('heading', { name, level: 1 }).waitFor();
      },
      async openInstall(offer, layer) {
        if (layer === undefined) await it.go('Marketplace');
        else await it.choose(layer, 'Add-ons');
        await page
          .getByRole('button', { name: `Install ${offer}` })
          .last()
          .click();
        const opened = page.getByRole('dialog', { name: offer });
        await opened.or(page.locator('dialog.notice')).waitFor({ timeout: 60_000 });
        return opened;
      },
      async press(environment, caption) {
        await it.go('Environments');
        await page.locator(`[data-environment="${environment}"]`).getByRole('button', { name: caption }).click();
        await dialog().waitFor({ timeout: 60_000 });
      },
      async choose(menu, entry) {
        await it.go('Environments');
        const summary = page.locator('summary').and(page.getByLabel(`Actions for ${menu}`, { exact: true }));
        await summary.click();
        await summary.locator('xpath=..').getByRole('button', { name: entry, exact: true }).click();
      },
      async agree() {
        await page.getByRole('alertdialog', { name: 'Confirm' }).locator('button.primary').click();
      },
      async submit(values) {
        const form = dialog();
        for (const [name, value] of Object.entries(values)) await fill(form, name, value);
        await form.locator('button[type=submit]').click();
      },
      async seen() {
        const first = page.locator('dialog.notice').first();
        await first.waitFor({ timeout: LONGEST_ACTION_MS });
        // This one: the next may be there as soon as it is closed.
        const notice = page.locator(`dialog[aria-labelledby="${await first.getAttribute('aria-labelledby')}"]`);
        const kind = (await notice.getAttribute('class')) ?? '';
        const type = ['success', 'info', 'warning', 'error'].find((one) => kind.split(' ').includes(one)) ?? '';
        const title = (await notice.locator('h2').textContent()) ?? '';
        const text = ((await notice.locator('.modal-body > div').textContent()) ?? '').trim();
        await notice.getByRole('button', { name: 'Close' }).click();
        await notice.waitFor({ state: 'detached' });
        return { type, title, text };
      },
      sql: (environment, text) =>
        host(environment).must(['mariadb', '-uroot', '-N', '-e', text], { env: { MYSQL_PWD: password(environment) } }),
    };
    return it;
  }

  let begun: Promise<Theatre> | undefined;
  return () => {
    begun ??= begin();
    return begun;
  };
}
