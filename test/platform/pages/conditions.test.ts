import { describe, expect, it } from 'vitest';
import type { Field } from '../contract.ts';
import { field } from './memory-platform.ts';
import { submitted, visits } from './visit.ts';

const { visitDialog } = visits();
const values = [
  { value: '1', caption: 'Pre-defined' },
  { value: '2', caption: 'Custom' },
];

describe('fields that another one shows', () => {
  const kind = (type: string, more: Partial<Field> = {}) =>
    field(type, 'kind', {
      caption: 'Kind',
      values,
      value: '1',
      showIf: {
        1: [field('string', 'cron', { value: '@daily', required: true })],
        2: [
          field('string', 'cron', { value: '0 3 * * *' }),
          field('toggle', 'zoned', { showIf: { true: [field('string', 'tz', { required: true })] } }),
        ],
      },
      ...more,
    });

  it.each(['list', 'radiolist', 'radio-fieldset'])(
    'follow a %s; of two of one name the shown one is submitted',
    async (type) => {
      const visit = await visitDialog([kind(type)]);
      const { page } = visit;
      const choose = (caption: string) =>
        type === 'list' ? page.getByLabel('Kind').selectOption(caption) : page.getByLabel(caption).check();
      expect(await page.getByLabel('cron').evaluateAll((all) => all.length)).toBe(2);
      expect(await page.getByLabel('zoned').isVisible()).toBe(false);
      await choose('Custom');
      await page.getByLabel('zoned').check();
      await page.getByLabel('tz').fill('UTC');
      expect(await submitted(visit)).toEqual({ kind: '2', cron: '0 3 * * *', zoned: 'true', tz: 'UTC' });
      expect(visit.complaints).toEqual([]);
    },
  );

  it('are neither checked nor submitted while they are not shown', async () => {
    const visit = await visitDialog([kind('list', { value: '2' })]);
    expect(await submitted(visit)).toEqual({ kind: '2', cron: '0 3 * * *', zoned: 'false' });
  });

  it('follow a checkbox, and an outer field that hides the inner one again', async () => {
    const inner = field('checkbox', 'inner', { showIf: { true: [field('string', 'innermost')] } });
    const { page } = await visitDialog([
      field('checkbox', 'outer', { showIf: { true: [inner], false: [field('string', 'off')] } }),
    ]);
    const innermost = page.getByLabel('innermost');
    expect(await page.getByLabel('off').isVisible()).toBe(true);
    await page.getByLabel('outer').check();
    await page.getByLabel('inner', { exact: true }).check();
    expect([await innermost.isVisible(), await page.getByLabel('off').isVisible()]).toEqual([true, false]);
    await page.getByLabel('outer').uncheck();
    expect(await innermost.isVisible()).toBe(false);
  });
});

describe('a list that depends on another field', () => {
  const fields = [
    field('list', 'env', {
      values: [
        { value: 'shop', caption: 'Shop' },
        { value: 'blog', caption: 'Blog' },
      ],
      value: 'shop',
    }),
    field('list', 'snapshot', {
      value: 's2',
      dependsOn: {
        field: 'env',
        values: {
          shop: [
            { value: 's1', caption: 'Monday' },
            { value: 's2', caption: 'Tuesday' },
          ],
          blog: [{ value: 'b1', caption: 'Friday' }],
        },
      },
    }),
  ];

  it('offers what belongs to the other value, and keeps no choice that is gone', async () => {
    const visit = await visitDialog(fields);
    const snapshot = visit.page.getByLabel('snapshot');
    expect(await snapshot.locator('option').allTextContents()).toEqual(['Monday', 'Tuesday']);
    expect(await snapshot.inputValue()).toBe('s2');
    await visit.page.getByLabel('env').selectOption('Blog');
    expect(await snapshot.locator('option').allTextContents()).toEqual(['—', 'Friday']);
    expect(await snapshot.inputValue()).toBe('');
    await snapshot.selectOption('Friday');
    expect(await submitted(visit)).toEqual({ env: 'blog', snapshot: 'b1' });
  });
});

describe('a dialog', () => {
  it('cannot be submitted unchanged unless its manifest says so', async () => {
    const { page } = await visitDialog([field('string', 'name', { value: 'a' })], {
      dialog: { submitUnchanged: false },
    });
    const apply = page.getByRole('button', { name: 'Apply' });
    expect(await apply.isDisabled()).toBe(true);
    await page.getByLabel('name').fill('ab');
    expect(await apply.isDisabled()).toBe(false);
    await page.getByLabel('name').fill('a');
    expect(await apply.isDisabled()).toBe(true);
  });

  it('asks what its manifest has it ask, and submits nothing when the answer is no', async () => {
    const visit = await visitDialog([field('string', 'name', { value: 'a' })], {
      dialog: { confirmText: 'Override <all> data?' },
    });
    const { page, platform } = visit;
    const question = page.getByRole('alertdialog', { name: 'Confirm' });
    await page.getByRole('button', { name: 'Apply' }).click();
    await question.getByText('Override <all> data?').waitFor();
    await question.getByRole('button', { name: 'No' }).click();
    expect(platform.submissions).toEqual([]);
    await page.getByRole('button', { name: 'Apply' }).click();
    await question.getByRole('button', { name: 'Yes' }).click();
    await page.getByRole('dialog', { name: 'dialog Configure' }).waitFor();
    expect(platform.submissions).toMatchObject([{ values: { name: 'a' } }]);
  });

  it('shows its loading text until the answer is there', async () => {
    const held = Promise.withResolvers<void>();
    const visit = await visitDialog([], { dialog: { loadingText: 'Configuring…' }, hold: () => held.promise });
    await visit.page.getByRole('button', { name: 'Apply' }).click();
    const run = visit.page.getByRole('list', { name: 'Under way' }).getByText('Configuring…');
    await run.waitFor();
    expect(await visit.page.getByRole('dialog').count()).toBe(0);
    held.resolve();
    await visit.page.getByRole('dialog', { name: 'dialog Configure' }).waitFor();
    await run.waitFor({ state: 'detached' });
  });

  it('tells the end of something long even to a page that was opened since', async () => {
    const held = Promise.withResolvers<void>();
    const visit = await visitDialog([], { hold: () => held.promise });
    await visit.page.getByRole('button', { name: 'Apply' }).click();
    await visit.page.reload();
    await visit.page.getByText('Applying…').waitFor();
    held.resolve();
    await visit.page.getByRole('dialog', { name: 'dialog Configure' }).waitFor();
  });
});
