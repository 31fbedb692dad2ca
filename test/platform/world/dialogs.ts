import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dialog, Field, Notice, Scope } from '../contract.ts';
import { everyField, fieldsOf } from '../language/index.ts';
import type { Form, Manifest, Opened } from '../language/types.ts';
import { freshName } from './environments.ts';
import { scopeOf } from './events.ts';
import { install, installedAs } from './installations.ts';
import { targetsOf } from './targets.ts';
import { type Estate, type Installed, Refusal } from './words.ts';

interface Open {
  readonly submit: (values: Readonly<Record<string, string>>, target: string | undefined) => Promise<Notice>;
}

/** The dialogs that are open. */
export interface Dialogs {
  openInstall(manifest: Manifest, target: string | undefined): Promise<Dialog | Notice>;
  openButton(uniqueName: string, caption: string): Promise<Dialog | Notice>;
  press(uniqueName: string, caption: string): Promise<Notice>;
  submit(id: string, values: Readonly<Record<string, string>>, target: string | undefined): Promise<Notice>;
}

/** What the platform itself asks of a package that makes an environment, unless its form does. */
function environmentFields(estate: Estate, manifest: Manifest, form: Form): readonly Field[] {
  if (manifest.type !== 'install' || manifest.document.nodes === undefined) return [];
  const present = everyField(form.fields);
  const lacks = (type: string, name: string) => !present.some((field) => field.type === type || field.name === name);
  const name = { type: 'envname', name: 'envName', caption: 'Environment', value: freshName(estate) };
  const shown = { name: 'displayName', caption: 'Display name', value: manifest.name, required: false };
  return fieldsOf([...(lacks('envname', 'envName') ? [name] : []), ...(lacks('', 'displayName') ? [shown] : [])]);
}

/** What the dashboard says when it has waited for too long. */
async function impatience(patienceMs: number, title: string): Promise<{ readonly notice: Notice }> {
  const text = 'The operation takes longer than the dashboard waits. It goes on: see the tasks log.';
  return await wait(patienceMs, { notice: { type: 'error', title, text, result: 4110 } }, { ref: false });
}

const refused = (title: string, error: unknown): Notice => {
  if (!(error instanceof Refusal)) throw error;
  const type = error.more.type === 'warning' ? 'warning' : 'error';
  return { type, title, text: error.message, result: error.result };
};

const failed = (title: string, { failure }: Extract<Opened, { failure: unknown }>): Notice => ({
  type: 'error',
  title,
  text: String(failure.message ?? failure.error ?? `result ${failure.result}`),
  result: failure.result,
});

/** Dialogs over an estate. A dialog is gone once what it was for has worked; until then it can be mended and submitted again. */
export function createDialogs(estate: Estate): Dialogs {
  const open = new Map<string, Open>();
  const show = (form: Form, targets: Dialog['targets'], submit: Open['submit']): Dialog => {
    const id = randomBytes(8).toString('hex');
    open.set(id, { submit });
    return { ...form, id, targets };
  };
  const first = () => estate.caller(estate.accounts[0]?.uid ?? '');

  function scopeAt(target: string | undefined): Scope {
    if (target === undefined) return { caller: first() };
    const [name = '', nodeGroup = ''] = target.split('/');
    const environment = estate.environments.get(name);
    if (environment === undefined) throw new Refusal(11, `environment ${name} is not found`);
    return {
      caller: estate.caller(environment.owner),
      environment: name,
      ...(nodeGroup === '' ? {} : { nodeGroup }),
    };
  }

  const buttonOf = (one: Installed, caption: string) => {
    const button = one.face.buttons.find((candidate) => candidate.caption === caption);
    if (button === undefined) throw new Error(`${one.offer.name} has no button ${caption}`);
    return button;
  };

  const pressed = async (one: Installed, caption: string, values: Readonly<Record<string, string>> | null) => {
    const scope = scopeOf(estate, one);
    one.installation.scope = scope;
    const about = {
      title: `${one.offer.name}: ${caption}`,
      action: buttonOf(one, caption).action,
      parameters: '',
      scope,
    };
    const running = estate.tasks.around({ ...about, shown: ({ answer }) => answer }, async () => {
      const pressing = await estate.language.press(one.installation, caption, values);
      return { ...pressing, result: pressing.answer.result };
    });
    const { notice } = await Promise.race([running, impatience(estate.patienceMs, caption)]);
    return notice;
  };

  return {
    async openInstall(manifest, wanted) {
      const title = manifest.name;
      const possible = targetsOf(estate, manifest);
      const targets = possible.map(({ environment, nodeGroup, caption }) => ({
        value: nodeGroup === '' ? environment : `${environment}/${nodeGroup}`,
        caption,
      }));
      if (manifest.type === 'update' && targets.length === 0)
        return { type: 'error', title, text: 'No environment has a layer that this add-on can go on.', result: 11022 };
      if (wanted !== undefined && !targets.some(({ value }) => value === wanted))
        return { type: 'error', title, text: `This add-on cannot go on ${wanted}.`, result: 11022 };
      const opened = await estate.language.openInstall(manifest, scopeAt(wanted ?? targets[0]?.value));
      if ('failure' in opened) return failed(title, opened);
      const form = {
        ...opened.form,
        fields: [...environmentFields(estate, manifest, opened.form), ...opened.form.fields],
      };
      const named = everyField(form.fields).find(({ type }) => type === 'envname')?.name ?? 'envName';
      return show(form, targets, async (values, target) => {
        if (manifest.type === 'update' && !targets.some(({ value }) => value === (target ?? wanted)))
          throw new Refusal(11022, `${title} cannot go on ${target ?? wanted ?? 'no layer: choose one'}`);
        const scope = scopeAt(manifest.type === 'update' ? (target ?? wanted) : undefined);
        const result = await install(estate, manifest, {
          scope,
          settings: values,
          envName: values[named] || undefined,
          displayName: values.displayName || undefined,
          region: values.region || undefined,
        });
        return result.notice;
      });
    },
    async openButton(uniqueName, caption) {
      const one = installedAs(estate, uniqueName);
      one.installation.scope = scopeOf(estate, one);
      const opened = await estate.language.openButton(one.installation, caption);
      if (opened === null) throw new Error(`${one.offer.name}: ${caption} has no dialog: press it`);
      if ('failure' in opened) return failed(buttonOf(one, caption).title || caption, opened);
      return show(opened.form, [], (values) => pressed(installedAs(estate, uniqueName), caption, values));
    },
    async press(uniqueName, caption) {
      const one = installedAs(estate, uniqueName);
      if (buttonOf(one, caption).form !== null) throw new Error(`${one.offer.name}: ${caption} has a dialog: open it`);
      return await pressed(one, caption, null).catch((error) => refused(caption, error));
    },
    async submit(id, values, target) {
      const dialog = open.get(id);
      if (dialog === undefined) throw new Error('this dialog is not open any more: open it again');
      const notice = await dialog.submit(values, target).catch((error) => refused('', error));
      if (notice.type === 'success' || notice.type === 'info') open.delete(id);
      return notice;
    },
  };
}
