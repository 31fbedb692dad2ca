import type { Engine } from './frame.ts';
import { isMapping } from './mapping.ts';
import { methodOf } from './names.ts';
import { type Result, runScript, type Script } from './script/run.ts';
import type { Answer, Manifest, Mapping, Scope } from './types.ts';

/** The account's own application that scripts run under. */
export const SCRIPTING_APPID = 'platform-scripts';

/** The manifest as scripts see it: JSON, with the options of its installation. */
export function manifestText(manifest: Manifest, more: Mapping = {}): string {
  const { baseUrl } = manifest;
  return JSON.stringify({ ...manifest.document, ...(baseUrl === null ? {} : { baseUrl }), envGroups: [], ...more });
}

/** Calls a method of the platform, which notes it in its tasks log. */
export const invoke = (
  engine: Engine,
  method: string,
  parameters: Mapping | readonly unknown[],
  scope: Scope,
): Promise<Answer> => engine.world.call(methodOf(method), parameters, scope);

/** What code runs with. */
export interface Setting {
  readonly engine: Engine;
  readonly scope: Scope;
  readonly manifest: Manifest | null;
  readonly envGroups?: readonly string[];
  readonly parameters?: Mapping;
  readonly variables?: Mapping;
  readonly form?: string | null;
}

async function write(path: string, args: readonly unknown[], setting: Setting): Promise<Answer> {
  const { engine, scope } = setting;
  if (/^marketplace\.console\.WriteLog$/i.test(path)) {
    engine.options.log(String(args.at(-1) ?? ''));
    return { result: 0 };
  }
  const [only] = args;
  const parameters = args.length === 1 && isMapping(only) ? only : args;
  return invoke(engine, path, parameters, scope);
}

const PARAMETERS = /^[ \t]*\/\/@req\(([^)]*)\)/m;

/** Runs code of a manifest or of the account. `code` has its placeholders replaced already. */
export async function execute(code: string, name: string, setting: Setting): Promise<Result> {
  const { engine, scope, parameters = {} } = setting;
  const { options, world } = engine;
  const required = (PARAMETERS.exec(code)?.[1] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const missing = required.find((one) => parameters[one] === undefined);
  if (missing !== undefined) return { error: `${name}: parameter ${missing} is required and not given` };
  const { uid, email, session } = scope.caller;
  const script: Script = {
    code,
    name,
    syntax: typeof options.syntax === 'function' ? options.syntax(setting.manifest) : options.syntax,
    parameters,
    form: setting.form ?? null,
    variables: {
      appid: SCRIPTING_APPID,
      session,
      signature: /^[ \t]*\/\/@auth/m.test(code) ? session : undefined,
      user: { uid, email },
      ...(setting.manifest === null
        ? {}
        : { MANIFEST: manifestText(setting.manifest, { envGroups: setting.envGroups ?? [] }) }),
      ...setting.variables,
    },
  };
  return runScript(script, {
    call: (method, args) => write(methodOf(method), args, setting),
    knows: (method) => /^marketplace\.console\./.test(method) || (world.knows?.(methodOf(method)) ?? true),
    fetch: (address) => world.fetch(address),
    sleep: options.sleep,
    log: options.log,
    timeoutMs: options.scriptTimeoutMs,
  });
}

/** Result of a script that threw, or was refused or ended. */
export const SCRIPT_FAILED = 99;
/** Result of an action whose script answered with a text. */
export const TEXT_RESULT = 11039;

/** The answer that a script's result is. */
export function answerOf(result: Result): Answer {
  if ('error' in result) return { result: SCRIPT_FAILED, error: result.error };
  const { value } = result;
  if (value === undefined || value === null) return { result: 0 };
  if (typeof value === 'string') return { result: TEXT_RESULT, error: value, message: value };
  if (typeof value === 'number') return { result: value };
  if (!isMapping(value)) return { result: 0, response: value };
  const given = value.result;
  return {
    ...value,
    result: typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : ((given as Answer['result']) ?? 0),
  };
}
