import { load } from './addresses.ts';
import { succeeded } from './answers.ts';
import { answerOf, execute } from './code.ts';
import { type Engine, openFrame, resolveText } from './frame.ts';
import { isMapping, list, mapping } from './mapping.ts';
import { FIXED } from './read.ts';
import { FORM_KEYS } from './table.ts';
import type { Answer, Installation, Manifest, Mapping } from './types.ts';

/** Result of code before a dialog that failed or gave back nothing to show. */
export const INIT_FAILED = 11041;

const failed = (message: string): Answer => ({ result: INIT_FAILED, error: message });

/** A manifest or form as its code changed it, or why not. */
export type Initialised<Thing> = { readonly value: Thing } | { readonly failure: Answer };

interface Code {
  readonly engine: Engine;
  readonly installation: Installation;
  readonly code: unknown;
  readonly place: string;
  readonly variables: Mapping;
  readonly form: string | null;
}

/** The environment and the layer that a dialog is opened for, as variables of its code. */
async function surroundingsOf({ engine, installation }: Code): Promise<Mapping> {
  const { env, targetNodes } = await engine.world.facts(installation.scope);
  const [layer] = list(targetNodes);
  return { ...(env === undefined ? {} : { env }), ...(layer === undefined ? {} : { targetNodes: layer }) };
}

async function run(given: Code): Promise<Initialised<unknown>> {
  const { engine, installation, place, variables, form } = given;
  const { manifest, scope, envGroups } = installation;
  const frame = openFrame(engine, installation, null, place);
  try {
    const lines = list(given.code).every((line) => typeof line === 'string') ? given.code : '';
    const address = Array.isArray(lines) ? lines : await resolveText(String(lines ?? ''), frame);
    const loaded = await load(address, manifest.baseUrl, engine.world, place);
    const code = await resolveText(loaded.text, frame);
    const surroundings = await surroundingsOf(given);
    const all = { ...surroundings, ...variables };
    const result = await execute(code, loaded.name, { engine, scope, manifest, envGroups, variables: all, form });
    if ('error' in result) return { failure: failed(result.error) };
    const answer = answerOf(result);
    if (!succeeded(answer))
      return {
        failure: { ...failed(String(answer.message ?? answer.error ?? `result ${answer.result}`)), ...told(answer) },
      };
    return { value: result.value };
  } catch (error) {
    return { failure: failed(`${place}: ${error instanceof Error ? error.message : String(error)}`) };
  }
}

const told = ({ type, message }: Answer) => ({
  ...(type === undefined ? {} : { type }),
  ...(message === undefined ? {} : { message }),
});

const allowed = (given: Mapping, forbidden: readonly string[]): Mapping =>
  Object.fromEntries(Object.entries(given).filter(([key]) => !forbidden.includes(key)));

/** Runs the manifest's `onBeforeInit`, which may change all but type, name and baseUrl. */
export async function initialise(engine: Engine, installation: Installation): Promise<Initialised<Manifest>> {
  const { manifest } = installation;
  const code = manifest.document.onBeforeInit;
  if (code === undefined || code === null) return { value: manifest };
  const jps = { ...manifest.document, baseUrl: manifest.baseUrl };
  const ran = await run({ engine, installation, code, place: 'onBeforeInit', variables: { jps }, form: null });
  if ('failure' in ran) return ran;
  if (!isMapping(ran.value) || !isMapping(ran.value.settings)) {
    return { failure: failed('onBeforeInit must return settings or jps') };
  }
  const document = { ...manifest.document, ...allowed(ran.value, [...FIXED, 'result']) };
  return { value: { ...manifest, document } };
}

/** Runs `onBeforeInstall`, which may change all but type, name, baseUrl, globals and settings. */
export async function beforeInstall(engine: Engine, installation: Installation): Promise<Initialised<Manifest>> {
  const { manifest } = installation;
  const code = manifest.document.onBeforeInstall;
  if (code === undefined || code === null) return { value: manifest };
  const jps = { ...manifest.document, baseUrl: manifest.baseUrl };
  const ran = await run({ engine, installation, code, place: 'onBeforeInstall', variables: { jps }, form: null });
  if ('failure' in ran) return ran;
  const changes = allowed(mapping(ran.value), [...FIXED, 'globals', 'settings', 'result']);
  return { value: { ...manifest, document: { ...manifest.document, ...changes } } };
}

/** Whether `settings` is one form, which then is `main`, and not a map of forms. */
export const isSingleForm = (settings: Mapping): boolean =>
  !('main' in settings) && Object.keys(settings).some((key) => FORM_KEYS.includes(key));

/** A form of the manifest as written; undefined where there is none of this name. */
export function formOf(manifest: Manifest, id: string): Mapping | undefined {
  const settings = mapping(manifest.document.settings);
  if (isSingleForm(settings)) return id === 'main' ? settings : undefined;
  const form = settings[id];
  return isMapping(form) ? form : undefined;
}

/**
 * Runs a form's own `onBeforeInit`. It may give back the form or `{result: 0, fields}`;
 * `{result: 0, settings: {fields}}` is an empty dialog, as on the platform.
 */
export async function initialiseForm(
  engine: Engine,
  installation: Installation,
  id: string,
): Promise<Initialised<Mapping>> {
  const { manifest } = installation;
  const form = formOf(manifest, id) ?? {};
  if (form.onBeforeInit === undefined || form.onBeforeInit === null) return { value: form };
  const single = isSingleForm(mapping(manifest.document.settings));
  const jps = { ...manifest.document, baseUrl: manifest.baseUrl };
  const place = `settings.${id}.onBeforeInit`;
  const code = form.onBeforeInit;
  const ran = await run({ engine, installation, code, place, variables: { jps }, form: single ? '' : id });
  if ('failure' in ran) return ran;
  const { value } = ran;
  if (!isMapping(value)) return { failure: failed(`${place} must return settings or fields`) };
  if ('fields' in value) return { value: { ...form, ...allowed(value, ['result']) } };
  if ('settings' in value) return { value: { ...form, fields: [] } };
  return { failure: failed(`${place} must return settings or fields`) };
}
