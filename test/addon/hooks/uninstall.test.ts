import { expect, test } from 'vitest';
import { catalogOnly, environment } from './kit.ts';

const keep = { removeBackupsOnUninstall: false, usersMayDelete: true };
const drop = { removeBackupsOnUninstall: true, usersMayDelete: true };
const hands = { removeBackupsOnUninstall: false, usersMayDelete: false };
const unset = `\${settings.removeBackups}`;

async function uninstalled(policy: typeof keep, settings?: object) {
  const it = await catalogOnly(policy);
  it.installed('shop');
  it.backup('shop', '2026-11-20T02:00:00.000Z');
  const request = { environment: environment('shop'), ...(settings === undefined ? {} : { settings }) };
  const answer = await it.call('uninstall', request);
  return { answer, left: it.storage.backups.list({ environment: 'shop' }).length };
}

test.each([
  ['keeps', 'the policy says nothing else', keep, undefined],
  ['keeps', 'the policy says nothing else, and the field is unset', keep, { removeBackups: unset }],
  ['drops', 'the user says so', keep, { removeBackups: 'true' }],
  ['drops', 'the policy of the storage says so', drop, undefined],
  ['drops', 'the policy of the storage says so, and the field is unset', drop, { removeBackups: unset }],
  ['drops', 'the policy of the storage says so, and the field is empty', drop, { removeBackups: '' }],
  ['keeps', 'the user says so against the policy', drop, { removeBackups: 'false' }],
  ['drops', 'the policy says so, and users may not delete by hand', { ...hands, ...drop, usersMayDelete: false }, {}],
  ['keeps', 'users may not delete by hand', hands, { removeBackups: 'true' }],
] as const)('uninstall %s the backups where %s', async (outcome, _, policy, settings) => {
  const { answer, left } = await uninstalled(policy, settings);
  expect(answer).toMatchObject({ environment: 'shop', backupsKept: outcome === 'keeps' });
  expect(left).toBe(outcome === 'keeps' ? 1 : 0);
});

test('uninstall says so where it keeps backups against the word of the user', async () => {
  const { answer } = await uninstalled(hands, { removeBackups: 'true' });
  expect(String(answer.leftBehind)).toContain('the backups: they may not be deleted by hand on this storage');
});

test('uninstall refuses a word that is none, and touches nothing', async () => {
  const it = await catalogOnly();
  it.installed('shop');
  const request = { environment: environment('shop'), settings: { removeBackups: 'perhaps' } };
  await expect(it.call('uninstall', request)).rejects.toMatchObject({
    code: 'request-invalid',
    message: 'settings.removeBackups: must be "true" or "false"',
  });
  expect(it.storage.environments.get('shop')?.installed).toBe(true);
});
