import { describe, expect, it } from 'vitest';
import type { Field } from '../contract.ts';
import { field } from './memory-platform.ts';
import { submitted, visits } from './visit.ts';

const { visitDialog } = visits();

/** A field's rule, what breaks it, what is said then, and what is accepted. */
const rules: readonly (readonly [what: string, rule: Partial<Field>, bad: string, said: string, good: string])[] = [
  ['required', { required: true }, '', 'This is required.', 'x'],
  ['a regex with words', { regex: '^\\d{1,2}$', regexText: 'Two <b>digits</b>.' }, '123', 'Two <b>digits</b>.', '12'],
  ['a regex without words', { regex: '^[a-z]+$' }, 'A', 'This has not the form that is asked for.', 'a'],
  ['a regex that is none', { regex: '(' }, 'a', "The manifest's regular expression is not valid: (", ''],
  ['vtype alpha', { vtype: 'alpha' }, 'a1', 'Only letters and _ are allowed.', 'a_b'],
  ['vtype alphanum', { vtype: 'alphanum' }, 'a-1', 'Only letters, digits and _ are allowed.', 'a1'],
  ['vtype email', { vtype: 'email' }, 'me', 'This must be an address like user@example.com.', 'a.b+c@example.com'],
  ['vtype email with words', { vtype: 'email', vtypeText: 'Whom?' }, 'me@', 'Whom?', 'me@example.com'],
  [
    'vtype URL',
    { vtype: 'URL' },
    'example.com',
    'This must be an address like https://example.com/.',
    'https://example.com/a?b',
  ],
  ['vtype extdomain', { vtype: 'extdomain' }, 'a b', 'This must be a domain like example.com.', 'www.example.com'],
  ['vtype domainlist', { vtype: 'domainlist' }, 'a,b', 'These must be domains like example.com.', 'a.com, b.org'],
  ['a vtype that is not known', { vtype: 'phase' }, 'x', 'The vtype phase is not known.', ''],
];

const fields = [
  field('string', 'plain'),
  ...rules.map(([what, rule]) => field('string', what, rule)),
  field('spinner', 'a number', { min: 1, max: 30, value: '5' }),
];

describe('what is wrong is said at its field', () => {
  let dialog: ReturnType<typeof visitDialog> | undefined;
  const opened = () => (dialog ??= visitDialog(fields));

  it.each([
    ...rules,
    ['a number', {}, '0', 'This must be at least 1.', '1'] as const,
    ['a number', {}, '31', 'This must be at most 30.', '30'] as const,
  ])('%s', async (what, _rule, bad, said, good) => {
    const { page } = await opened();
    const input = page.getByLabel(what, { exact: true });
    const problem = page.locator(`[data-name="${what}"]`).getByRole('alert');
    await input.fill(bad);
    await page.getByRole('button', { name: 'Apply' }).click();
    await problem.waitFor();
    expect(await problem.textContent()).toBe(said);
    expect(await input.getAttribute('aria-invalid')).toBe('true');
    await input.fill(good);
    await problem.waitFor({ state: 'hidden' });
    expect(await input.getAttribute('aria-invalid')).toBe('false');
  });

  it('and nothing is submitted before all of it is mended; the focus is at the first', async () => {
    const visit = await opened();
    const [, second, third] = fields;
    for (const { name = '' } of [third, second] as typeof fields)
      await visit.page.getByLabel(name, { exact: true }).fill('');
    await visit.page.getByRole('button', { name: 'Apply' }).click();
    const focused = visit.page.locator(':focus');
    expect(await focused.getAttribute('name')).toBe('required');
    expect(visit.platform.submissions).toEqual([]);
    await focused.fill('x');
    expect(await submitted(visit)).toMatchObject({ required: 'x', 'a regex with words': '', 'a number': '30' });
  });

  it('when its field was left, too', async () => {
    const { page } = await visitDialog([field('spinner', 'it', { max: 9 }), field('string', 'other')]);
    await page.getByLabel('it').fill('10');
    expect(await page.getByText('This must be at most 9.').isVisible()).toBe(false);
    await page.getByLabel('it').press('Tab');
    await page.getByText('This must be at most 9.').waitFor();
  });

  it('of a time that a manifest made up, and of a box that has to be ticked', async () => {
    const time = field('string', 'time', { inputType: 'time', value: '25:99' });
    const { page } = await visitDialog([time, field('checkbox', 'box', { required: true })]);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('This must be a time like 09:00.').waitFor();
    await page.getByText('This must be ticked.').waitFor();
  });
});
