import { describe, expect, it } from 'vitest';
import { stand } from './stand.ts';

const { platform, environment, call } = stand({
  quotas: { 'environment.maxcount': 4, 'storage.node.disk.limitation': 10_240 },
});
const store = () => environment('store', 'storage');
const control = async (method: string, more: object = {}) => {
  const { name } = await store();
  return await call(`environment.control.${method}`, { envName: name, ...more });
};

describe('the API of the platform', () => {
  it('tells of environments as manifests expect it', async () => {
    const { node } = await store();
    const { caller } = await platform();
    const { infos } = (await call('jelastic.env.control.GetEnvs', [])) as unknown as { infos: readonly object[] };
    expect(infos).toContainEqual(
      expect.objectContaining({ env: expect.objectContaining({ envName: 'store', status: 1 }) }),
    );
    expect(await call('api.env.control.GetEnvInfo', ['store', caller.session])).toMatchObject({
      result: 0,
      env: { shortdomain: 'store', uid: caller.uid, domain: 'store.stand-in.test' },
      nodeGroups: [{ name: 'storage', cluster: { enabled: false } }],
      nodes: [
        { id: node.id, nodeGroup: 'storage', nodeType: 'storage', ismaster: true, intIP: node.address, status: 1 },
      ],
    });
    expect(await call('environment.control.GetEnvInfo', { envName: 'nowhere' })).toMatchObject({ result: 11 });
    expect(await control('GetRegions')).toMatchObject({ array: [{ hardNodeGroups: [{ isActive: true }] }] });
    expect(await call('billing.account.GetOwnerQuotas', ['app', caller.session, 'firewall.enabled'])).toMatchObject({
      array: [{ value: 1 }],
    });
  });

  it('keeps data of layers and environments, key by key', async () => {
    await control('ApplyNodeGroupData', { nodeGroup: 'storage', data: { mine: '{"a":1}' } });
    await control('ApplyNodeGroupData', { nodeGroup: 'storage', data: '{"yours":2}' });
    expect(await control('GetNodeGroups')).toMatchObject({ object: [{ name: 'storage', mine: '{"a":1}', yours: 2 }] });
    await control('ApplyEnvProperty', { properties: { projectScope: 'backup' } });
    expect(await control('GetEnvInfo')).toMatchObject({ env: { properties: { projectScope: 'backup' } } });
    expect(await control('GetEnvProperty', { propertyKeys: ['projectScope'] })).toMatchObject({
      object: { projectScope: 'backup' },
    });
    await control('AttachEnvGroup', { envGroup: 'Backup storage nodes' });
    expect(await control('GetEnvInfo')).toMatchObject({ envGroups: ['Backup storage nodes'] });
    await control('SetNodeGroupDisplayName', { nodeGroup: 'storage', displayName: 'Shelf' });
    expect((await (await platform()).environments())[0]?.layers[0]?.displayName).toBe('Shelf');
  });

  it('writes, reads, lists, changes and deletes files, and shows how much of them but not what', async () => {
    await store();
    const file = (method: string, more: object = {}) =>
      call(`environment.file.${method}`, { envName: 'store', path: '/opt/a dir/file', nodeGroup: 'storage', ...more });
    const body = `a 'quoted' "$HOME" \\ line\nand é`;
    expect(await file('Write', { body })).toMatchObject({ result: 0 });
    expect(await file('Read')).toMatchObject({ body });
    await file('Write', { body: '\nmore', isAppendMode: true });
    await file('ReplaceInBody', { pattern: 'more', replacement: 'less' });
    expect(await file('Read')).toMatchObject({ body: `${body}\nless` });
    expect(await file('GetList', { path: '/opt/a dir' })).toMatchObject({ object: [{ name: 'file', isdir: false }] });
    expect(await file('Create')).toMatchObject({ result: 4036 });
    expect(await file('Delete')).toMatchObject({ result: 0 });
    expect((await file('Read')).result).not.toBe(0);
    const told = JSON.stringify((await platform()).tasks());
    expect(told).toContain(`(${Buffer.byteLength(body)} bytes)`);
    expect(told).not.toContain('quoted');
  });

  it('keeps variables, rules, triggers and endpoints', async () => {
    await control('AddContainerEnvVarsByGroup', { nodeGroup: 'storage', vars: { COLOUR: `it's red` } });
    expect(await control('GetContainerEnvVarsByGroup', { nodeGroup: 'storage' })).toMatchObject({
      object: { COLOUR: `it's red` },
    });
    const host = (await platform()).estate.environments.get('store')?.nodes[0]?.host;
    expect(await host?.sh('. /.jelenv; echo "$COLOUR"')).toBe(`it's red\n`);

    const rule = {
      direction: 'INPUT',
      name: 'Daemon',
      protocol: 'TCP',
      ports: '8443',
      src: 'ALL',
      priority: 1080,
      action: 'DENY',
    };
    const security = (method: string, more: object) =>
      call(`environment.security.${method}`, { envName: 'store', nodeGroup: 'storage', ...more });
    expect(await security('AddRule', { rule: { ...rule, ports: '1,2' } })).toMatchObject({ result: 3 });
    expect(await security('AddRule', { rule: JSON.stringify(rule) })).toMatchObject({ result: 0 });
    expect(await security('GetRules', { direction: 'INPUT' })).toMatchObject({ rules: [{ name: 'Daemon' }] });

    expect(await call('environment.trigger.AddTrigger', { envName: 'store', data: { name: 'load' } })).toMatchObject({
      result: 0,
    });
    expect(await call('environment.trigger.GetTriggers', { envName: 'store' })).toMatchObject({
      array: [{ name: 'load' }],
    });
    const { node } = await store();
    expect(
      await control('AddEndpoint', { nodeId: node.id, privatePort: 22, protocol: 'TCP', name: 'ssh' }),
    ).toMatchObject({ object: { privatePort: 22 } });
  });

  it('makes several environments at once, and refuses names, types and sizes that cannot be', async () => {
    await store();
    const make = (shortdomain: string, nodes: readonly object[]) =>
      call('environment.control.CreateEnvironment', { env: { shortdomain }, nodes });
    const bare = [{ nodeType: 'docker', nodeGroup: 'cp', docker: { image: 'debian:12' } }];
    expect(await Promise.all([make('twin-a', bare), make('twin-b', bare)])).toMatchObject([
      { result: 0 },
      { result: 0 },
    ]);
    expect(await make('twin-a', bare)).toMatchObject({ result: 5 });
    expect(await make('Bad Name', bare)).toMatchObject({ result: 5 });
    expect((await make('odd', [{ nodeType: 'cobol' }])).error).toContain('cobol');
    expect((await make('large', [{ nodeType: 'storage', diskLimit: '11G' }])).error).toContain(
      'storage.node.disk.limitation',
    );
    expect((await (await platform()).environments()).map(({ name }) => name).sort()).toEqual([
      'store',
      'twin-a',
      'twin-b',
    ]);
    await make('fourth', bare);
    expect((await make('fifth', bare)).error).toContain('environment.maxcount');
    expect(await call('environment.control.DeleteEnv', { envName: 'twin-b' })).toMatchObject({ result: 0 });
    expect((await platform()).estate.network.hosts.map(({ name }) => name).join()).not.toContain('twin-b');
  });
});
