import { describe, expect, it } from 'vitest';
import { stand } from './stand.ts';

const { platform, environment, call } = stand({ commandLimitMs: 3000 });
const bare = () => environment('bare', 'docker');

async function run(command: string, more: Readonly<Record<string, unknown>> = {}) {
  const { name, node } = await bare();
  const { caller } = await platform();
  return await call('jelastic.env.control.ExecCmdById', [
    name,
    caller.session,
    node.id,
    JSON.stringify([{ command, params: '' }]),
    more.sayYes ?? true,
    more.userName ?? 'root',
  ]);
}

describe('commands on nodes', () => {
  it('run on the host as the account that is named, with their text unchanged', async () => {
    const answer = await run(`printf '%s' "a'b\\"c $HOME é"; id -un >&2; hostname`);
    const { name, node } = await bare();

    expect(answer).toMatchObject({
      result: 0,
      responses: [
        {
          nodeid: node.id,
          result: 0,
          exitStatus: 0,
          out: `a'b"c  é${`node${node.id}-${name}.stand-in.test`}`,
          errOut: 'root',
        },
      ],
    });
    expect((await run('id -un', { userName: 'jelastic' })).responses).toMatchObject([{ out: 'jelastic' }]);
  });

  it('begin in the home of their account', async () => {
    expect((await run('pwd; echo ~')).responses).toMatchObject([{ out: '/root\n/root' }]);
    expect((await run('pwd', { userName: 'jelastic' })).responses).toMatchObject([{ out: '/home/jelastic' }]);
  });

  it('find jem, which refuses by name what it does not know', async () => {
    expect(await run('jem service restart')).toMatchObject({ result: 0 });
    expect(await run('jem balancer rebuild')).toMatchObject({
      result: 4109,
      error: expect.stringContaining('jem (stand-in): balancer rebuild is not known'),
    });
    expect((await run('jem passwd set -p new -u someone')).error).toContain('passwd set -u is not known');
  });

  it('answer 4109 with what was said when a command ends badly', async () => {
    const answer = await run('echo half; echo no luck >&2; exit 7');

    expect(answer).toMatchObject({
      result: 4109,
      responses: [{ result: 4109, out: 'half', errOut: 'no luck', exitStatus: 7 }],
    });
    expect(answer.error).toContain('no luck');
  });

  it('get endless yes as input, or none', async () => {
    expect((await run('head -n 2')).responses).toMatchObject([{ out: 'y\ny' }]);
    expect((await run('cat; echo ended', { sayYes: false })).responses).toMatchObject([{ out: 'ended' }]);
  });

  it('are waited for with all that holds their output, and killed at the limit', async () => {
    expect((await run('sleep 60 & echo begun')).result).toBe(4110);
    expect((await run('setsid sleep 60 </dev/null >/dev/null 2>&1 & echo begun')).responses).toMatchObject([
      { out: 'begun' },
    ]);
  });

  it('stand in the tasks log as they were sent, with their whole output and without the session', async () => {
    await run('echo a secret >/dev/null; echo shown');
    const { tasks, caller } = await platform();
    const [task] = tasks(1);

    expect(task).toMatchObject({ title: 'echo a secret >/dev/null; echo shown', environment: 'bare', state: 'done' });
    expect(task?.parameters).toContain('echo a secret');
    expect(task?.output).toContain('"out": "shown"');
    expect(JSON.stringify(task)).not.toContain(caller.session);
  });

  it('are refused for a session that is nobody’s, for nodes that are not there, and by names that are unknown', async () => {
    const { name } = await bare();
    const sent = { envName: name, nodeId: 1, commandList: [{ command: 'true' }] };

    expect(await call('environment.control.ExecCmdById', { ...sent, session: 'old' })).toMatchObject({ result: 702 });
    expect(await call('environment.control.ExecCmdById', sent)).toMatchObject({ result: 11022 });
    expect(await call('environment.control.ExecCmdById', { ...sent, envName: 'none' })).toMatchObject({ result: 11 });
    expect((await call('environment.control.DoWonders', {})).error).toContain('environment.control.DoWonders');
  });
});
