import { describe, expect, it } from 'vitest';
import type { Field } from '../contract.ts';
import { field } from './memory-platform.ts';
import { submitted, visits } from './visit.ts';

const { visitDialog } = visits();
const values = [
  { value: 'a', caption: 'First' },
  { value: 'b', caption: 'Second' },
];

describe('each type of field submits strings', () => {
  it('as the manifest gave them, where nothing is touched', async () => {
    const fields: Field[] = [
      field('string', 'string', { value: `p'a"s$s \\w` }),
      field('string', 'password', { inputType: 'password', value: 'secret' }),
      field('string', 'time', { inputType: 'time', value: '09:00' }),
      field('string', 'moment', { inputType: 'datetime-local', value: '2026-11-20T02:00' }),
      field('string', 'inputHidden', { inputType: 'hidden', value: 'h1' }),
      field('string', 'hidden', { hidden: true, required: true, value: '' }),
      field('string', 'readOnly', { readOnly: true, value: 'r' }),
      field('string', 'lines', { value: 'a line\nand another' }),
      field('envname', 'envname', { value: 'env-1' }),
      field('text', 'text', { value: 'one\ntwo $x' }),
      field('list', 'list', { values, value: 'b' }),
      field('list', 'none', { values, value: '' }),
      field('list', 'several', { values, value: 'a;b', multiple: true, delimiter: ';' }),
      field('list', 'editable', { values, value: 'b', editable: true }),
      field('envlist', 'envlist', { values, value: 'a' }),
      field('regionlist', 'region', { values, value: 'b' }),
      field('owner', 'ownerUid', { values, value: 'a' }),
      field('checkbox', 'checkbox', { value: 'false' }),
      field('toggle', 'toggle', { value: 'true' }),
      field('checkboxlist', 'boxes', { values, value: 'b' }),
      field('radiolist', 'radios', { values, value: 'a' }),
      field('radio-fieldset', 'radioFieldset', { values, value: 'b' }),
      field('spinner', 'spinner', { value: '5', min: 1, max: 30 }),
      field('numberpicker', 'numberpicker', { value: '3', min: 1, max: 9 }),
      field('slider', 'slider', { value: '20', min: 0, max: 100, increment: 10 }),
      field('compositefield', 'composite', {
        items: [field('string', 'inner', { value: 'i' }), field('tooltip', 'tip', { tooltip: 'words' })],
      }),
      field('displayfield', 'display', { markup: 'words' }),
      field('spacer', 'spacer'),
      field('string', 'disabled', { disabled: true, value: 'not submitted' }),
    ];
    const visit = await visitDialog(fields);
    expect(await submitted(visit)).toEqual({
      string: `p'a"s$s \\w`,
      password: 'secret',
      time: '09:00',
      moment: '2026-11-20T02:00',
      inputHidden: 'h1',
      hidden: '',
      readOnly: 'r',
      lines: 'a line\nand another',
      envname: 'env-1',
      text: 'one\ntwo $x',
      list: 'b',
      none: '',
      several: 'a;b',
      editable: 'b',
      envlist: 'a',
      region: 'b',
      ownerUid: 'a',
      checkbox: 'false',
      toggle: 'true',
      boxes: 'b',
      a: 'false',
      b: 'true',
      radios: 'a',
      radioFieldset: 'b',
      spinner: '5',
      numberpicker: '3',
      slider: '20',
      inner: 'i',
    });
    expect(visit.complaints).toEqual([]);
  });

  it('as the user left them', async () => {
    const fields: Field[] = [
      field('string', 'string'),
      field('string', 'time', { inputType: 'time' }),
      field('string', 'moment', { inputType: 'datetime-local' }),
      field('text', 'text'),
      field('list', 'list', { values }),
      field('list', 'several', { values, multiple: true }),
      field('list', 'editable', { values, editable: true }),
      field('list', 'own', { values, editable: true }),
      field('checkbox', 'checkbox'),
      field('toggle', 'toggle', { value: 'true' }),
      field('checkboxlist', 'boxes', { values, value: 'b' }),
      field('radiolist', 'radios', { values: [{ value: 'r', caption: 'Radio' }] }),
      field('spinner', 'spinner'),
      field('slider', 'slider', { value: '0', min: 0, max: 10 }),
    ];
    const visit = await visitDialog(fields);
    const { page } = visit;
    await page.getByLabel('string').fill(` '"$<b>&amp; `);
    await page.getByLabel('time').fill('23:05');
    await page.getByLabel('moment').fill('2026-01-02T03:04');
    await page.getByLabel('text', { exact: true }).fill('one\ntwo');
    await page.getByLabel('list', { exact: true }).selectOption('Second');
    await page.getByLabel('several').selectOption(['a', 'b']);
    await page.getByLabel('editable').fill('First');
    await page.getByLabel('own').fill('of my own');
    await page.getByLabel('checkbox').check();
    await page.getByLabel('toggle').uncheck();
    await page.getByLabel('First').check();
    await page.getByLabel('Radio', { exact: true }).check();
    await page.getByLabel('spinner').fill('7');
    await page.getByLabel('slider').fill('4');
    expect(await submitted(visit)).toEqual({
      string: ` '"$<b>&amp; `,
      time: '23:05',
      moment: '2026-01-02T03:04',
      text: 'one\ntwo',
      list: 'b',
      several: 'a,b',
      editable: 'a',
      own: 'of my own',
      checkbox: 'true',
      toggle: 'false',
      boxes: 'a,b',
      a: 'true',
      b: 'true',
      radios: 'r',
      spinner: '7',
      slider: '4',
    });
  });

  it('and of a type that is not known, says so', async () => {
    const { page } = await visitDialog([field('hologram', 'x')]);
    await page.getByText('do not know fields of the type hologram').waitFor();
  });
});

describe('a list', () => {
  it('chooses nothing for the user', async () => {
    const visit = await visitDialog([field('list', 'storage', { values, value: 'gone', required: true })]);
    await visit.page.getByRole('button', { name: 'Apply' }).click();
    await visit.page.getByRole('alert').filter({ hasText: 'This is required.' }).waitFor();
    await visit.page.getByLabel('storage').selectOption('First');
    expect(await submitted(visit)).toEqual({ storage: 'a' });
  });
});

describe('a field of words', () => {
  it('shows markup as text, with its lines and its kind', async () => {
    const { page } = await visitDialog([
      field('displayfield', 'note', { markup: '<b>one</b>\ntwo', cls: 'warning', hideLabel: true }),
    ]);
    const note = page.locator('.words.warning');
    expect(await note.textContent()).toBe('<b>one</b>\ntwo');
    expect((await note.boundingBox())?.height).toBeGreaterThan(45);
  });

  it('shows a tooltip when asked, by mouse and by keyboard', async () => {
    const { page } = await visitDialog([
      field('string', 'user', { caption: 'User', tooltip: 'All <i>privileges</i>.' }),
    ]);
    const words = page.getByText('All <i>privileges</i>.');
    expect(await words.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'About User' }).press('Enter');
    expect(await words.isVisible()).toBe(true);
    await page.getByRole('button', { name: 'About User' }).click();
    expect(await words.isVisible()).toBe(false);
    expect(await page.getByLabel('User', { exact: true }).getAttribute('aria-describedby')).toContain(
      await words.getAttribute('id'),
    );
  });
});
