import { beforeEach, expect, test } from 'vitest';
import { loadConfiguration } from '../../../addon/flows/configuration.ts';
import { catalogOnly, environment, node } from './kit.ts';

let it: Awaited<ReturnType<typeof catalogOnly>>;
beforeEach(async () => {
  it = await catalogOnly();
});
const event = (name: string, more: object = {}) =>
  it.call('event', { event: name, environment: environment('shop'), ...more });
const configuration = () => loadConfiguration(it.storage as never, 'shop');
const runForever = (kind: 'backup' | 'restore' | 'prune') =>
  it.runner.begin({ kind, environment: 'shop', requestedBy: 'user' }, async (job) => {
    job.tell('dumping shop (2 of 5)');
    return new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason)));
  });

test.each([
  ['before-stop', 'backup'],
  ['before-restart', 'restore'],
  ['before-redeploy', 'backup'],
  ['before-delete', 'restore'],
] as const)('%s is refused while a %s runs, with what runs and since when', async (name, kind) => {
  it.installed('shop');
  const job = await runForever(kind);
  const answer = await event(name);
  expect(answer).toMatchObject({ allowed: false });
  expect(answer.reason).toContain(`a ${kind} of shop runs since 2026-11-21 12:00:00 UTC (dumping shop (2 of 5))`);
  expect(answer.reason).toContain(`dbbackup cancel ${job.id}`);
  expect(it.storage.environments.get('shop')?.installed).toBe(true);
  it.runner.cancel(job.id);
  await job.ended;
  expect(await event(name)).toMatchObject({ allowed: true });
});

test('neither upkeep nor an unknown environment stands in the way of a stop', async () => {
  it.installed('shop');
  const job = await runForever('prune');
  expect(await event('before-stop')).toMatchObject({ allowed: true, reason: '' });
  it.runner.cancel(job.id);
  await job.ended;
  expect(await event('before-stop', { environment: environment('nobody') })).toMatchObject({ allowed: true });
  expect(await event('before-delete', { environment: environment('nobody') })).toMatchObject({ allowed: true });
});

test('before a delete the schedule ends and the backups stay; twice is the same', async () => {
  it.installed('shop');
  it.backup('shop', '2026-11-20T02:00:00.000Z');
  expect(await event('before-delete')).toMatchObject({ allowed: true, backupsKept: true });
  expect(it.storage.environments.get('shop')?.installed).toBe(false);
  expect(await event('before-delete')).toMatchObject({ allowed: true });
  expect(it.storage.backups.list({ environment: 'shop' })).toHaveLength(1);
});

test.each(['redeploy', 'scale', 'migrate'])(
  '%s takes over the nodes even where they do not answer yet, once',
  async (name) => {
    it.installed('shop');
    const nodes = [node('7'), node('8', { master: true, hostKey: 'ssh-ed25519 BBBB' })];
    const answer = await event(name, { nodes });
    expect(answer).toMatchObject({ changed: true });
    expect(String(answer.warnings)).toContain('nobody answers');
    expect(configuration().nodes).toMatchObject([{ id: '7' }, { id: '8', hostKey: 'ssh-ed25519 BBBB', master: true }]);
    expect(configuration().access.password).toBe('hunter2');
    expect(await event(name, { nodes })).toMatchObject({ changed: false });
    expect(it.followed).toEqual(['shop']);
  },
);

test('a transfer changes the owner, by whom foreign backups are told from own ones', async () => {
  it.installed('shop');
  const toOther = { environment: environment('shop', 'u99') };
  expect(await event('transfer', toOther)).toMatchObject({ changed: true });
  expect(it.storage.environments.get('shop')?.owner).toBe('u99');
  expect(await event('transfer', toOther)).toMatchObject({ changed: false });
});

test('after a reset of credentials, Configure asks for the new ones where the old ones no longer prove to work', async () => {
  it.installed('shop');
  expect(await event('credentials-reset')).toMatchObject({ changed: true, stale: true });
  expect(await event('credentials-reset')).toMatchObject({ changed: false, stale: true });
  const { fields } = await it.call('form', { form: 'configure', environment: environment('shop') });
  expect(fields.dbpass).toMatchObject({ required: true });
  expect(fields.notice?.markup).toContain('password was reset');
});

test('news of nodes are kept while a backup runs', async () => {
  it.installed('shop');
  const job = await runForever('backup');
  const answer = await event('scale', { nodes: [node('9')] });
  expect(answer).toMatchObject({ changed: true });
  expect(String(answer.warnings)).toContain('running job');
  expect(configuration().nodes).toMatchObject([{ id: '9' }]);
  it.runner.cancel(job.id);
  await job.ended;
});

test('a clone whose node cannot be used gets no half of a configuration', async () => {
  it.installed('shop');
  const clone = { clone: environment('shop-2'), nodes: [node('5')] };
  await expect(event('clone', clone)).rejects.toMatchObject({ code: 'node-unreachable' });
  expect(it.storage.environments.get('shop-2')).toBeUndefined();
});

test.each([
  ['event', { event: 'moved' }],
  ['nodes', { event: 'scale' }],
  ['nodes', { event: 'redeploy', nodes: [] }],
  ['clone', { event: 'clone', nodes: [node('5')] }],
])('a request with a wrong %s is refused by that name, and nothing is touched', async (path, request) => {
  it.installed('shop');
  await expect(event(request.event, request)).rejects.toMatchObject({
    code: 'request-invalid',
    message: expect.stringContaining(path),
  });
  expect(it.followed).toEqual([]);
});
