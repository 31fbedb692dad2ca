import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  bareName,
  type Complain,
  type Document,
  fieldsOf,
  formsOf,
  isMapping,
  list,
  mapping,
  stepsOf,
  texts,
} from './document.ts';
import { ACTIONS, EVENTS, SIBLINGS, TOP_KEYS, UNSURE } from './tables.ts';

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** Keys, events and actions that exist, placeholders that have a default and stand for something, files that are there. */
export function checkWiring(root: string, { content }: Document, complain: Complain): void {
  const actions = mapping(content.actions);
  for (const key of Object.keys(content)) {
    const name = bareName(key);
    if (/^on[A-Z]/.test(name) ? !EVENTS.has(name) : !TOP_KEYS.has(key))
      complain(/^on[A-Z]/.test(name) ? 'unknown event' : 'unknown key', key, 'the platform knows no such key');
  }
  for (const { key, beside, where } of stepsOf(content)) {
    const name = bareName(key);
    if (!ACTIONS.has(name) && !(name in actions)) complain('unknown action', where, `there is no action ${name}`);
    for (const other of Object.keys(beside)) {
      if (!SIBLINGS.has(other))
        complain('unknown key', `${where}.${other}`, 'nothing of this name stands beside an action');
    }
    if (name === 'cmd' && mapping(beside).user !== 'root')
      complain('command not by root', where, 'the stack’s own account may do next to nothing');
    if (name === 'script' && isMapping(beside.params)) checkSettingNames(beside.params, where, complain);
  }
  checkPlaceholders({ content, file: '' }, complain);
  for (const file of filesOf(content)) {
    if (!existsSync(join(root, file))) complain('missing file', file, 'there is no such file');
  }
}

/** `settingNames` says which parameters are the user's settings: each must be passed on under its own name. */
function checkSettingNames(params: Readonly<Record<string, unknown>>, where: string, complain: Complain): void {
  if (params.settingNames === undefined) return;
  for (const name of String(params.settingNames).split(',')) {
    if (!String(params[name] ?? '').startsWith(`\${settings.${name}:`))
      complain('setting not passed on', `${where}.params.${name}`, `must be the setting ${name} with a default`);
  }
}

function checkPlaceholders({ content }: Document, complain: Complain): void {
  const names = new Set(
    formsOf(content).flatMap(([name, form]) => fieldsOf(form.fields, name).map(({ field }) => String(field.name))),
  );
  for (const { text, where, isKey } of texts(content)) {
    for (const [, inner = ''] of text.matchAll(PLACEHOLDER)) {
      const [, family = '', key = ''] = /^(\w+)(?:\.(\w+))?/.exec(inner) ?? [];
      if (family === 'settings' && !names.has(key)) complain('unknown setting', where, `no field is named ${key}`);
      if (family === 'globals' && !(key in mapping(content.globals)))
        complain('unknown global', where, `there is no global ${key}`);
      if (!isKey && UNSURE.has(family) && !inner.includes(':'))
        complain('no default', where, `\${${inner}} stays as it is written where nobody knows it`);
    }
  }
}

/** Files that the manifest names, relative to its base. */
function filesOf(content: Document['content']): Set<string> {
  const beside = (value: unknown) => (typeof value === 'string' && /^[\w./-]+\.\w+$/.test(value) ? [value] : []);
  const { description, success } = content;
  const named = [content.logo, content.onBeforeInit, content.onBeforeInstall, ...list(content.mixins)]
    .concat([description, mapping(description).text, success, mapping(success).text, mapping(success).email])
    .concat(formsOf(content).flatMap(([, form]) => [form.onBeforeInit, form.prepopulate]))
    .concat(stepsOf(content).map(({ value }) => value))
    .flatMap(beside);
  const based = texts(content).flatMap(({ text }) => [
    ...text.matchAll(/\$\{(?:globals\.base|baseUrl)\}\/([\w./-]+)/g),
  ]);
  return new Set([...named, ...based.map(([, path = '']) => path)]);
}
