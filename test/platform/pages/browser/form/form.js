/** @import { Field } from '../../../contract.ts' */
import { make } from '../dom.js';
import { problemOf } from './checks.js';
import { boxes, list, radios } from './choices.js';
import { area, line, number, slider, tick, words } from './controls.js';
import { drawRow, isHidden } from './row.js';

/**
 * What the user sees of a field and its value, a string as it will be submitted; undefined where there is nothing to submit.
 * @typedef {object} Control
 * @property {HTMLElement} widget
 * @property {() => string | undefined} value
 * @property {HTMLElement} [labelled] The one element that the label is for.
 * @property {'group' | 'radiogroup'} [group] What it is instead, where there are several.
 * @property {readonly HTMLElement[]} [focus] Those elements.
 * @property {boolean} [beside] Whether its label stands beside it.
 * @property {() => readonly string[]} [chosen] Its values where there may be several.
 * @property {() => Readonly<Record<string, string>>} [also] What is submitted besides.
 * @property {(values: Field['values']) => void} [choices] Gives it other choices.
 * @property {ReadonlyMap<string, HTMLElement>} [slots] Where the fields go that its values show.
 */
/** @typedef {{ changed: () => void }} Drawing */
/** @typedef {{ part: Part | undefined, value: string, parent: Branch | undefined, element: HTMLElement, open: boolean }} Branch */
/** @typedef {{ field: Field, control: Control, branch: Branch | undefined, tell: (problem: string | undefined) => void, told: boolean, choices?: string }} Part */

/** @type {Readonly<Record<string, (field: Field, drawing: Drawing) => Control>>} */
const kinds = {
  string: line,
  envname: line,
  text: area,
  list,
  envlist: list,
  regionlist: list,
  owner: list,
  hostpicker: list,
  popupselector: line,
  dockertags: list,
  nodetags: list,
  checkbox: tick,
  toggle: tick,
  checkboxlist: boxes,
  radiolist: radios,
  'radio-fieldset': radios,
  spinner: number,
  numberpicker: number,
  slider,
  displayfield: words,
  spacer: words,
  tooltip: words,
};

/**
 * The fields of a dialog, alive: what they show and offer follows what is chosen. What is not shown is not submitted.
 * @param {readonly Field[]} fields
 * @param {() => void} [changed]
 */
export function createForm(fields, changed = () => {}) {
  /** @type {Part[]} */
  const parts = [];
  /** @type {Branch[]} */
  const branches = [];
  const drawing = {
    changed() {
      refresh();
      for (const part of parts) if (part.told) check(part);
      changed();
    },
  };

  /** @param {Field} field @param {Branch | undefined} branch @returns {HTMLElement[]} */
  const draw = (field, branch) => {
    const control =
      field.type === 'compositefield'
        ? composite(field, branch)
        : (kinds[field.type]?.(field, drawing) ?? unknown(field));
    const { row, tell } = drawRow(field, control);
    /** @type {Part} */
    const part = { field, control, branch, tell, told: false };
    parts.push(part);
    row.addEventListener('focusout', () => {
      if (!part.told && control.value()) check(part);
    });
    const shown = Object.entries(field.showIf).map(([value, inner]) => {
      /** @type {Branch} */
      const next = { part, value, parent: branch, element: make('div', { class: 'branch' }), open: false };
      branches.push(next);
      next.element.append(...inner.flatMap((one) => draw(one, next)));
      control.slots?.get(value)?.append(next.element);
      return next.element;
    });
    return [row, ...shown.filter((element) => element.parentElement === null)];
  };

  /** @param {Field} field @param {Branch | undefined} branch @returns {Control} */
  const composite = (field, branch) => ({
    widget: make('div', { class: 'composite' }, ...field.items.flatMap((item) => draw(item, branch))),
    group: 'group',
    value: () => undefined,
  });

  /** @param {Part} part */
  const isLive = (part) => part.branch === undefined || part.branch.open;

  /** @param {Branch} branch */
  const isOpen = ({ part, value, parent }) => {
    if (part === undefined || (parent !== undefined && !parent.open)) return false;
    return part.control.chosen?.().includes(value) ?? part.control.value() === value;
  };

  // Outer branches stand before inner ones; a choice that is withdrawn may close a branch that stands before it, hence the second look.
  const refresh = () => {
    for (let round = 0; round < 3; round += 1) {
      for (const branch of branches) {
        branch.open = isOpen(branch);
        branch.element.hidden = !branch.open;
      }
      for (const part of parts) offer(part);
    }
  };

  /** @param {Part} part */
  const offer = (part) => {
    const { dependsOn } = part.field;
    if (dependsOn === undefined) return;
    const other = parts.find((one) => one.field.name === dependsOn.field && isLive(one));
    const values = dependsOn.values[other?.control.value() ?? ''] ?? [];
    const choices = JSON.stringify(values);
    if (choices === part.choices) return;
    part.choices = choices;
    part.control.choices?.(values);
  };

  /** @param {Part} part */
  const check = (part) => {
    const inert = !isLive(part) || isHidden(part.field) || part.field.disabled || part.control.value() === undefined;
    const problem = inert ? undefined : problemOf(part.field, part.control.value());
    part.told = part.told || problem !== undefined;
    part.tell(problem);
    return problem === undefined;
  };

  const values = () => {
    /** @type {Record<string, string>} */
    const submitted = {};
    for (const part of parts) {
      const value = part.control.value();
      // As the platform's own forms: a disabled field is not submitted, a hidden one is.
      if (!isLive(part) || part.field.disabled || value === undefined) continue;
      if (part.field.name !== undefined) submitted[part.field.name] = value;
      Object.assign(submitted, part.control.also?.());
    }
    return submitted;
  };

  const element = make('div', { class: 'form' }, ...fields.flatMap((field) => draw(field, undefined)));
  refresh();
  const initial = JSON.stringify(values());
  return {
    element,
    values,
    isChanged: () => JSON.stringify(values()) !== initial,
    /** Whether all may be submitted; else says at each field what is wrong and goes to the first. */
    isSound() {
      const wrong = parts.filter((part) => !check(part));
      const { control } = wrong[0] ?? {};
      (control?.labelled ?? control?.focus?.[0])?.focus();
      return wrong.length === 0;
    },
  };
}

/** @param {Field} field @returns {Control} */
function unknown(field) {
  return {
    widget: make('div', { class: 'words error' }, `These pages do not know fields of the type ${field.type}.`),
    value: () => field.value,
  };
}
