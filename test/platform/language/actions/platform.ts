import { succeeded } from '../answers.ts';
import type { Call } from '../chain.ts';
import { invoke, SCRIPTING_APPID } from '../code.ts';
import { resolve, sourcesOf } from '../frame.ts';
import { isMapping, list, mapping, textOf } from '../mapping.ts';
import { methodOf } from '../names.ts';
import { FILE_ACTIONS, TOPOLOGY_ACTIONS } from '../table.ts';
import { type Target, targetsOf } from '../targets.ts';
import type { Answer, Mapping } from '../types.ts';

/** No node answers to the selector, or there is no environment. */
export const NODE_NOT_FOUND = 11022;

const notFound = (what: string): Answer => ({ result: NODE_NOT_FOUND, error: `no node is ${what}` });

/** The answer of an action that needs an environment and has none. */
export const withoutEnvironment = (action: string): Answer => notFound(`there for ${action}: there is no environment`);

/** One answer of several: the first that failed, else the first, with the responses of all. */
function together(answers: readonly Answer[]): Answer {
  const [first = { result: 0 }] = answers;
  const leading = answers.find((answer) => !succeeded(answer)) ?? first;
  const responses = answers.flatMap((answer) => list(answer.responses)).filter(isMapping);
  const [one] = responses;
  if (one === undefined) return leading;
  return { ...leading, responses, out: leading.out ?? one.out, errOut: leading.errOut ?? one.errOut };
}

/** Calls a method for each target, with what the platform fills in by itself. */
async function perTarget(
  call: Call,
  method: (target: Target | null) => string,
  parameters: Mapping,
  inside: Mapping,
  needsNodes: boolean,
): Promise<Answer> {
  const { frame } = call;
  const { engine, installation } = frame;
  const { environment, caller } = installation.scope;
  if (needsNodes && environment === undefined) return withoutEnvironment(call.name);
  const found = await targetsOf(call, inside);
  if (found !== null && 'missing' in found) return notFound(found.missing);
  if (found === null && needsNodes) return notFound(`named by ${call.name}`);
  const { families } = await sourcesOf(frame);
  const run = (target: Target | null) => {
    const path = methodOf(method(target));
    const appid = /^(?:dev|utils)\./.test(path) ? SCRIPTING_APPID : (mapping(families.env).appid ?? SCRIPTING_APPID);
    const filled = { ...(environment === undefined ? {} : { envName: environment }), appid, session: caller.session };
    return invoke(engine, path, { ...filled, ...parameters, ...target }, installation.scope);
  };
  const targets = found?.targets ?? [null];
  const oneByOne = call.siblings.sync === true || call.siblings.isSequential === true;
  if (!oneByOne) return together(await Promise.all(targets.map(run)));
  const answers: Answer[] = [];
  for (const target of targets) answers.push(await run(target));
  return together(answers);
}

/** `cmd`: the lines of a list are one command; root only where the manifest says so. */
export async function cmd(call: Call): Promise<Answer> {
  const { frame, siblings } = call;
  const given = await resolve(call.value, frame);
  const inside = mapping(given);
  const beside = mapping(await resolve(siblings, frame));
  const lines = isMapping(given) ? (inside.command ?? inside.commands ?? inside.cmd) : given;
  const command = list(lines).map(textOf).join('\n');
  const user = inside.user ?? beside.user ?? inside.userName ?? beside.userName;
  const parameters = {
    commandList: JSON.stringify([{ command, params: '' }]),
    sayYes: textOf(inside.sayYes ?? beside.sayYes ?? true) !== 'false',
    ...(user === undefined ? {} : { userName: textOf(user) }),
  };
  const method = (target: Target | null) =>
    target !== null && 'nodeId' in target ? 'environment.control.ExecCmdById' : 'environment.control.ExecCmdByGroup';
  return perTarget(call, method, parameters, inside, true);
}

const withoutTargets = (map: Mapping): Mapping =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !['nodeId', 'nodeGroup', 'nodeType', 'sync'].includes(key)));

/** One after the other what a list gives, until one fails. */
async function eachOf(
  values: readonly unknown[],
  run: (value: unknown) => Promise<Answer>,
  atOnce = false,
): Promise<Answer> {
  if (atOnce) return together(await Promise.all(values.map(run)));
  const answers: Answer[] = [];
  for (const value of values) {
    const answer = await run(value);
    answers.push(answer);
    if (!succeeded(answer)) break;
  }
  return together(answers);
}

