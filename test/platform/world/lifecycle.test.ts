import { describe, expect, it } from 'vitest';
import type { Answer } from '../contract.ts';
import { stand } from './stand.ts';

const { platform, environment, call } = stand();

const password = (name: string, group: string) =>
  platform().then(
    ({ estate }) => estate.environments.get(name)?.nodes.find((node) => node.nodeGroup === group)?.password ?? '',
  );
const nodeOf = async (name: string, place = 0) => (await platform()).estate.environments.get(name)?.nodes[place];

async function out(envName: string, command: string, userName = 'root'): Promise<string> {
  const node = await nodeOf(envName);
  const answer = (await call('environment.control.ExecCmdById', {
    envName,
    nodeId: node?.id,
    commandList: [{ command }],
    userName,
  })) as Answer & { responses?: readonly { out: string; errOut: string }[] };
  const [response] = answer.responses ?? [];
  return answer.result === 0 ? (response?.out ?? '') : `${answer.error}`;
}

const sql = async (name: string, text: string) =>
  out(name, `export MYSQL_PWD='${await password(name, 'sqldb')}'; mariadb -u root -N -e '${text}'`);

describe('the life of an environment', () => {
  it('begins with a database server whose password the platform knows and mails', async () => {
    const { view, node } = await environment('shop', 'mariadb-dockerized');
    expect(view).toMatchObject({
      name: 'shop',
      status: 1,
      layers: [{ nodeGroup: 'sqldb', nodes: [{ master: true, status: 1 }] }],
    });
    expect(
      await sql('shop', 'CREATE DATABASE goods; CREATE TABLE goods.t (a INT); INSERT INTO goods.t VALUES (42)'),
    ).toBe('');
    expect(
      await out('shop', '. /etc/jelastic/metainf.conf; . /.jelenv; echo $COMPUTE_TYPE $MASTER_ID; id -un', ''),
    ).toBe(`mariadb ${node.id}\nmysql`);
    const { mail } = await platform();
    expect(mail).toContainEqual(
      expect.objectContaining({ body: expect.stringContaining(await password('shop', 'sqldb')) }),
    );
  });

  it('keeps volumes, keys and listed paths over a redeploy, and nothing else', async () => {
    await environment('shop', 'mariadb-dockerized');
    await out(
      'shop',
      `mkdir -p /root/.ssh /opt/kept/deep /opt/lost; echo key >/root/.ssh/id_rsa; chmod 600 /root/.ssh/id_rsa
      echo kept >/opt/kept/deep/file; echo lost >/opt/lost/file; echo /opt/kept >>/etc/jelastic/redeploy.conf`,
    );
    const before = await nodeOf('shop');
    const { address } = before?.host ?? {};
    const notice = await (await platform()).operate('redeploy', 'shop', { nodeGroup: 'sqldb' });

    expect(notice.type).toBe('success');
    expect(await sql('shop', 'SELECT a FROM goods.t')).toBe('42');
    expect(
      await out('shop', 'cat /root/.ssh/id_rsa /opt/kept/deep/file; stat -c %a /root/.ssh/id_rsa; ls /opt/lost 2>&1'),
    ).toContain('key\nkept\n600\nls:');
    expect((await nodeOf('shop'))?.host.address).toBe(address);
  });

  it('goes on after a stop with the same disk, and refuses commands meanwhile', async () => {
    await environment('shop', 'mariadb-dockerized');
    const { operate } = await platform();
    await out('shop', 'echo here >/opt/here; echo gone >/tmp/gone');
    expect((await operate('stop', 'shop')).type).toBe('success');
    expect(await out('shop', 'true')).toContain('environment shop is not running');
    expect((await operate('stop', 'shop')).type).toBe('error');
    expect((await operate('start', 'shop')).type).toBe('success');
    expect(await out('shop', 'cat /opt/here; ls /tmp')).toBe('here');
    expect(await sql('shop', 'SELECT a FROM goods.t')).toBe('42');
  });

  it('can be copied, with its data, while it runs', async () => {
    await environment('shop', 'mariadb-dockerized');
    const { operate, environments } = await platform();
    expect((await operate('clone', 'shop', { name: 'twin' })).type).toBe('success');
    await sql('shop', 'INSERT INTO goods.t VALUES (43)');
    expect(await sql('twin', 'SELECT COUNT(*) FROM goods.t')).toBe('1');
    expect((await environments()).map(({ name }) => name)).toContain('twin');
    expect(await out('twin', 'hostname')).toMatch(/-twin\./);
    expect((await operate('delete', 'twin')).type).toBe('success');
    expect((await environments()).map(({ name }) => name)).not.toContain('twin');
  });

  it('moves to another address', async () => {
    await environment('shop', 'mariadb-dockerized');
    const former = (await nodeOf('shop'))?.host.address;
    await (await platform()).operate('migrate', 'shop');
    const { nodes } = await call('environment.control.GetEnvInfo', { envName: 'shop' });
    expect(nodes).toMatchObject([{ intIP: (await nodeOf('shop'))?.host.address }]);
    expect((await nodeOf('shop'))?.host.address).not.toBe(former);
    expect(await sql('shop', 'SELECT MIN(a) FROM goods.t')).toBe('42');
  });

  it('gets a new password, by which alone its server opens', async () => {
    await environment('shop', 'mariadb-dockerized');
    const former = await password('shop', 'sqldb');
    await (await platform()).operate('reset-password', 'shop');
    expect(await password('shop', 'sqldb')).not.toBe(former);
    expect(await sql('shop', 'SELECT MIN(a) FROM goods.t')).toBe('42');
    expect(await out('shop', `MYSQL_PWD='${former}' mariadb -u root -e 'SELECT 1'`)).toContain('Access denied');
  });
});

