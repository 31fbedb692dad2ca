import { setTimeout as wait } from 'node:timers/promises';
import type { World } from '../contract.ts';
import { noticeOf } from './answers.ts';
import { execute } from './code.ts';
import { fire, runEvent } from './events.ts';
import { buttonsOf, face, shownText } from './face.ts';
import { namesOf } from './faults.ts';
import { fieldsOf } from './fields.ts';
import { candidate, openButton, openInstall } from './forms.ts';
import { type Engine, openFrame } from './frame.ts';
import { formOf } from './init.ts';
import { install } from './lifecycle.ts';
import { read } from './read.ts';
import type { Button, Installation, Language, LanguageOptions, Mapping, Outcome } from './types.ts';

export { succeeded } from './answers.ts';
export { everyField, faultsOf, namesOf, shownFields, submitted } from './faults.ts';
export { fieldsOf } from './fields.ts';
export type * from './types.ts';

const NINETEEN_MINUTES = 19 * 60_000;

const SETTINGS: Required<LanguageOptions> = {
  syntax: 'es5',
  locale: 'en',
  log: () => undefined,
  scriptTimeoutMs: NINETEEN_MINUTES,
  sleep: async (milliseconds) => wait(milliseconds),
  engine: '8.10',
  platformUrl: 'https://app.platform.test/',
};

function buttonNamed(installation: Installation, caption: string, locale: string): Button {
  const button = buttonsOf(installation.manifest, locale).find((one) => one.caption === caption);
  if (button === undefined) throw new Error(`${installation.manifest.name} has no button ${caption}`);
  return button;
}

/** What a form submitted is what holds from now on; of its fields in branches that were hidden, nothing is left. */
function takeOver(installation: Installation, form: string | null, values: Mapping | null): void {
  if (values === null) return;
  const names = form === null ? [] : namesOf(fieldsOf(formOf(installation.manifest, form)?.fields));
  const kept = Object.entries(installation.settings).filter(([name]) => !names.includes(name));
  installation.settings = { ...Object.fromEntries(kept), ...values };
}

async function run(engine: Engine, installation: Installation, action: string, params?: Mapping): Promise<Outcome> {
  const opened = openFrame(engine, installation, null, `actions.${action}`);
  if (params === undefined) return { ...(await runEvent([action], opened)), handlers: 1 };
  // By way of `this`, nothing in them is taken for a placeholder.
  const frame = { ...opened, locals: { ...params } };
  const step = { [action]: '${this}' };
  return { ...(await runEvent([step], frame)), handlers: 1 };
}

/** The manifest language on top of this world. It knows nothing of hosts: all that happens, happens by the world's calls. */
export function createLanguage(world: World, options: LanguageOptions = {}): Language {
  const engine: Engine = { world, options: { ...SETTINGS, ...options }, licenses: new Map() };
  const { locale } = engine.options;
  return {
    read: (text, address) => read(text, address ?? null, world),
    openInstall: (manifest, scope) => openInstall(engine, manifest, scope),
    openButton: async (installation, caption) =>
      openButton(engine, installation, buttonNamed(installation, caption, locale)),
    install: (manifest, given) => install(engine, manifest, given),
    async press(installation, caption, values) {
      const button = buttonNamed(installation, caption, locale);
      takeOver(installation, button.form, values);
      const outcome = await run(engine, installation, button.action, values ?? undefined);
      const successText = await shownText(button.successText, engine, installation, 'successText');
      const { responses } = installation.manifest.document;
      const notice = noticeOf(outcome.answer, { title: button.title, successText, responses, locale }, 'button');
      return { ...outcome, notice };
    },
    run: (installation, action, params) => run(engine, installation, action, params),
    fire: (installation, event) => fire(engine, installation, event),
    async script(code, name, params, scope) {
      const result = await execute(code, name, { engine, scope, manifest: null, parameters: params });
      return 'error' in result ? { result: 99, error: result.error } : { result: 0, response: result.value };
    },
    face: (manifest) => face(engine, manifest, candidate(manifest, { caller: { uid: '', email: '', session: '' } })),
  };
}