/** `api`: a method, or a list of methods with their parameters. */
export async function api(call: Call): Promise<Answer> {
  const beside = mapping(await resolve(call.siblings, call.frame));
  return eachOf(
    list(await resolve(call.value, call.frame)),
    (one) => {
      const given = mapping(one);
      const method = isMapping(one) ? textOf(given.method) : textOf(one);
      const { params, ...others } = beside;
      const { method: _method, params: inner, ...more } = given;
      const inside = { ...more, ...mapping(inner) };
      return calling(call, method, { ...others, ...mapping(params) }, inside);
    },
    beside.async === true,
  );
}

/** The path of a method as the name of an action. */
export async function method(call: Call): Promise<Answer> {
  const beside = mapping(await resolve(call.siblings, call.frame));
  const values = list(await resolve(call.value, call.frame));
  return eachOf(values.length === 0 ? [{}] : values, (one) => {
    const { params, ...others } = beside;
    return calling(call, call.name, { ...others, ...mapping(params) }, mapping(one));
  });
}

/** What names its node itself, or another environment, is passed on as it is: nodes there are not known here. */
async function calling(call: Call, path: string, beside: Mapping, inside: Mapping): Promise<Answer> {
  const { environment } = call.frame.installation.scope;
  const elsewhere = { ...beside, ...inside }.envName ?? environment;
  const named = ['nodeId', 'nodeGroup', 'nodeType', 'nodeid'].some((key) => textOf(inside[key]) !== '');
  if (!named && elsewhere === environment) {
    return perTarget(call, () => path, { ...withoutTargets(beside), ...inside }, {}, false);
  }
  return perTarget(
    { ...call, selector: null, siblings: {}, frame: { ...call.frame, target: {} } },
    () => path,
    { ...beside, ...inside },
    {},
    false,
  );
}

/** Files on nodes, as the restricted user. */
export async function file(call: Call): Promise<Answer> {
  const { method: path, text, fixed = {} } = FILE_ACTIONS[call.name] ?? { method: '', text: 'path' };
  const beside = mapping(await resolve(call.siblings, call.frame));
  return eachOf(list(await resolve(call.value, call.frame)), (one) => {
    const inside = isMapping(one) ? one : { [text]: one };
    const parameters = { ...withoutTargets(beside), ...withoutTargets(inside), ...fixed };
    return perTarget(call, () => path, parameters, inside, true);
  });
}

/** `replaceInFile`: one replacement after the other. */
export async function replaceInFile(call: Call): Promise<Answer> {
  const values = list(await resolve(call.value, call.frame)).map(mapping);
  const single = values.flatMap((inside) => list(inside.replacements).map((one) => ({ inside, one: mapping(one) })));
  return eachOf(single, (item) => {
    const { inside, one } = item as (typeof single)[number];
    const parameters = { path: inside.path, pattern: one.pattern, replacement: one.replacement };
    return perTarget(call, () => 'environment.file.ReplaceInBody', parameters, inside, true);
  });
}

/** Changes of topology. */
export async function topology(call: Call): Promise<Answer> {
  if (call.frame.installation.scope.environment === undefined) return withoutEnvironment(call.name);
  const { group, node = group, plain } = TOPOLOGY_ACTIONS[call.name] ?? { group: '' };
  const beside = mapping(await resolve(call.siblings, call.frame));
  const values = list(await resolve(call.value, call.frame));
  return eachOf(values.length === 0 ? [{}] : values, (one) => {
    const inside = isMapping(one) || plain === undefined ? mapping(one) : { [plain]: one };
    const parameters = { ...withoutTargets(beside), ...withoutTargets(inside) };
    // A node that is to be is no target.
    if (call.name === 'addNodes')
      return perTarget({ ...call, selector: null, siblings: {} }, () => group, { ...beside, ...inside }, {}, false);
    const path = (target: Target | null) => (target !== null && 'nodeId' in target ? node : group);
    return perTarget(call, path, parameters, inside, call.name !== 'setExtIpEnabled');
  });
}