describe('layers', () => {
  it('grow and shrink, and always have a master', async () => {
    await environment('store', 'storage');
    const { operate, environments } = await platform();
    await operate('scale-out', 'store', { nodeGroup: 'storage', count: '2' });
    const nodes = async () => (await environments()).find(({ name }) => name === 'store')?.layers[0]?.nodes ?? [];
    expect(await nodes()).toHaveLength(3);
    const [first] = await nodes();
    await operate('scale-in', 'store', { nodeGroup: 'storage', nodeId: `${first?.id}` });
    expect((await nodes()).map(({ master }) => master)).toEqual([true, false]);
    await operate('scale-in', 'store', { nodeGroup: 'storage' });
    expect((await operate('scale-in', 'store', { nodeGroup: 'storage' })).type).toBe('error');
  });
});

describe('two operations on one environment', () => {
  it('are not done side by side', async () => {
    await environment('once', 'docker');
    const { operate } = await platform();
    const both = await Promise.all([operate('redeploy', 'once'), operate('stop', 'once')]);
    expect(both.map(({ type }) => type)).toEqual(['success', 'error']);
    expect((await operate('stop', 'once')).type).toBe('success');
  });
});

describe('a storage cluster', () => {
  it('has one /data on all its nodes, which outlives its master, a redeploy and the original of a copy', async () => {
    const stood = await platform();
    const nodes = [{ nodeType: 'storage', nodeGroup: 'storage', count: 3, cluster: true }];
    expect(await call('environment.control.CreateEnvironment', { env: { shortdomain: 'trio' }, nodes })).toMatchObject({
      nodeGroups: [{ cluster: { enabled: true } }],
    });
    const on = async (name: string, place: number, script: string) => (await nodeOf(name, place))?.host.sh(script);
    await on('trio', 0, 'echo kept >/data/file; chown nobody /data/file');
    expect(await on('trio', 2, 'cat /data/file; stat -c %U /data/file')).toBe('kept\nnobody\n');
    await stood.operate('redeploy', 'trio');
    await stood.operate('clone', 'trio', { name: 'trio-2' });
    await stood.operate('scale-in', 'trio', { nodeId: `${(await nodeOf('trio'))?.id}` });
    expect(await on('trio', 0, 'cat /data/file')).toBe('kept\n');
    expect((await stood.operate('delete', 'trio')).type).toBe('success');
    expect(await on('trio-2', 1, 'cat /data/file')).toBe('kept\n');
  });
});

describe('an owner who gives an environment away', () => {
  it('loses it, and the session from before opens nothing', async () => {
    await environment('gift', 'docker');
    const stood = await platform();
    const { session, uid } = stood.caller;
    const owned = async (given: string) =>
      (await stood.world.call(
        'environment.control.GetEnvs',
        { session: given },
        { caller: stood.caller },
      )) as Answer & {
        infos?: readonly { env: { envName: string } }[];
      };
    expect((await stood.operate('transfer', 'gift', { owner: 'new@example.test' })).type).toBe('success');

    expect(await owned(session)).toMatchObject({ result: 702 });
    expect((await owned(stood.caller.session)).infos?.map(({ env }) => env.envName)).not.toContain('gift');
    expect(await call('environment.control.GetEnvInfo', { envName: 'gift' })).toMatchObject({ result: 12 });
    expect(stood.estate.environments.get('gift')?.owner).not.toBe(uid);
  });
});
