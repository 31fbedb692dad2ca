import { expect, it } from 'vitest';
import { stand } from './stand.ts';

const { platform, environment, call } = stand();

it('restarts the server of its node and sets its password, without a session', async () => {
  const { name, node } = await environment('data', 'redis');
  const run = async (command: string) => {
    const commandList = JSON.stringify([{ command }]);
    return await call('env.control.ExecCmdById', { envName: name, nodeId: node.id, commandList, userName: 'root' });
  };
  const stored = (await platform()).estate.environments.get(name)?.nodes[0];
  const askedWith = (password: string) => run(`REDISCLI_AUTH='${password}' redis-cli info server | grep uptime_in_s`);

  expect(await run('jem service stop; redis-cli ping')).toMatchObject({ result: 4109 });
  expect(await run('jem service start')).toMatchObject({ result: 0 });
  expect((await askedWith(stored?.password ?? '')).responses).toMatchObject([
    { out: expect.stringContaining('uptime') },
  ]);
  expect(await run(`jem passwd set -p 'a&b "c%d'`)).toMatchObject({ result: 0 });
  expect(stored?.password).toBe('a&b "c%d');
  expect((await askedWith('a&b "c%d')).responses).toMatchObject([{ out: expect.stringContaining('uptime') }]);
});
