import { describe, expect, it } from 'vitest';
import { card, environment, field } from './memory-platform.ts';
import { visits } from './visit.ts';

const { visit } = visits();
const ofLayer = 'Actions for SQL database of The shop';
const ofEnvironment = 'Actions for The shop';

describe('the page of environments', () => {
  it('shows layers and nodes: state, type, version, address and which one is the master', async () => {
    const { page, complaints } = await visit();
    const shop = page.getByRole('region', { name: 'The shop' });
    expect(await shop.locator('.environment-head .status').textContent()).toBe('running');
    const nodes = shop.getByRole('table', { name: 'Nodes of SQL database of The shop' }).locator('tbody tr');
    expect(
      await nodes.evaluateAll((rows) => rows.map(({ children }) => [...children].map((cell) => cell.textContent))),
    ).toEqual([
      ['101 master', 'mariadb-dockerized', '10.11', '10.0.0.5', 'running'],
      ['102 ', 'mariadb-dockerized', '10.11', '10.0.0.6', 'running'],
    ]);
    expect(complaints).toEqual([]);
  });

  it('follows the platform without being loaded again, and leaves the focus where it was', async () => {
    const { page, platform } = await visit({ environments: [] });
    await page.getByText('There is no environment yet.').waitFor();
    platform.change({ environments: [environment('shop')] });
    await page.getByRole('button', { name: 'Backup Now' }).focus();
    platform.change({ environments: [environment('shop', { status: 2 })] });
    await page.getByRole('region', { name: 'The shop' }).getByText('stopped').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Backup Now');
    platform.change({ environments: [] });
    await page.getByText('There is no environment yet.').waitFor();
  });

  it.each([
    ['Restart', 'Restart', { environment: 'shop' }],
    ['Stop', 'Stop', { environment: 'shop' }],
    ['Delete', 'Delete', { environment: 'shop' }],
  ])('asks before it does what is asked of an environment: %s', async (entry, yes, values) => {
    const { page, platform } = await visit();
    await page.getByLabel(ofEnvironment).first().click();
    await page.getByRole('button', { name: entry }).click();
    expect(platform.submissions).toEqual([]);
    await page.getByRole('alertdialog').getByRole('button', { name: yes }).click();
    await page.getByRole('dialog', { name: entry.toLowerCase() }).waitFor();
    expect(platform.submissions).toEqual([expect.objectContaining({ what: entry.toLowerCase(), values })]);
  });

  it('starts what is stopped', async () => {
    const { page, platform } = await visit({ environments: [environment('shop', { status: 2 })] });
    await page.getByLabel(ofEnvironment).first().click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('dialog', { name: 'start' }).waitFor();
    expect(platform.submissions).toMatchObject([{ what: 'start', values: { environment: 'shop' } }]);
  });

  it.each([
    [
      ofEnvironment,
      'Clone',
      { name: 'shop-2', displayName: 'The shop (clone)' },
      () => ['Name of the clone', 'shop-2'],
    ],
    [ofEnvironment, 'Transfer', { owner: 'new@example.com' }, () => ['New owner', 'new@example.com']],
    [ofEnvironment, 'Migrate', { region: 'us-1' }, () => ['Region', 'us-1']],
    [ofLayer, 'Redeploy', { nodeGroup: 'sqldb', tag: '11.4' }, () => ['Version', '11.4']],
    [ofLayer, 'Scale out', { nodeGroup: 'sqldb', count: '2' }, () => ['Nodes to add', '2']],
    [ofLayer, 'Scale in', { nodeGroup: 'sqldb', count: '1' }, () => ['Nodes to remove', '1']],
    [ofLayer, 'Reset password', { nodeGroup: 'sqldb', password: `a'b"$` }, () => ['New password', `a'b"$`]],
  ] as const)('%s: %s asks what it has to know', async (menu, entry, details, typed) => {
    const { page, platform } = await visit();
    await page.getByLabel(menu).first().click();
    await page.getByRole('button', { name: entry }).click();
    const [label = '', text = ''] = typed();
    const input = page.getByLabel(label, { exact: true });
    if (entry === 'Migrate') await input.selectOption(text);
    else await input.fill(text);
    await page.getByRole('dialog').getByRole('button', { name: entry }).click();
    const what = entry.toLowerCase().replace(' ', '-');
    await page.getByRole('dialog', { name: what }).waitFor();
    expect(platform.submissions).toEqual([{ what, values: { environment: 'shop', ...details }, target: undefined }]);
  });

  it('makes an environment of layers; a second one of a group has a name of its own', async () => {
    const { page, platform } = await visit({ environments: [] });
    await page.getByRole('button', { name: 'New environment' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Not a name');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Lowercase letters, digits and hyphens.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('blog');
    await page.getByLabel('Type of layer 1').selectOption('Redis 7');
    await page.getByLabel('Type of layer 3').selectOption('Redis 7');
    await page.getByLabel('Nodes').nth(2).fill('3');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('dialog', { name: 'The blog' }).getByText('The environment is there.').waitFor();
    expect(JSON.parse(platform.submissions[0]?.values.wanted ?? '')).toEqual({
      name: 'blog',
      nodes: [
        { nodeType: 'redis', nodeGroup: 'nosqldb', count: 1 },
        { nodeType: 'redis', nodeGroup: 'nosqldb2', count: 3 },
      ],
    });
  });
});

describe('a card', () => {
  it('presses its button after its question, and can do so again while the first one runs', async () => {
    const held = Promise.withResolvers<void>();
    const { page, platform } = await visit({ hold: () => held.promise });
    for (const times of [1, 2]) {
      await page.getByRole('button', { name: 'Backup Now' }).click();
      await page.getByRole('alertdialog').getByText('Back up now?').waitFor();
      await page.getByRole('button', { name: 'Yes' }).click();
      await expect.poll(() => page.getByText('Backing up…').count()).toBe(times);
    }
    held.resolve();
    const ended = page.getByRole('dialog', { name: 'Backup Now' });
    await ended.getByText('Backup Now is done.').waitFor();
    await ended.getByRole('button', { name: 'Close' }).click();
    await ended.getByRole('button', { name: 'Close' }).click();
    await ended.waitFor({ state: 'detached' });
    expect(platform.submissions).toHaveLength(2);
  });

  it('is uninstalled by its menu, after a question', async () => {
    const { page, platform } = await visit();
    await page.getByLabel('More for backup').first().click();
    await page.getByRole('button', { name: 'Uninstall' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Uninstall' }).click();
    await page.getByRole('dialog', { name: 'uninstall' }).waitFor();
    expect(platform.submissions).toMatchObject([{ what: 'uninstall' }]);
  });

  it('has no Uninstall where it is permanent, and leads to pages by links', async () => {
    const link = {
      caption: 'Docs',
      title: '',
      opensDialog: false,
      confirmText: null,
      loadingText: '',
      href: 'https://example.com/',
    };
    const bad = { ...link, caption: 'Bad', href: 'javascript:alert(1)' };
    const layers = environment('shop').layers.map((layer) => ({
      ...layer,
      cards: [card({ removable: false, buttons: [link, bad] })],
    }));
    const { page } = await visit({ environments: [environment('shop', { layers })] });
    expect(await page.getByText('Docs').getAttribute('href')).toBe('https://example.com/');
    expect(await page.getByText('Bad').getAttribute('href')).toBeNull();
    expect(await page.getByLabel('More for backup').count()).toBe(0);
  });
});

describe('what comes of an action', () => {
  it.each(['info', 'warning', 'error'] as const)('is shown as %s with its text and result', async (type) => {
    const { page } = await visit({
      notice: { type, title: 'Backup', text: 'a *plain* text\nof two lines', result: 4109 },
    });
    await page.getByRole('button', { name: 'Backup Now' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    const notice = page.getByRole('alertdialog', { name: 'Backup' });
    await notice.getByText('a *plain* text').waitFor();
    expect(await notice.getAttribute('class')).toContain(type);
    await notice.getByText('Result 4109').waitFor();
  });

  it('is read as HTML where it is an answer, but for its tags', async () => {
    const text = 'a &lt;b&gt; &amp;amp; &#39;c&#39;<br>second <i onclick=x>line</i>';
    const { page } = await visit({ notice: { type: 'error', title: 'Backup', text, result: 1 } });
    await page.getByRole('button', { name: 'Backup Now' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    const shown = page.getByRole('alertdialog', { name: 'Backup' }).locator('.lines');
    expect(await shown.textContent()).toBe("a <b> &amp; 'c'\nsecond <i onclick=x>line</i>");
  });

  it('leads back to the form with all that was typed, where it failed', async () => {
    const { page, platform } = await visit({
      dialog: {
        fields: [field('string', 'dbuser', { value: 'root' }), field('string', 'dbpass', { inputType: 'password' })],
      },
      notice: { type: 'error', title: 'Configure', text: 'wrong password' },
    });
    await page.getByRole('button', { name: 'Configure' }).click();
    await page.getByLabel('dbpass').fill('wrong');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Back to the form' }).click();
    expect(await page.getByLabel('dbpass').inputValue()).toBe('wrong');
    await page.getByLabel('dbpass').fill('right');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close' }).click();
    expect(platform.submissions.map(({ values }) => values)).toEqual([
      { dbuser: 'root', dbpass: 'wrong' },
      { dbuser: 'root', dbpass: 'right' },
    ]);
  });

  it('is shown as success with Markdown, whose HTML is text', async () => {
    const text =
      'It **runs**. <img src=x onerror=alert(1)>\n\n- [Docs](https://example.com/)\n- [Bad](javascript:alert(1))\n\n`a <b>`';
    const { page, complaints } = await visit({ notice: { text } });
    await page.getByRole('button', { name: 'Backup Now' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    const notice = page.getByRole('dialog', { name: 'Backup Now' });
    expect(await notice.locator('strong').textContent()).toBe('runs');
    await notice.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await notice.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
      'https://example.com/',
    ]);
    expect(await notice.locator('code').textContent()).toBe('a <b>');
    expect(await notice.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('waits until the form that is open is closed', async () => {
    const held = Promise.withResolvers<void>();
    const { page } = await visit({ hold: () => held.promise });
    await page.getByRole('button', { name: 'Backup Now' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByRole('button', { name: 'Configure' }).click();
    const form = page.getByRole('dialog', { name: 'Configure' });
    await form.waitFor();
    held.resolve();
    await page.getByText('Backing up…').waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(1);
    await form.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog', { name: 'Backup Now' }).waitFor();
  });
});
