import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Field } from '../contract.ts';
import { card, environment, field, offer } from './memory-platform.ts';
import { submitted, visits } from './visit.ts';

const { visit, visitDialog } = visits();
const hostile = `<img src=x onerror="document.title='owned'">'"\`$HOME \${settings.x} $(id)\n\\ & &amp; </script><script>document.title='owned'</script>`;
const long = 'a'.repeat(300);
const values = [
  { value: hostile, caption: hostile },
  { value: 'b', caption: long },
];
const everyType: Field[] = [
  field('displayfield', 'words', { markup: hostile, cls: 'warning' }),
  ...['string', 'text', 'envname', 'radiolist', 'list', 'envlist', 'checkboxlist', 'radio-fieldset'].map((type) =>
    field(type, type, {
      caption: hostile,
      value: hostile,
      values,
      delimiter: '\0',
      tooltip: hostile,
      placeholder: hostile,
    }),
  ),
  field('list', 'editable', { editable: true, values, value: hostile }),
  field('string', long, { caption: long, value: long, regexText: hostile }),
  field('compositefield', 'parts', {
    items: [field('string', 'inner', { value: hostile }), field('spinner', 'number', { value: '1' })],
  }),
  field('slider', 'slider', { value: '3', min: 0, max: 9 }),
];
const everywhere = () => {
  const name = hostile;
  const it = offer('hostile', { name, short: hostile, text: hostile, categories: [hostile, long] });
  const cards = [
    card({
      offer: it,
      buttons: [{ caption: hostile, title: hostile, opensDialog: true, confirmText: null, loadingText: hostile }],
    }),
  ];
  const [layer] = environment('shop').layers;
  const nodes = layer?.nodes.map((node) => ({ ...node, version: hostile, nodeType: long })) ?? [];
  const layers = [{ nodeGroup: hostile, displayName: hostile, nodes, cards }];
  return {
    offers: [it],
    environments: [environment('shop', { displayName: hostile, groups: [hostile, long], layers })],
  };
};
const overflow = (page: Page) =>
  page.evaluate(
    'Math.max(document.documentElement.scrollWidth, document.querySelector("dialog .modal-body")?.scrollWidth ?? 0) - innerWidth',
  );

describe('texts of others', () => {
  it('are shown as they are and never run, wherever they stand', async () => {
    const { page, platform, complaints } = await visit(everywhere());
    platform.addTask({ title: hostile, environment: hostile, action: hostile, parameters: hostile, output: hostile });
    platform.addMail({ to: hostile, subject: hostile, body: hostile });
    for (const name of ['Marketplace', 'Tasks', 'Mail', 'Environments']) {
      await page.getByRole('link', { name }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await page.locator('main').getByText('onerror=').first().waitFor({ state: 'attached' });
      expect(await page.title()).toBe(`${name} · Platform`);
      expect(await page.locator('img[src=x], main script').count()).toBe(0);
    }
    expect(complaints).toEqual([]);
  });

  it('arrive unchanged from every type of field', async () => {
    const visit = await visitDialog(everyType, { dialog: { description: hostile }, notice: { text: hostile } });
    const sent = await submitted(visit);
    expect(sent).toMatchObject({
      string: hostile,
      text: hostile,
      envname: hostile,
      radiolist: hostile,
      list: hostile,
      envlist: hostile,
      checkboxlist: hostile,
      'radio-fieldset': hostile,
      editable: hostile,
      inner: hostile,
    });
    expect(await visit.page.title()).toBe('Environments · Platform');
    expect(visit.complaints).toEqual([]);
  });

  it('arrive unchanged when they are typed', async () => {
    const visit = await visitDialog([field('text', 'lines'), field('string', 'line', { inputType: 'password' })]);
    const line = hostile.replace('\n', ' ');
    await visit.page.getByLabel('lines').fill(hostile);
    await visit.page.getByLabel('line', { exact: true }).fill(line);
    expect(await submitted(visit)).toEqual({ lines: hostile, line });
  });
});

describe('on a phone', () => {
  it('no page is wider than the screen, whatever it shows', async () => {
    const { page, platform } = await visit({ ...everywhere(), width: 375, height: 700 });
    platform.addTask({ title: long, parameters: long, output: hostile });
    platform.addMail({ to: long, subject: long, body: long });
    for (const name of ['Environments', 'Marketplace', 'Tasks', 'Mail']) {
      await page.getByRole('link', { name }).click();
      await page.locator('main').getByText('aaaaaaaa').first().waitFor({ state: 'attached' });
      for (const details of await page.locator('details').all())
        await details.evaluate((element) => element.setAttribute('open', ''));
      expect(await overflow(page), name).toBeLessThanOrEqual(0);
    }
  });

  it('every field fits, and the button that submits is within reach', async () => {
    const { page } = await visitDialog(everyType, { width: 375, height: 700 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const box = await page.getByRole('button', { name: 'Apply' }).boundingBox();
    expect((box?.y ?? 999) + (box?.height ?? 0)).toBeLessThanOrEqual(700);
  });
});

describe('in the dark', () => {
  it('words stand out from their ground as much as by day', async () => {
    for (const dark of [false, true]) {
      const { page } = await visit({ dark });
      const colours = await page.locator('body').evaluate((body) => {
        const style = body.ownerDocument.defaultView?.getComputedStyle(body);
        return [style?.color, style?.backgroundColor];
      });
      const [ink, paper] = colours.map((colour) => Math.max(...(colour?.match(/\d+/g) ?? []).slice(0, 3).map(Number)));
      expect(Math.abs((ink ?? 0) - (paper ?? 0))).toBeGreaterThan(150);
      expect((paper ?? 0) > 128).toBe(!dark);
    }
  });
});
