import { isMapping, list, mapping } from './mapping.ts';
import { controlOf, isBuiltIn, nameOf } from './names.ts';
import * as table from './table.ts';
import type { Mapping, Unknown } from './types.ts';

/** Path of keys and positions from the top of a document. */
export type Path = readonly (string | number)[];

type Report = (kind: Unknown['kind'], construct: string, path: Path) => void;

interface Check {
  readonly report: Report;
  readonly actions: ReadonlySet<string>;
}

const SKIPPED = 'not played by this stand-in: ';

function step(value: unknown, path: Path, check: Check): void {
  if (typeof value === 'string') actionName(nameOf(value).name, value, path, check);
  else if (isMapping(value)) stepMap(value, path, check);
  else check.report('action', `step ${JSON.stringify(value)}`, path);
}

function stepMap(value: Mapping, path: Path, check: Check): void {
  const keys = Object.keys(value);
  const known = keys.filter((key) => controlOf(key) !== null || isAction(nameOf(key).name, check));
  const owns = known.length > 0;
  for (const key of keys) {
    const control = controlOf(key);
    if (control !== null) steps(value[key], [...path, key], check);
    else if (known.includes(key)) action(key, value, [...path, key], check);
    else if (!owns) actionName(nameOf(key).name, key, [...path, key], check);
    else if (!freeOfSiblings(known, check) && !table.SIBLINGS.includes(key)) check.report('key', key, [...path, key]);
  }
}

const isAction = (name: string, { actions }: Check) => actions.has(name) || isBuiltIn(name) || name.includes('${');

/** Methods, scripts and files take whatever stands beside them as parameters. */
const freeOfSiblings = (known: readonly string[], { actions }: Check) =>
  known.some((key) => !['cmd', 'log', 'sleep', 'set', 'setGlobals'].includes(nameOf(key).name) || actions.has(key));

function actionName(name: string, construct: string, path: Path, check: Check): void {
  if (!isAction(name, check)) check.report('action', construct, path);
  else if (name in table.NOT_PLAYED && !check.actions.has(name)) {
    check.report('action', `${name} (${SKIPPED}${table.NOT_PLAYED[name]})`, path);
  }
}

function action(key: string, within: Mapping, path: Path, check: Check): void {
  const { name } = nameOf(key);
  actionName(name, key, path, check);
  if (check.actions.has(name)) return;
  if (name === 'script' && (within.type ?? mapping(within[key]).type) === 'java') {
    check.report('script', `script of type java (${SKIPPED}scripts run as JavaScript)`, path);
  }
}

function steps(value: unknown, path: Path, check: Check): void {
  if (Array.isArray(value)) for (const [at, one] of value.entries()) step(one, [...path, at], check);
  else if (value !== null && value !== undefined) step(value, path, check);
}

function fields(value: unknown, path: Path, report: Report): void {
  if (isMapping(value) && value.type === undefined && value.name === undefined) {
    for (const [key, one] of Object.entries(value)) fields(one, [...path, key], report);
    return;
  }
  for (const [at, one] of list(value).entries()) {
    const here = Array.isArray(value) ? [...path, at] : path;
    if (!isMapping(one)) {
      report('field type', JSON.stringify(one), here);
      continue;
    }
    const type = one.type ?? 'string';
    if (!table.FIELD_TYPES.includes(String(type))) report('field type', String(type), [...here, 'type']);
    for (const key of Object.keys(one)) {
      if (!table.FIELD_KEYS.includes(key)) report('field property', key, [...here, key]);
    }
    const vtype = one.vtype;
    if (vtype !== undefined && !(String(vtype) in table.VTYPES)) report('field property', `vtype ${vtype}`, here);
    for (const [branch, shown] of Object.entries(mapping(one.showIf)))
      fields(shown, [...here, 'showIf', branch], report);
    if (one.items !== undefined) fields(one.items, [...here, 'items'], report);
  }
}

function form(value: unknown, path: Path, report: Report): void {
  const given = mapping(value);
  for (const key of Object.keys(given)) if (!table.FORM_KEYS.includes(key)) report('key', key, [...path, key]);
  if (given.fields !== undefined) fields(given.fields, [...path, 'fields'], report);
}

function settings(value: unknown, report: Report): void {
  const given = mapping(value);
  const single = Object.keys(given).some((key) => table.FORM_KEYS.includes(key));
  if (single) {
    form(
      Object.fromEntries(Object.entries(given).filter(([key]) => table.FORM_KEYS.includes(key))),
      ['settings'],
      report,
    );
  }
  for (const [id, one] of Object.entries(given)) {
    if (!table.FORM_KEYS.includes(id)) form(one, ['settings', id], report);
  }
}

function buttons(value: unknown, path: Path, check: Check): void {
  for (const [at, one] of list(value).entries()) {
    const button = mapping(one);
    const here = Array.isArray(value) ? [...path, at] : path;
    for (const key of Object.keys(button)) {
      if (!table.BUTTON_KEYS.includes(key)) check.report('button property', key, [...here, key]);
    }
    if (button.action !== undefined)
      actionName(String(button.action), String(button.action), [...here, 'action'], check);
  }
}

/** Goes through a manifest, or a nested add-on, and reports what is not known. `more` names actions from elsewhere. */
export function check(document: Mapping, report: Report, more: readonly string[] = [], at: Path = []): void {
  const actions = new Set([...more, ...Object.keys(mapping(document.actions)).map((name) => nameOf(name).name)]);
  const here: Check = { report, actions };
  for (const [key, value] of Object.entries(document)) {
    const path = [...at, key];
    const { name } = nameOf(key);
    if (table.INIT_KEYS.includes(key)) continue;
    if (/^on[A-Z]/.test(name)) {
      if (table.EVENTS.has(name)) steps(value, path, here);
      else report('event', key, path);
    } else if (!table.TOP_KEYS.includes(key)) report('key', key, path);
    else if (key === 'actions') {
      for (const [action, body] of Object.entries(mapping(value))) steps(body, [...path, action], here);
    } else if (key === 'settings')
      settings(value, (kind, construct, inner) => report(kind, construct, [...at, ...inner]));
    else if (key === 'buttons' || key === 'menu') buttons(value, path, here);
    else if (key === 'addons') {
      for (const [position, addon] of list(value).entries()) {
        check(mapping(addon), report, [...actions], Array.isArray(value) ? [...path, position] : path);
      }
    }
  }
}
