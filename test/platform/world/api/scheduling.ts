import type { Answer } from '../../contract.ts';
import type { ScheduledTask, Scheduler } from '../scheduler.ts';
import { type Estate, Refusal } from '../words.ts';
import { type Call, environmentOf, type Methods } from './method.ts';

const SCRIPT_NOT_FOUND = 1702;

function scriptNamed({ estate, given, caller }: Call, name = given.text('name') ?? given.required('script')) {
  const found = estate.scripts.find((script) => script.name === name && script.owner === caller.uid);
  if (found === undefined) throw new Refusal(SCRIPT_NOT_FOUND, `script ${name} is not found`);
  return found;
}

const shown = (task: ScheduledTask) => ({
  id: task.id,
  appid: task.appid,
  script: task.script,
  trigger: task.trigger,
  description: task.description,
  params: JSON.stringify(task.params),
  envName: task.environment,
  isEnabled: true,
});

/** A task that the caller may see. */
function taskOf(scheduler: Scheduler, call: Call, id: unknown): ScheduledTask {
  const task = scheduler.list().find((one) => `${one.id}` === `${id}`);
  if (task === undefined || task.owner.uid !== call.caller.uid) throw new Refusal(1, `task ${String(id)} is not found`);
  return task;
}

/** Scripts kept by the platform, and the times at which it runs them. */
export function schedulingMethods(scheduler: () => Scheduler): Methods {
  const add = (call: Call, environment: { name: string; appid: string } | null) => {
    const { given, estate, caller } = call;
    const id = estate.nextId();
    scheduler().add({
      id,
      appid: given.text('appid') ?? environment?.appid ?? '',
      environment: environment?.name ?? null,
      owner: caller,
      script: given.required('script'),
      trigger: given.required('trigger'),
      description: given.text('description') ?? '',
      params: given.map('params'),
    });
    return { object: { id }, id };
  };
  /** A task of an environment is among those of its environment, and of the application that made it. */
  const appidsOf = (task: ScheduledTask, environments: Estate['environments']) => [
    task.appid,
    ...(task.environment === null ? [] : [environments.get(task.environment)?.appid]),
  ];
  return {
    'utils.scheduler.CreateEnvTask': {
      parameters: ['appid', 'envName', 'session', 'script', 'trigger', 'description', 'params'],
      title: (given) => `Schedule ${given.text('script') ?? ''}`,
      run: (call) => add(call, environmentOf(call)),
    },
    'utils.scheduler.CreateAccountTask': {
      parameters: ['appid', 'session', 'script', 'trigger', 'description', 'params'],
      title: (given) => `Schedule ${given.text('script') ?? ''}`,
      run: (call) => add(call, null),
    },
    'utils.scheduler.AddTask': {
      parameters: ['appid', 'session', 'script', 'trigger', 'description', 'params'],
      title: (given) => `Schedule ${given.text('script') ?? ''}`,
      run: (call) => add(call, null),
    },
    'utils.scheduler.EditTask': {
      parameters: ['appid', 'session', 'id', 'script', 'trigger', 'params'],
      title: () => 'Change a scheduled task',
      run: (call) => {
        const { id } = taskOf(scheduler(), call, call.given.required('id'));
        const script = call.given.text('script');
        const trigger = call.given.text('trigger');
        const params = call.given.raw('params') === undefined ? {} : { params: call.given.map('params') };
        scheduler().edit(id, {
          ...(script === undefined ? {} : { script }),
          ...(trigger === undefined ? {} : { trigger }),
          ...params,
        });
        return {};
      },
    },
    'utils.scheduler.GetTasks': {
      parameters: ['appid', 'session'],
      run: (call) => {
        const appid = call.given.text('appid');
        const objects = scheduler()
          .list()
          .filter(
            (task) =>
              task.owner.uid === call.caller.uid &&
              (appid === undefined || appidsOf(task, call.estate.environments).includes(appid)),
          )
          .map(shown);
        return { objects, array: objects };
      },
    },
    'utils.scheduler.RemoveTask': {
      parameters: ['appid', 'session', 'id'],
      title: () => 'Remove a scheduled task',
      run: (call) => {
        scheduler().remove(taskOf(scheduler(), call, call.given.required('id')).id);
        return {};
      },
    },
    'utils.scheduler.DeleteTasks': {
      parameters: ['ids'],
      title: () => 'Remove scheduled tasks',
      run: (call) => {
        for (const id of call.given.list('ids')) scheduler().remove(taskOf(scheduler(), call, id).id);
        return {};
      },
    },
    'development.scripting.CreateScript': {
      parameters: ['appid', 'session', 'name', 'type', 'code'],
      title: (given) => `Create script ${given.text('name') ?? ''}`,
      run: (call) => {
        const { estate, given, caller } = call;
        const name = given.required('name');
        if (estate.scripts.some((script) => script.name === name && script.owner === caller.uid))
          throw new Refusal(1701, `script ${name} exists already`);
        const script = { name, type: given.text('type') ?? 'js', code: given.required('code'), owner: caller.uid };
        estate.scripts.push({ ...script, appid: given.text('appid') ?? '' });
        return {};
      },
    },
    'development.scripting.GetScript': {
      parameters: ['appid', 'session', 'name'],
      run: (call) => {
        const { name, type, code } = scriptNamed(call);
        return { script: { name, type, code }, object: { name, type, code } };
      },
    },
    'development.scripting.DeleteScript': {
      parameters: ['appid', 'session', 'name'],
      title: (given) => `Delete script ${given.text('name') ?? ''}`,
      run: (call) => {
        call.estate.scripts.splice(call.estate.scripts.indexOf(scriptNamed(call)), 1);
        return {};
      },
    },
    'development.scripting.Build': {
      parameters: ['appid', 'session', 'name'],
      title: (given) => `Build script ${given.text('name') ?? ''}`,
      run: (call) => ({ name: scriptNamed(call).name }),
    },
    'development.scripting.Eval': {
      parameters: ['appid', 'session', 'name', 'params'],
      title: (given) => `Run script ${given.text('name') ?? given.text('script') ?? ''}`,
      run: async (call): Promise<Answer> => {
        const { name, code } = scriptNamed(call);
        return await call.estate.language.script(code, name, call.given.map('params'), {
          ...call.scope,
          caller: call.caller,
        });
      },
    },
  };
}
