import { describe, expect, it } from 'vitest';
import type { Card, Dialog, Notice } from '../contract.ts';
import { stand } from './stand.ts';

const { platform, environment, call } = stand({ quotas: { 'environment.maxsamenodescount': 4 } });

const addon = `
type: update
id: keeper
name: Keeper
description: { text: Keeps a file., short: Keeps }
targetNodes: { nodeType: [docker] }
settings:
  main:
    submitUnchanged: true
    fields:
      - { type: string, name: word, caption: Word, default: hello, required: true }
buttons:
  - { caption: Show, action: show, successText: Shown. }
  - { caption: Change, action: write, settings: main }
onInstall: write
onUninstall:
  - cmd [\${targetNodes.nodeGroup}]: 'test ! -e /opt/stuck'
    user: root
onBeforeStop:
  - if ('\${settings.word:}' == 'busy'):
      - stopEvent: { type: warning, message: a word is being kept }
onAfterRedeployContainer[\${targetNodes.nodeGroup}]: write
onAfterClone:
  - cmd [\${targetNodes.nodeGroup}]: 'echo \${event.response.env.envName} >/opt/clone'
    user: root
onBeforeDelete:
  - if ('\${settings.word:}' == 'forever'):
      - stopEvent: { type: error, message: kept forever }
actions:
  write:
    - cmd [\${targetNodes.nodeGroup}]: 'test "\${settings.word}" != bad && echo \${settings.word} >/opt/word'
      user: root
  show:
    - cmd [\${targetNodes.nodeGroup}]: cat /opt/word
      user: root
    - return: { type: info, message: 'the word is \${response.out}' }
`;

const isDialog = (shown: Dialog | Notice): shown is Dialog => 'fields' in shown;
async function dialogOf(shown: Promise<Dialog | Notice>): Promise<Dialog> {
  const found = await shown;
  if (!isDialog(found)) throw new Error(`no dialog but ${found.type}: ${found.text}`);
  return found;
}

async function host(name: string) {
  const found = (await platform()).estate.environments.get(name)?.nodes[0]?.host;
  if (found === undefined) throw new Error(`no environment ${name}`);
  return found;
}

async function cards(name: string): Promise<readonly Card[]> {
  const found = (await (await platform()).environments()).find((one) => one.name === name);
  return found?.layers.flatMap((layer) => layer.cards) ?? [];
}

/** The add-on on an environment of its own. */
async function installed(name: string, word: string) {
  const stood = await platform();
  await environment(name, 'docker');
  await stood.publish(addon);
  const dialog = await dialogOf(stood.openInstall('keeper', `${name}/cp`));
  const notice = await stood.submit(dialog.id, { word }, `${name}/cp`);
  return { notice, dialog, card: (await cards(name))[0] };
}

