import type { Answer, Scope, World } from '../../contract.ts';
import { type Estate, Refusal } from '../words.ts';
import { accountMethods } from './account.ts';
import { environmentMethods } from './environments.ts';
import { execMethods } from './exec.ts';
import { fileMethods } from './files.ts';
import { type Given, giveParameters, nameParameters } from './given.ts';
import type { Method, Methods } from './method.ts';
import { mountMethods } from './mounts.ts';
import { nodeMethods } from './nodes.ts';
import { securityMethods } from './security.ts';

// What is kept as a secret or is too long to read is told by its size, the session not at all. Commands are shown whole: that is what the platform does.
const SIZED = ['body', 'code', 'script', 'settings', 'password', 'jps', 'sshkey', 'params', 'message'];
const UNSHOWN = ['session', 'signature'];

/** Commands are sent as JSON within JSON; they are shown as they were meant. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A plain command is shown as it is.
    return text;
  }
}

function shownParameters(all: Readonly<Record<string, unknown>>, method: string): string {
  const shown = Object.entries(all)
    .filter(([name]) => !UNSHOWN.includes(name.toLowerCase()))
    .map(([name, value]) => {
      if (name.toLowerCase() === 'commandlist' && typeof value === 'string') return [name, parsed(value)];
      if (!SIZED.includes(name.toLowerCase()) || value === undefined || value === null) return [name, value];
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const short = name === 'jps' && typeof value === 'string' && /^\S{1,300}$/.test(value);
      return [name, short ? value : `(${Buffer.byteLength(text)} bytes)`];
    });
  return JSON.stringify({ method, ...Object.fromEntries(shown) }, null, 2);
}

/** Groups have short names. */
const GROUPS: Readonly<Record<string, string>> = { env: 'environment', dev: 'development' };

/** The path as the table has it: groups by their long names, without `jelastic` and `api`. */
function wholePath(method: string): string {
  const parts = method.replace(/^(?:jelastic|api)\./i, '').split('.');
  const [group = '', ...rest] = parts;
  return [GROUPS[group.toLowerCase()] ?? group, ...rest].join('.').toLowerCase();
}

/** The platform's API over an estate. */
export function createApi(estate: Estate, more: Methods = {}): Required<Pick<World, 'call' | 'knows'>> {
  const table: Methods = {
    ...environmentMethods,
    ...nodeMethods,
    ...execMethods,
    ...fileMethods,
    ...mountMethods,
    ...securityMethods,
    ...accountMethods,
    ...more,
  };
  const byPath = new Map(Object.entries(table).map(([path, method]) => [path.toLowerCase(), { path, method }]));

  const refuse = (error: unknown): Answer =>
    error instanceof Refusal ? error.answer : { result: 99, error: (error as Error).message };

  async function run(method: Method, given: Given, scope: Scope): Promise<Answer> {
    try {
      const caller = estate.callerOf(given.text('session') ?? given.text('signature') ?? scope.caller.session);
      const again = (name: string, parameters: Readonly<Record<string, unknown>>) =>
        call(name, parameters, { ...scope, caller });
      const answer = await method.run({ estate, given, caller, scope, again });
      return { result: 0, ...answer, source: 'JEL' };
    } catch (error) {
      return refuse(error);
    }
  }

  const isSession = (value: unknown) => {
    try {
      return typeof value === 'string' && estate.callerOf(value) !== undefined;
    } catch {
      return false; // nobody's session
    }
  };

  /** Scripts may leave out the application and the session that lead the parameters of a method. */
  const positionsOf = (names: readonly string[], given: unknown): readonly string[] => {
    const [first, second, ...others] = names;
    const led = first === 'appid' && second === 'session' && Array.isArray(given);
    return led && given.length > 0 && given.length <= others.length && !isSession(given[1]) ? others : names;
  };

  const call: World['call'] = async (name, parameters, scope) => {
    const found = byPath.get(wholePath(name));
    if (found === undefined) return { result: 3, error: `the stand-in platform has no API method ${name}` };
    const { path, method } = found;
    let given: Given;
    let title: string | undefined;
    try {
      given = giveParameters(nameParameters(positionsOf(method.parameters, parameters), parameters));
      title = method.title?.(given);
    } catch (error) {
      return refuse(error);
    }
    if (title === undefined) return await run(method, given, scope);
    const environment = given.text('envName')?.split('.')[0] ?? scope.environment;
    const about = {
      title,
      action: path,
      parameters: shownParameters(given.all, path),
      scope: environment === undefined ? scope : { ...scope, environment },
    };
    return await estate.tasks.around(about, () => run(method, given, scope));
  };
  return { call, knows: (method) => byPath.has(wholePath(method)) };
}
