import { describe, expect, it } from 'vitest';
import { firesWithin, parseQuartz } from './quartz.ts';
import { stand } from './stand.ts';

const at = (text: string) => new Date(`2026-11-21T${text}Z`);
let now = at('09:00:00');
const { platform, environment, call } = stand({ now: () => now });

describe('times of quartz', () => {
  it('fire in the seconds that their fields name, Sunday being the first day of the week', () => {
    const within = (text: string, from: string, to: string) => firesWithin(parseQuartz(text), at(from), at(to));
    expect(within('0 30 9 * * ? *', '09:29:59', '09:30:00')).toBe(true);
    expect(within('0 30 9 * * ? *', '09:30:00', '09:31:00')).toBe(false);
    expect(within('0 0/15 * ? * *', '09:31:00', '09:44:59')).toBe(false);
    expect(within('0 0/15 * ? * *', '09:31:00', '09:45:00')).toBe(true);
    expect(within('0 0 10 ? * 7', '09:00:00', '11:00:00')).toBe(true);
    expect(within('0 0 10 ? * SUN-FRI', '09:00:00', '11:00:00')).toBe(false);
    expect(within('0 0 10 ? * FRI-SUN', '09:00:00', '11:00:00')).toBe(true);
  });

  it('are refused with the field that is wrong', () => {
    expect(() => parseQuartz('0 0 10 * * *')).toThrow('exactly one of day of month and day of week is ?');
    expect(() => parseQuartz('0 60 10 ? * *')).toThrow('minute 60 is not in 0-59');
    expect(() => parseQuartz('0 0 10 ? * 0')).toThrow('day of week 0');
    expect(() => parseQuartz('0 0 * *')).toThrow('has 4 fields');
  });
});

describe('the scheduler', () => {
  it('keeps scripts and tasks of calls that leave out the application and the session', async () => {
    const { view } = await environment('bare', 'docker');
    const code = 'return { result: 0, word: getParam("word") };';
    expect(await call('dev.scripting.CreateScript', ['short', 'js', code])).toMatchObject({ result: 0 });
    expect(await call('dev.scripting.GetScript', ['short'])).toMatchObject({ script: { code } });
    expect(await call('dev.scripting.Build', ['short'])).toMatchObject({ result: 0 });
    expect(await call('dev.scripting.Eval', ['short', { word: 'heard' }])).toMatchObject({
      response: { word: 'heard' },
    });
    expect(await call('dev.scripting.GetScript', ['app', 'no session', 'short'])).toMatchObject({ result: 702 });

    const task = { appid: 'app', envName: view.name, script: 'short', trigger: 'cron:0 30 9 ? * * *' };
    const { id } = await call('utils.scheduler.CreateEnvTask', [task]);
    const info = (await call('env.control.GetEnvInfo', [view.name])) as unknown as { env: { appid: string } };
    const listed = async (appid: string) =>
      ((await call('utils.scheduler.GetTasks', [appid])) as unknown as { objects: readonly { id: unknown }[] }).objects;
    expect(await listed(info.env.appid)).toMatchObject([{ id, script: 'short' }]);
    expect(await listed('app')).toMatchObject([{ id }]);
    expect(await listed('another')).toEqual([]);
    expect(await call('utils.scheduler.RemoveTask', [id])).toMatchObject({ result: 0 });
    expect(await listed(info.env.appid)).toEqual([]);
    expect(await call('dev.scripting.DeleteScript', ['short'])).toMatchObject({ result: 0 });
    expect(await call('dev.scripting.DeleteScript', ['short'])).toMatchObject({ result: 1702 });
  });

  it('runs a script of the platform at its time, as its owner, with its parameters', async () => {
    const stood = await platform();
    const { view } = await environment('bare', 'docker');
    const code = `var env = jelastic.env.control.GetEnvInfo(envName, session);
      return jelastic.message.email.Send(appid, session, null, 'me@example.test', null, word, env.env.displayName);`;
    expect(
      await call('dev.scripting.CreateScript', [
        'app',
        stood.caller.session,
        'nightly',
        'js',
        `//@auth\n//@req(envName, word)\n${code}`,
      ]),
    ).toMatchObject({ result: 0 });
    const task = {
      envName: view.name,
      script: 'nightly',
      trigger: 'cron:0 0 10 * * ?',
      params: { envName: view.name, word: 'due' },
    };
    expect(await call('utils.scheduler.CreateEnvTask', task)).toMatchObject({ result: 0 });
    expect(await call('utils.scheduler.CreateEnvTask', { ...task, trigger: 'cron:0 0 10 * * *' })).toMatchObject({
      result: 1,
    });

    now = at('09:59:59');
    await stood.scheduler.tick();
    const sent = () => stood.mail.filter(({ to }) => to === 'me@example.test');
    expect(sent()).toEqual([]);
    now = at('10:00:01');
    await stood.scheduler.tick();
    expect(sent()).toEqual([{ to: 'me@example.test', subject: 'due', body: 'bare' }]);
  });

  it('lists, changes and forgets tasks, and forgets those of an environment with it', async () => {
    const stood = await platform();
    await environment('brief', 'docker');
    const made = await call('utils.scheduler.CreateEnvTask', {
      envName: 'brief',
      script: 'x',
      trigger: 'once_delay:1000',
    });
    const { id } = made as unknown as { id: number };
    expect(await call('utils.scheduler.EditTask', { id, trigger: 'cron:0 0 4 * * ?' })).toMatchObject({ result: 0 });
    expect(await call('utils.scheduler.GetTasks', {})).toMatchObject({
      objects: expect.arrayContaining([expect.objectContaining({ id, trigger: 'cron:0 0 4 * * ?' })]),
    });
    await stood.operate('delete', 'brief');
    now = at('10:05:00');
    await stood.scheduler.tick();
    expect(stood.scheduler.list().map((task) => task.id)).not.toContain(id);
    expect(await call('utils.scheduler.RemoveTask', { id })).toMatchObject({ result: 1 });
    expect(await call('dev.scripting.DeleteScript', { name: 'none' })).toMatchObject({ result: 1702 });
  });
});
