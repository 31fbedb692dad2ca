import { addressOf } from '../addresses.ts';
import { succeeded } from '../answers.ts';
import type { Call } from '../chain.ts';
import { invoke } from '../code.ts';
import { type Frame, resolve } from '../frame.ts';
import { isMapping, list, mapping, splitOutside, textOf } from '../mapping.ts';
import type { Answer, Installation, Mapping } from '../types.ts';
import { withoutEnvironment } from './platform.ts';

const OPTIONS = [
  'envName',
  'nodeGroup',
  'displayName',
  'region',
  'envGroups',
  'ownerUid',
  'loggerName',
  'logsPath',
  'skipNodeEmails',
];

const pick = (map: Mapping) => Object.fromEntries(Object.entries(map).filter(([key]) => OPTIONS.includes(key)));

/** The manifest as the platform is given it: an address, or a text; written in place, it keeps the base of the one around it. */
function jpsOf(given: unknown, frame: Frame): string {
  const { baseUrl } = frame.installation.manifest;
  if (isMapping(given)) return JSON.stringify({ ...(baseUrl === null ? {} : { baseUrl }), ...given });
  const text = textOf(given);
  return addressOf(text, baseUrl) ?? text;
}

async function one(jps: string, options: Mapping, frame: Frame): Promise<Answer> {
  const { engine, installation } = frame;
  const { environment, caller, nodeGroup } = installation.scope;
  const settings = options.settings === undefined ? {} : { settings: options.settings };
  const parameters = {
    session: caller.session,
    ...(environment === undefined ? {} : { envName: environment }),
    ...(nodeGroup === undefined ? {} : { nodeGroup }),
    ...pick(options),
    ...settings,
    jps,
  };
  return invoke(engine, 'marketplace.jps.Install', parameters, installation.scope);
}

const together = (answers: readonly Answer[]): Answer =>
  answers.find((answer) => !succeeded(answer)) ?? answers.at(-1) ?? { result: 0 };

/** A list is installed side by side, and so are the layers of a selector. */
async function all(values: readonly unknown[], call: Call, build: (value: unknown) => [string, Mapping] | Answer) {
  const beside = mapping(await resolve(call.siblings, call.frame));
  const layers = call.selector === null ? [null] : splitOutside(textOf(await resolve(call.selector, call.frame)), ',');
  const jobs = values.flatMap((value) => layers.map((layer) => ({ value, layer: layer?.trim() })));
  const answers = await Promise.all(
    jobs.map(async ({ value, layer }) => {
      const built = build(value);
      if (!Array.isArray(built)) return built as Answer;
      const [jps, inside] = built as [string, Mapping];
      return one(jps, { ...beside, ...(layer === undefined ? {} : { nodeGroup: layer }), ...inside }, call.frame);
    }),
  );
  return together(answers);
}

/** `install`: an address, a path, a manifest in place, or any of these with options. */
export async function install(call: Call): Promise<Answer> {
  // A manifest in place keeps its own placeholders: they are about what it will be installed on.
  const values = await Promise.all(
    list(call.value).map(async (value) => {
      if (!isMapping(value)) return resolve(value, call.frame);
      if (!('jps' in value)) return { jps: value };
      const options = mapping(
        await resolve(Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'jps')), call.frame),
      );
      return { ...options, jps: isMapping(value.jps) ? value.jps : await resolve(value.jps, call.frame) };
    }),
  );
  return all(values, call, (value) => {
    const options = isMapping(value) && 'jps' in value ? value : { jps: value };
    return [jpsOf(options.jps, call.frame), options];
  });
}

/** A nested add-on has the actions, forms, responses and globals of the manifest around it, and its own before them. */
export function nestedAddon(addon: Mapping, { manifest, globals }: Installation): Mapping {
  const { actions, settings, responses } = manifest.document;
  return {
    type: 'update',
    ...(settings === undefined ? {} : { settings }),
    ...addon,
    actions: { ...mapping(actions), ...mapping(addon.actions) },
    responses: { ...mapping(responses), ...mapping(addon.responses) },
    globals: { ...globals, ...mapping(addon.globals) },
  };
}

/** `installAddon`: one of the manifest's own `addons`, by its id. */
export async function installAddon(call: Call): Promise<Answer> {
  if (call.frame.installation.scope.environment === undefined) return withoutEnvironment(call.name);
  const addons = list(call.frame.installation.manifest.document.addons).map(mapping);
  return all(list(await resolve(call.value, call.frame)), call, (value) => {
    const { settings } = call.frame.installation;
    const options: Mapping = { settings, ...(isMapping(value) ? value : { id: value }) };
    const addon = addons.find(({ id }) => textOf(id) === textOf(options.id));
    if (addon === undefined)
      return { result: 1, error: `${call.frame.place}: there is no add-on ${textOf(options.id)}` };
    return [jpsOf(nestedAddon(addon, call.frame.installation), call.frame), options];
  });
}
