import { describe, expect, it } from 'vitest';
import { environment, field, offer } from './memory-platform.ts';
import { visits } from './visit.ts';

const { visit } = visits();
const picture =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3Ccircle r='9'/%3E%3C/svg%3E";

describe('the marketplace', () => {
  it('finds offers by all of the words, wherever they stand', async () => {
    const offers = [
      offer('db', { name: 'Database Backup', short: 'Backs up and restores', logo: picture }),
      offer('wp', { name: 'Blog Backup', text: 'for WordPress' }),
      offer('store', { name: 'Backup Storage', type: 'install', categories: ['apps/storage'] }),
    ];
    const { page, complaints } = await visit({ page: 'marketplace', offers });
    const names = () => page.getByRole('article').getByRole('heading').allTextContents();
    await expect.poll(names).toEqual(['Database Backup', 'Blog Backup', 'Backup Storage']);
    await page.getByLabel('Search').fill('BACKUP wordpress');
    await expect.poll(names).toEqual(['Blog Backup']);
    await page.getByLabel('Search').fill('nothing of the kind');
    await page.getByText('Nothing fits.').waitFor();
    await page.getByLabel('Search').fill('');
    await expect.poll(names).toHaveLength(3);
    expect(
      await page.locator('[data-offer=db] img').evaluate((image) => Reflect.get(image, 'naturalWidth')),
    ).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  it('installs an add-on on the layer that is chosen, and not without one', async () => {
    const { page, platform } = await visit({
      page: 'marketplace',
      environments: [environment('shop'), environment('blog')],
      dialog: { fields: [field('string', 'dbuser')], submitText: 'Install' },
    });
    await page.getByRole('button', { name: 'Install backup' }).click();
    const dialog = page.getByRole('dialog', { name: 'Install backup' });
    await dialog.getByLabel('dbuser').fill('root');
    await dialog.getByRole('button', { name: 'Install' }).click();
    await dialog.getByText('This is required.').waitFor();
    expect(platform.submissions).toEqual([]);
    await dialog.getByLabel('Install on').selectOption('The blog: sqldb');
    await dialog.getByText('For blog/sqldb.').waitFor();
    expect(await dialog.getByLabel('dbuser').inputValue()).toBe('root');
    await dialog.getByRole('button', { name: 'Install' }).click();
    await page.getByText('is done.').waitFor();
    expect(platform.submissions).toEqual([
      { what: 'dialog Install backup', values: { dbuser: 'root' }, target: 'blog/sqldb' },
    ]);
  });

  it('asks for no layer where a package makes an environment of its own', async () => {
    const { page, platform } = await visit({ page: 'marketplace' });
    await page.getByRole('button', { name: 'Install storage' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await page.getByText('is done.').waitFor();
    expect(platform.submissions).toEqual([{ what: 'dialog Install storage', values: {}, target: undefined }]);
  });

  it('offers its add-ons on a layer, which is chosen then', async () => {
    const { page, platform } = await visit({ environments: [environment('shop'), environment('blog')] });
    await page.getByLabel('Actions for SQL database of The blog').first().click();
    await page.getByRole('button', { name: 'Add-ons' }).click();
    const addons = page.getByRole('dialog', { name: 'Add-ons for SQL database of The blog' });
    expect(await addons.getByRole('article').getByRole('heading').allTextContents()).toEqual(['backup']);
    await addons.getByRole('button', { name: 'Install backup' }).click();
    await page.getByRole('dialog', { name: 'Install backup' }).getByRole('button', { name: 'Apply' }).click();
    await page.getByText('is done.').waitFor();
    expect(platform.submissions).toMatchObject([{ target: 'blog/sqldb' }]);
  });

  it('takes manifests by address or text, and says which constructs it does not know', async () => {
    const { page } = await visit({ page: 'marketplace' });
    const bring = async (manifest: string) => {
      await page.getByRole('button', { name: 'Import' }).click();
      await page.getByLabel('Manifest', { exact: true }).fill(manifest);
      await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
    };
    await bring('https://example.com/manifest.jps');
    await page.getByText('It is on the marketplace now.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('article', { name: 'https://example.com/manifest.jps' }).waitFor();
    await bring('type: unknown');
    await page.getByRole('alertdialog').getByText('constructs that are not known: unknown').waitFor();
  });

  it('shows what stands in the way instead of a dialog', async () => {
    const { page, platform } = await visit({ page: 'marketplace' });
    platform.openInstall = async () => ({
      type: 'warning',
      title: 'No',
      text: 'There is no database layer.',
      result: 'warning',
    });
    await page.getByRole('button', { name: 'Install backup' }).click();
    await page.getByRole('alertdialog', { name: 'No' }).getByText('There is no database layer.').waitFor();
  });
});

describe('the log of tasks', () => {
  it('grows and changes as the platform works, and leaves open what was opened', async () => {
    const { page, platform, complaints } = await visit({ page: 'tasks' });
    await page.getByText('Nothing has been done yet.').waitFor();
    platform.addTask({ id: 'a', title: 'Run a command on 101', parameters: 'echo "<b>$x</b>"' });
    const task = page.locator('[data-task=a]');
    await task.getByText('running').waitFor();
    await task.getByText('Run a command').click();
    platform.addTask({ id: 'b', title: 'Another', startedAt: '2026-11-20T02:01:00Z' });
    platform.addTask({
      id: 'a',
      title: 'Run a command on 101',
      state: 'failed',
      output: '{"result": 4109}',
      endedAt: '2026-11-20T02:01:05Z',
    });
    await task.getByText('failed').waitFor();
    await task.getByLabel('Output of Run a command on 101').getByText('{"result": 4109}').waitFor();
    await task.getByText('1 min 5 s').waitFor();
    expect(await page.locator('.task').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it('shows each letter that was sent, the newest first', async () => {
    const { page, platform } = await visit({ page: 'mail' });
    await page.getByText('No mail has been sent.').waitFor();
    platform.addMail({ to: 'me@example.com', subject: 'First', body: '<p>one</p>' });
    await page.getByText('<p>one</p>').waitFor();
    platform.addMail({ to: 'me@example.com', subject: 'Second', body: 'two' });
    await page.getByText('Second').waitFor();
    expect(await page.locator('.task-title').allTextContents()).toEqual(['Second', 'First']);
  });
});
