import { addressOf, load } from '../addresses.ts';
import { type Call, Ended } from '../chain.ts';
import { answerOf, execute, SCRIPT_FAILED } from '../code.ts';
import { conditionOf } from '../condition.ts';
import { resolve, resolveText, sourcesOf } from '../frame.ts';
import { isMapping, list, mapping, numberOf, textOf } from '../mapping.ts';
import { targetsOf } from '../targets.ts';
import type { Answer, Mapping, Notice } from '../types.ts';

const OK: Answer = { result: 0 };

/** Parameters reach a script as text, lists and maps as JSON; only what the manifest wrote as number or boolean stays one. */
async function parametersOf(call: Call, inside: Mapping): Promise<Mapping> {
  const { frame, siblings } = call;
  const { params, type: _type, ...others } = siblings;
  const { script: _script, params: inner, ...more } = inside;
  const given = mapping(await resolve({ ...others, ...mapping(params), ...more, ...mapping(inner) }, frame));
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, typeof value === 'object' ? textOf(value) : value]),
  );
}

/** The code of a script with all placeholders replaced, also those of a fetched file. */
async function codeOf(value: unknown, call: Call) {
  const { frame } = call;
  const { baseUrl } = frame.installation.manifest;
  const given = await resolveText(Array.isArray(value) ? value.join('\n') : textOf(value), frame);
  if (Array.isArray(value) || addressOf(given, baseUrl) === null) return { text: given, name: `${frame.place} script` };
  const loaded = await load(given, baseUrl, frame.engine.world, `${frame.place} script`);
  return { ...loaded, text: loaded.text === given ? given : await resolveText(loaded.text, frame) };
}

async function runOnce(call: Call, value: unknown, parameters: Mapping): Promise<Answer> {
  const { engine, installation } = call.frame;
  const code = await codeOf(value, call);
  const { scope, manifest, envGroups } = installation;
  const about = { title: `script ${code.name}`, action: 'script', parameters: JSON.stringify(parameters), scope };
  return engine.world.task(about, async () =>
    answerOf(await execute(code.text, code.name, { engine, scope, manifest, envGroups, parameters })),
  );
}

/** `script`: with a selector, once for each of its nodes. */
export async function script(call: Call): Promise<Answer> {
  const inside = isMapping(call.value) ? call.value : {};
  const value = isMapping(call.value) ? (inside.script ?? inside.code) : call.value;
  if ((call.siblings.type ?? inside.type) === 'java') {
    return { result: SCRIPT_FAILED, error: `${call.frame.place}: scripts of type java are not known` };
  }
  const parameters = await parametersOf(call, inside);
  try {
    if (call.selector === null) return await runOnce(call, value, parameters);
    const found = await targetsOf(call);
    if (found === null || 'missing' in found) return { result: 11022, error: `no node is ${call.selector}` };
    const { families } = await sourcesOf(call.frame);
    const nodes = list(mapping(families.env).nodes).filter(isMapping);
    const wanted = found.targets.flatMap((target) =>
      nodes.filter((node) =>
        'nodeId' in target ? Number(node.id) === target.nodeId : node.nodeGroup === target.nodeGroup,
      ),
    );
    let answer = OK;
    for (const { id, nodeGroup } of wanted) {
      answer = await runOnce(call, value, { ...parameters, nodeId: id, nodeGroup });
      if (answer.result !== 0) break;
    }
    return answer;
  } catch (error) {
    return {
      result: SCRIPT_FAILED,
      error: `${call.frame.place}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** The older name: a list of scripts, each a map. */
export async function scripts(call: Call): Promise<Answer> {
  let answer = OK;
  for (const one of list(call.value)) {
    answer = await script({ ...call, value: one });
    if (answer.result !== 0) break;
  }
  return answer;
}

/** `set`: locals of this event or custom action. */
export async function set(call: Call): Promise<Answer> {
  for (const one of list(await resolve(call.value, call.frame))) Object.assign(call.frame.locals, mapping(one));
  return OK;
}

/** `setGlobals`: of this installation, for good. */
export async function setGlobals(call: Call): Promise<Answer> {
  for (const one of list(await resolve(call.value, call.frame))) {
    Object.assign(call.frame.installation.globals, mapping(one));
  }
  return OK;
}

/** `return`: ends everything that the event began; a text is an error. */
export async function returns(call: Call): Promise<Answer> {
  const given = await resolve(call.value, call.frame);
  if (!isMapping(given)) {
    const message = textOf(given);
    throw new Ended(message === '' ? OK : { result: 11039, type: 'error', message });
  }
  const result = given.result ?? given.type ?? 0;
  throw new Ended({ ...given, result: (numberOf(result) ?? textOf(result)) as Answer['result'] });
}

const TYPES: readonly Notice['type'][] = ['error', 'warning', 'info', 'success'];

/** `stopEvent`: what the event was called for does not happen. */
export async function stopEvent(call: Call): Promise<Answer> {
  const given = await resolve(call.value, call.frame);
  const { type, message } = isMapping(given) ? given : { type: 'error', message: given };
  const known = TYPES.find((one) => one === type) ?? 'error';
  const stopped = { type: known, message: textOf(message) };
  throw new Ended({ result: stopped.type, type: stopped.type, message: stopped.message }, stopped);
}

/** `assert`: only a line in the log. */
export async function assert(call: Call): Promise<Answer> {
  for (const one of list(call.value)) {
    const given = isMapping(one) ? one : { condition: one };
    for (const condition of list(given.condition)) {
      const met = await conditionOf(textOf(condition), call.frame);
      const message = given.message === undefined ? '' : `: ${await resolveText(textOf(given.message), call.frame)}`;
      call.frame.engine.options.log(`assert ${met === true ? 'passed' : 'failed'}: ${textOf(condition)}${message}`);
    }
  }
  return OK;
}

/** `sleep`, in milliseconds. */
export async function sleep(call: Call): Promise<Answer> {
  await call.frame.engine.options.sleep(numberOf(await resolve(call.value, call.frame)) ?? 0);
  return OK;
}

/** `log`: a line of the console. */
export async function log(call: Call): Promise<Answer> {
  for (const one of list(await resolve(call.value, call.frame))) call.frame.engine.options.log(textOf(one));
  return OK;
}
