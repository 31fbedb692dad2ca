import { load } from './addresses.ts';
import { withChoices } from './choices.ts';
import { answerOf, execute } from './code.ts';
import { face } from './face.ts';
import { fieldsOf } from './fields.ts';
import { type Engine, type Frame, openFrame, resolve, resolveText } from './frame.ts';
import { formOf, initialise, initialiseForm } from './init.ts';
import { booleanOf, isMapping } from './mapping.ts';
import { allFields, changeFields } from './rawFields.ts';
import type { Button, Form, Installation, Manifest, Mapping, Opened, Scope } from './types.ts';

/** What runs before anything is installed: no globals yet. */
export function candidate(manifest: Manifest, scope: Scope, settings: Mapping = {}): Installation {
  return { uniqueName: '', manifest, settings: { ...settings }, globals: {}, scope, envGroups: [] };
}

/** Starting values from the script at `prepopulate`, by name of field; they are `license` to placeholders. */
async function prepopulated(form: Mapping, frame: Frame): Promise<Mapping> {
  if (typeof form.prepopulate !== 'string') return {};
  const { engine, installation } = frame;
  const { manifest, scope } = installation;
  const loaded = await load(await resolveText(form.prepopulate, frame), manifest.baseUrl, engine.world, 'prepopulate');
  const code = await resolveText(loaded.text, frame);
  const answer = answerOf(await execute(code, loaded.name, { engine, scope, manifest }));
  if (answer.result !== 0) {
    engine.options.log(`prepopulate: ${String(answer.error ?? answer.message ?? answer.result)}`);
    return {};
  }
  const license = isMapping(answer.response) ? answer.response : answer;
  engine.licenses.set(manifest.id, license);
  return license;
}

/** A field that starts with what `prepopulate` has for its name. */
function withStart(raw: Mapping, start: Mapping): Mapping {
  const value = typeof raw.name === 'string' && Object.hasOwn(start, raw.name) ? start[raw.name] : undefined;
  return value === undefined ? raw : { ...raw, default: value, value };
}

/** A form with everything in it resolved. */
export async function build(
  form: Mapping,
  frame: Frame,
  about: Omit<Form, 'fields' | 'submitUnchanged'>,
): Promise<Form> {
  const { options } = frame.engine;
  const license = await prepopulated(form, frame);
  const raw = await changeFields(await resolve(form.fields, frame), (field) =>
    withChoices(withStart(field, license), frame),
  );
  const broken = allFields(raw).filter(({ type }) => type === 'regionlist').length > 1;
  if (broken) options.log('a form with a second regionlist is not shown');
  return {
    ...about,
    fields: broken ? [] : fieldsOf(raw, options.locale),
    submitUnchanged: booleanOf(form.submitUnchanged, false),
  };
}

/** The dialog of an installation. */
export async function openInstall(engine: Engine, given: Manifest, scope: Scope): Promise<Opened> {
  if (given.broken !== null) return { failure: given.broken };
  const before = candidate(given, scope);
  const initialised = await initialise(engine, before);
  if ('failure' in initialised) return initialised;
  const manifest = initialised.value;
  const installation = candidate(manifest, scope);
  // The manifest's own code has prepared the form; a form's code is for buttons, and for manifests that have no other.
  const own =
    given.document.onBeforeInit === undefined
      ? await initialiseForm(engine, installation, 'main')
      : { value: formOf(manifest, 'main') ?? {} };
  if ('failure' in own) return own;
  const { text } = await face(engine, manifest, installation);
  const frame = openFrame(engine, installation, null, 'settings.main');
  const about = {
    title: manifest.name,
    description: text,
    submitText: 'Install',
    confirmText: null,
    loadingText: 'Installing...',
  };
  return { form: { ...(await build(own.value, frame, about)), submitUnchanged: true } };
}

/** The dialog of a button. */
export async function openButton(engine: Engine, installation: Installation, button: Button): Promise<Opened | null> {
  if (button.form === null) return null;
  if (formOf(installation.manifest, button.form) === undefined) {
    return { failure: { result: 11041, error: `there is no form ${button.form}` } };
  }
  const own = await initialiseForm(engine, installation, button.form);
  if ('failure' in own) return own;
  const frame = openFrame(engine, installation, null, `settings.${button.form}`);
  const { title, submitText, confirmText, loadingText } = button;
  const form = await build(own.value, frame, { title, description: '', submitText, confirmText, loadingText });
  return { form: { ...form, submitUnchanged: form.submitUnchanged || button.submitUnchanged } };
}
