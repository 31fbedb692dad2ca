import { type BuiltIns, type Call, chains } from '../chain.ts';
import { resolve } from '../frame.ts';
import { isMapping, list, textOf } from '../mapping.ts';
import { isMethodPath, nameOf } from '../names.ts';
import { FILE_ACTIONS, NOT_PLAYED, TOPOLOGY_ACTIONS } from '../table.ts';
import type { Answer } from '../types.ts';
import * as flow from './flow.ts';
import { install, installAddon } from './install.ts';
import * as platform from './platform.ts';

const BY_NAME: Readonly<Record<string, BuiltIns>> = {
  cmd: platform.cmd,
  executeShellCommands: platform.cmd,
  script: flow.script,
  executeScript: flow.scripts,
  runScript: flow.scripts,
  api: platform.api,
  install,
  installAddon,
  set: flow.set,
  setGlobals: flow.setGlobals,
  return: flow.returns,
  stopEvent: flow.stopEvent,
  assert: flow.assert,
  sleep: flow.sleep,
  log: flow.log,
  replaceInFile: platform.replaceInFile,
  call,
};

/** `call`: `{action, params}`, or names of actions, one after the other. */
async function call(given: Call): Promise<Answer> {
  let answer: Answer = { result: 0 };
  for (const one of list(await resolve(given.value, given.frame))) {
    const wanted = isMapping(one) ? one : { action: one };
    const named = nameOf(textOf(wanted.action ?? wanted.procedure));
    answer = await runAction({ ...named, value: wanted.params, siblings: {}, frame: given.frame });
    if (answer.result !== 0) return answer;
  }
  return answer;
}

async function builtIn(given: Call): Promise<Answer> {
  const own = Object.hasOwn(BY_NAME, given.name) ? BY_NAME[given.name] : undefined;
  if (own !== undefined) return own(given);
  if (given.name in FILE_ACTIONS) return platform.file(given);
  if (given.name in TOPOLOGY_ACTIONS) return platform.topology(given);
  if (isMethodPath(given.name)) return platform.method(given);
  const why = NOT_PLAYED[given.name];
  return { result: 1, error: `${given.frame.place}: ${given.name} is ${why}, not played by this stand-in` };
}

/** Runs chains of steps with all actions of the platform. */
export const { chain, runAction } = chains(builtIn);
