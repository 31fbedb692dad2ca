import { afterAll } from 'vitest';
import { chromiumTabs, type Tab, type TabOptions } from '../../support/browser.ts';
import type { Field } from '../contract.ts';
import { createMemoryPlatform, type MemoryOptions, type MemoryPlatform } from './memory-platform.ts';
import { type Pages, servePages } from './server.ts';

/** A browser on the pages of a platform in memory. */
export interface Visit extends Tab {
  readonly platform: MemoryPlatform;
  readonly address: string;
}

/** To be called once, at the top of a test file. */
export function visits() {
  const open = chromiumTabs();
  const served: Pages[] = [];
  afterAll(async () => {
    for (const pages of served) await pages[Symbol.asyncDispose]();
  });
  const visit = async (options: MemoryOptions & TabOptions & { page?: string } = {}): Promise<Visit> => {
    const platform = createMemoryPlatform(options);
    const pages = await servePages(platform);
    served.push(pages);
    const tab = await open(`${pages.address}#/${options.page ?? 'environments'}`, options);
    return { ...tab, platform, address: pages.address };
  };
  /** With a dialog of these fields open. */
  const visitDialog = async (fields: readonly Field[], options: Parameters<typeof visit>[0] = {}): Promise<Visit> => {
    const opened = await visit({ ...options, dialog: { fields, ...options.dialog } });
    await opened.page.getByRole('button', { name: 'Configure' }).click();
    await opened.page.getByRole('dialog', { name: 'Configure' }).waitFor();
    return opened;
  };
  return { visit, visitDialog };
}

/** Presses the dialog's button and answers what the platform was given. */
export async function submitted({ page, platform }: Visit): Promise<Readonly<Record<string, string>>> {
  const before = platform.submissions.length;
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('dialog', { name: 'dialog Configure' }).waitFor();
  const submission = platform.submissions[before];
  if (submission === undefined) throw new Error('nothing was submitted');
  return submission.values;
}
