import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

/**
 * Keeps pictures of what users see. `scripts/pictures` has them written where the README shows them; otherwise they are kept
 * in a folder of this run, because two runs never draw the same times and addresses.
 */
const folder = process.env.PICTURES ?? mkdtempSync(join(tmpdir(), 'dbbackup-pictures-'));

/** Keeps a picture of an element, or of a page as far as it has something to show, under this name. */
export async function picture(of: Page | Locator, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const options = { path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' } as const;
  if (!('goto' in of)) return void (await of.screenshot(options));
  const { width, height } = of.viewportSize() ?? { width: 1000, height: 1000 };
  const shown = await of.locator('main').boundingBox();
  await of.screenshot({
    ...options,
    clip: { x: 0, y: 0, width, height: Math.min(height, (shown?.y ?? 0) + (shown?.height ?? height)) },
  });
}
