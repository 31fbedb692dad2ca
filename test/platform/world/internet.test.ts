import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stand } from './stand.ts';

const folder = mkdtempSync(join(tmpdir(), 'mirror-'));
mkdirSync(join(folder, 'scripts'));
writeFileSync(join(folder, 'scripts/hello.sh'), 'echo hello\n');
writeFileSync(join(folder, 'bytes'), Buffer.from([0, 255, 10, 128]));
afterAll(() => rmSync(folder, { recursive: true }));

const prefix = 'https://raw.githubusercontent.com/owner/project/v1';
const { platform, environment, call } = stand({ mirrors: { [prefix]: folder }, fuse: false });
const shell = async (command: string) => {
  const { node, name } = await environment('bare', 'docker');
  const host = (await platform()).estate.environments.get(name)?.nodes.find(({ id }) => id === node.id)?.host;
  return await host?.run(['sh', '-c', command], { timeoutMs: 20_000 });
};

describe('the internet of the platform', () => {
  it('answers by the address of its mirrors, in this process and in hosts by curl and wget', async () => {
    const { world } = await platform();
    expect(await world.fetch(`${prefix}/scripts/hello.sh?_r=0.5`)).toBe('echo hello\n');
    expect((await shell(`curl -fsSL ${prefix}/scripts/hello.sh?_r=1`))?.stdout).toBe('echo hello\n');
    expect((await shell(`wget -q -O - ${prefix}/scripts/hello.sh | bash`))?.stdout).toBe('hello\n');
    expect((await shell(`curl -fsS ${prefix}/bytes | od -An -tu1`))?.stdout.trim()).toBe('0 255  10 128');
  });

  it('has one file by the addresses that are one place', async () => {
    const { world } = await platform();
    for (const address of [
      'https://github.com/owner/project/raw/v1/scripts/hello.sh',
      'https://github.com/owner/project/blob/v1/scripts/hello.sh',
      'https://cdn.jsdelivr.net/gh/owner/project@v1/scripts/hello.sh',
    ])
      expect(await world.fetch(address)).toBe('echo hello\n');
    expect((await shell('curl -fsSL https://github.com/owner/project/raw/v1/scripts/hello.sh'))?.stdout).toBe(
      'echo hello\n',
    );
  });

  it('has nothing else, and names what it lacks', async () => {
    const { world } = await platform();
    await expect(world.fetch(`${prefix}/none.sh`)).rejects.toThrow(`${prefix}/none.sh is not found`);
    await expect(world.fetch(`${prefix}/../../../../etc/passwd`)).rejects.toThrow('is not found');
    expect((await shell(`curl -fsS ${prefix}/none.sh`))?.exitCode).toBe(22);
    expect((await shell('curl -fsS --max-time 5 https://example.com/'))?.exitCode).not.toBe(0);
  });

  it('lets a node notify its owner without a session, and others call the API with theirs', async () => {
    const stood = await platform();
    const api = `https://app.${stood.estate.domain}/1.0`;
    const told = await shell(`curl -fsS ${api}/environment/node/rest/sendnotification -d name=Trouble -d message=disk`);
    expect(JSON.parse(told?.stdout ?? '')).toEqual({ result: 0 });
    expect(stood.mail).toContainEqual({ to: stood.caller.email, subject: 'Trouble', body: 'disk' });

    const asked = await shell(
      `curl -fsS ${api}/environment/control/rest/getenvinfo -d envName=bare -d session=${stood.caller.session}`,
    );
    expect(JSON.parse(asked?.stdout ?? '')).toMatchObject({ result: 0, env: { envName: 'bare' } });
    const refused = await shell(`curl -fsS ${api}/environment/control/rest/getenvinfo -d envName=bare -d session=x`);
    expect(JSON.parse(refused?.stdout ?? '')).toMatchObject({ result: 702 });
  });
});

describe('a mount of another node’s files', () => {
  it('shows them on nodes that cannot mount by themselves, survives a restart, and is gone when it is removed', async () => {
    const { name, node } = await environment('bare', 'docker');
    const storage = await environment('store', 'storage');
    const stood = await platform();
    await call('environment.file.Write', {
      envName: 'store',
      path: '/data/there',
      body: 'from afar',
      nodeGroup: 'storage',
    });
    const sent = [
      name,
      stood.caller.session,
      node.id,
      '/opt/backup',
      'nfs4',
      null,
      '/data/',
      storage.node.id,
      'Backup',
      false,
    ];
    expect(await call('environment.file.AddMountPointById', sent)).toMatchObject({ result: 0 });
    expect(await call('environment.file.AddMountPointById', sent)).toMatchObject({ result: 2030 });
    expect((await shell('test -e /dev/fuse'))?.exitCode).toBe(1);
    expect((await shell('cat /opt/backup/there; echo back >/opt/backup/here'))?.stdout).toBe('from afar');
    expect(await call('environment.file.Read', { envName: 'store', path: '/data/here' })).toMatchObject({
      body: 'back\n',
    });
    expect(await call('environment.file.GetMountPoints', { envName: name })).toMatchObject({
      array: [
        { path: '/opt/backup', sourcePath: '/data/', sourceNodeId: storage.node.id, type: 'INTERNAL', name: 'Backup' },
      ],
    });

    await stood.operate('restart', name);
    expect((await shell('cat /opt/backup/there'))?.stdout).toBe('from afar');

    expect(
      await call('env.file.RemoveMountPointById', [name, stood.caller.session, node.id, '/opt/backup']),
    ).toMatchObject({ result: 0 });
    expect((await shell('ls /opt/backup'))?.stdout).toBe('');
    expect(await call('environment.file.GetMountPoints', { envName: name })).toMatchObject({ array: [] });
  });
});
