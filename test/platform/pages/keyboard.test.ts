import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { field } from './memory-platform.ts';
import { visits } from './visit.ts';

const { visit, visitDialog } = visits();

const focused = (page: Page) =>
  page
    .locator(':focus')
    .evaluate((element) => element.getAttribute('aria-label') ?? element.getAttribute('name') ?? element.textContent);

describe('without a mouse', () => {
  it('everything is reached, in its order, and what has the focus is seen', async () => {
    const { page } = await visit();
    await page.getByText('Backup Now').waitFor();
    const stops: (string | null)[] = [];
    for (let stop = 0; stop < 12; stop += 1) {
      await page.keyboard.press('Tab');
      stops.push(await focused(page));
      const outline = await page
        .locator(':focus')
        .evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).outlineStyle);
      expect(outline, `the outline of ${stops.at(-1)}`).toBe('solid');
    }
    expect(stops).toEqual([
      'Skip to content',
      'Platform stand-in',
      'Environments',
      'Marketplace',
      'Tasks',
      'Mail',
      'New environment',
      'Actions for The shop',
      'Actions for SQL database of The shop',
      'Backup Now',
      'Configure',
      'More for backup',
    ]);
  });

  it('a menu opens, leads on, and closes by Escape', async () => {
    const { page } = await visit();
    await page.getByLabel('Actions for The shop').first().focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Stop');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Actions for The shop');
    expect(await page.getByRole('button', { name: 'Stop' }).isVisible()).toBe(false);
  });

  it('a dialog has the focus in its first field, keeps it inside, and gives it back at Escape', async () => {
    const { page, platform } = await visitDialog([field('string', 'first'), field('toggle', 'second')]);
    const stops = [await focused(page)];
    for (let stop = 0; stop < 5; stop += 1) {
      await page.keyboard.press('Tab');
      stops.push(await focused(page));
    }
    expect(stops).toEqual(['first', 'second', 'Cancel', 'Apply', 'first', 'second']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('Apply');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Configure');
    expect(platform.submissions).toEqual([]);
  });

  it('a dialog is filled in and sent, its question answered and its notice closed', async () => {
    const values = [
      { value: 'a', caption: 'First' },
      { value: 'b', caption: 'Second' },
    ];
    const fields = [field('string', 'name'), field('radiolist', 'kind', { values, value: 'a' }), field('toggle', 'on')];
    const { page, platform } = await visitDialog(fields, { dialog: { confirmText: 'Sure?' } });
    await page.keyboard.type('backup');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.getByLabel('name').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Sure?').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Yes');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'dialog Configure' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(platform.submissions).toMatchObject([{ values: { name: 'backup', kind: 'b', on: 'true' } }]);
  });

  it('a page that was chosen says its name and has the focus', async () => {
    const { page } = await visit();
    await page.getByRole('link', { name: 'Marketplace' }).press('Enter');
    await page.getByRole('heading', { name: 'Marketplace' }).waitFor();
    expect(await page.title()).toBe('Marketplace · Platform');
    expect(await page.getByRole('link', { name: 'Marketplace' }).getAttribute('aria-current')).toBe('page');
    expect(await page.locator(':focus').getAttribute('id')).toBe('main');
  });
});