describe('an add-on of the marketplace', () => {
  it('is offered where its node types are, and makes a card with its buttons', async () => {
    await environment('other', 'storage');
    const { dialog, card, notice } = await installed('one', 'first');
    expect(notice.type).toBe('success');
    expect(dialog.fields).toMatchObject([{ name: 'word', value: 'hello' }]);
    expect(dialog.targets.map(({ value }) => value)).toContain('one/cp');
    expect(dialog.targets.map(({ value }) => value)).not.toContain('other/storage');
    expect(card?.buttons).toMatchObject([
      { caption: 'Show', opensDialog: false },
      { caption: 'Change', opensDialog: true },
    ]);
    expect(await (await host('one')).readFile('/opt/word')).toBe('first\n');
    expect((await cards('other')).length).toBe(0);
  });

  it('runs its buttons, with or without a dialog, and stands in the tasks log with its commands', async () => {
    const stood = await platform();
    const { card } = await installed('buttons', 'first');
    const { uniqueName = '' } = card ?? {};
    expect(await stood.press(uniqueName, 'Show')).toMatchObject({ type: 'info', text: 'the word is first' });
    const dialog = await dialogOf(stood.openButton(uniqueName, 'Change'));
    expect((await stood.submit(dialog.id, { word: 'second' })).type).toBe('success');
    expect(await stood.press(uniqueName, 'Show')).toMatchObject({ text: 'the word is second' });
    expect(
      stood
        .tasks()
        .map(({ parameters }) => parameters)
        .join(),
    ).toContain('echo second >/opt/word');
    await expect(stood.submit(dialog.id, { word: 'third' })).rejects.toThrow('not open any more');
  });

  it('leaves no card when its installation fails, and keeps the dialog open', async () => {
    const { notice, card, dialog } = await installed('failing', 'bad');
    expect(notice.type).toBe('error');
    expect(card).toBeUndefined();
    expect((await (await platform()).submit(dialog.id, { word: 'good' }, 'failing/cp')).type).toBe('success');
  });

  it('refuses what its handlers stop, and hears of what happened', async () => {
    const stood = await platform();
    const { card } = await installed('events', 'busy');
    expect(await stood.operate('stop', 'events')).toMatchObject({ type: 'warning', text: 'a word is being kept' });
    expect((await stood.environments()).find(({ name }) => name === 'events')?.status).toBe(1);

    const dialog = await dialogOf(stood.openButton(card?.uniqueName ?? '', 'Change'));
    await stood.submit(dialog.id, { word: 'forever' });
    expect(await stood.operate('delete', 'events')).toMatchObject({ type: 'error', text: 'kept forever' });

    expect((await stood.operate('redeploy', 'events')).type).toBe('success');
    expect(await (await host('events')).readFile('/opt/word')).toBe('forever\n');
    await stood.operate('clone', 'events', { name: 'events-2' });
    expect(await (await host('events')).readFile('/opt/clone')).toBe('events-2\n');
    expect(await cards('events-2')).toEqual([]);
  });

  it('keeps its card when its uninstallation fails, as the platform does, and goes without a trace otherwise', async () => {
    const stood = await platform();
    const { card } = await installed('stuck', 'x');
    const { uniqueName = '' } = card ?? {};
    await (await host('stuck')).sh(': >/opt/stuck');
    expect((await stood.uninstall(uniqueName)).type).toBe('error');
    expect(await cards('stuck')).toHaveLength(1);
    await (await host('stuck')).sh('rm /opt/stuck');
    expect((await stood.uninstall(uniqueName)).type).toBe('success');
    expect(await cards('stuck')).toEqual([]);
  });

  it('is refused when something in it is unknown, which is named', async () => {
    const stood = await platform();
    const wrong = addon.replace('onInstall: write', 'onInstall: { frobnicate: 1 }');
    await expect(stood.publish(wrong)).rejects.toThrow(/frobnicate/);
  });
});

describe('a package that makes an environment', () => {
  const packed = `
type: install
id: store
name: Store
settings: { fields: [ { type: spinner, name: size, caption: Size, min: 5, max: 50, default: 7 } ] }
nodes: [ { nodeType: storage, nodeGroup: storage, count: 1, cluster: false, diskLimit: '\${settings.size}G', displayName: Disk } ]
onInstall:
  - cmd [storage]: echo \${env.envName} \${nodes.storage.master.intIP} \${quota.environment.maxsamenodescount} >/data/made
    user: root
  - environment.control.AttachEnvGroup: { envGroup: Backup storage nodes }
success: The store is there.
`;

  it('makes it with the name that the user chose, and runs its steps there', async () => {
    const stood = await platform();
    await stood.publish(packed);
    const dialog = await dialogOf(stood.openInstall('store'));
    expect(dialog.targets).toEqual([]);
    const notice = await stood.submit(dialog.id, { size: '9', envName: 'my-store', displayName: 'My store' });
    expect(notice).toMatchObject({ type: 'success', text: 'The store is there.' });
    const view = (await stood.environments()).find(({ name }) => name === 'my-store');
    expect(view).toMatchObject({ displayName: 'My store', groups: ['Backup storage nodes'] });
    const [node] = view?.layers[0]?.nodes ?? [];
    expect(await (await host('my-store')).readFile('/data/made')).toBe(`my-store ${node?.address} 4\n`);
    expect(stood.estate.environments.get('my-store')?.nodes[0]?.diskLimit).toBe(9 * 1024);
  });

  it('is installed by another as well, in an environment of its own', async () => {
    const stood = await platform();
    const answer = await call('marketplace.jps.Install', { jps: packed, envName: 'nested', settings: { size: '6' } });
    expect(answer).toMatchObject({ result: 0, uniqueName: expect.stringMatching(/^store-/) });
    expect((await stood.environments()).map(({ name }) => name)).toContain('nested');
  });
});
