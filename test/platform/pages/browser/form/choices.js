/** @import { Field } from '../../../contract.ts' */
/** @import { Control, Drawing } from './form.js' */
import { freshId, make } from '../dom.js';

/** @param {Field} field */
const delimiterOf = (field) => field.delimiter ?? ',';

/** @param {Field} field @param {string} value */
const listed = (field, value) => (value === '' ? [] : value.split(delimiterOf(field)).map((part) => part.trim()));

/**
 * A list of one or several choices. Where the value is none of them nothing is chosen: no choice is made for the user.
 * @param {Field} field
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function list(field, drawing) {
  if (field.editable) return editableList(field, drawing);
  const locked = field.disabled || field.readOnly;
  const required = field.required ? 'true' : null;
  const multiple = field.multiple;
  const select = make('select', {
    id: freshId(),
    name: field.name,
    disabled: locked,
    'aria-required': required,
    multiple,
  });
  const read = () =>
    multiple ? [...select.selectedOptions].map(({ value }) => value).join(delimiterOf(field)) : select.value;
  /** @param {Field['values']} values @param {string} value */
  const fill = (values, value) => {
    const chosen = multiple ? listed(field, value) : [value];
    const options = values.map((choice) => make('option', { value: choice.value }, choice.caption));
    for (const option of options) option.selected = chosen.includes(option.value);
    const none = make('option', { value: '' }, field.placeholder || '—');
    select.replaceChildren(...(multiple || options.some(({ selected }) => selected) ? options : [none, ...options]));
    select.size = multiple ? Math.min(Math.max(options.length, 2), 6) : 0;
  };
  fill(field.values, field.value);
  select.addEventListener('change', drawing.changed);
  return {
    widget: select,
    labelled: select,
    value: read,
    chosen: () => listed(field, read()),
    choices: (values) => fill(values, read() || field.value),
  };
}

/** @param {Field} field @param {Drawing} drawing @returns {Control} */
function editableList(field, drawing) {
  const options = make('datalist', { id: freshId() });
  const about = {
    id: freshId(),
    name: field.name,
    list: options.id,
    disabled: field.disabled,
    readonly: field.readOnly,
  };
  const input = make('input', { ...about, type: 'text', autocomplete: 'off', placeholder: field.placeholder });
  /** @type {Field['values']} */
  let known = [];
  /** @param {Field['values']} values */
  const choices = (values) => {
    known = values;
    options.replaceChildren(...values.map(({ value, caption }) => make('option', { value: caption }, value)));
  };
  choices(field.values);
  input.value = known.find(({ value }) => value === field.value)?.caption ?? field.value;
  input.addEventListener('input', drawing.changed);
  const shown = input.value;
  const value = () =>
    input.value === shown ? field.value : (known.find(({ caption }) => caption === input.value)?.value ?? input.value);
  return { widget: make('div', {}, input, options), labelled: input, value, choices };
}

/**
 * Radios, one below the other; each has a slot for the fields that it shows.
 * @param {Field} field
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function radios(field, drawing) {
  const group = freshId();
  /** @type {Map<string, HTMLElement>} */
  const slots = new Map();
  const inputs = field.values.map(({ value }) =>
    make('input', {
      id: freshId(),
      type: 'radio',
      name: group,
      value,
      disabled: field.disabled || field.readOnly,
      change: drawing.changed,
    }),
  );
  const rows = field.values.map(({ value, caption }, position) => {
    const input = /** @type {HTMLInputElement} */ (inputs[position]);
    input.checked = value === field.value;
    const slot = make('div');
    slots.set(value, slot);
    return make('div', { class: 'choice' }, input, make('label', { for: input.id }, caption), slot);
  });
  const widget = make('div', { class: 'choices' }, ...rows);
  return {
    widget,
    group: 'radiogroup',
    slots,
    focus: inputs,
    value: () => inputs.find(({ checked }) => checked)?.value ?? '',
  };
}

/** Boxes that are submitted together, and each by its own name. @param {Field} field @param {Drawing} drawing @returns {Control} */
export function boxes(field, drawing) {
  const ticked = listed(field, field.value);
  const inputs = field.values.map(({ value }) => {
    const input = make('input', {
      id: freshId(),
      type: 'checkbox',
      name: value,
      disabled: field.disabled || field.readOnly,
    });
    input.checked = ticked.includes(value);
    input.addEventListener('change', drawing.changed);
    return input;
  });
  const rows = field.values.map(({ caption }, position) => {
    const input = /** @type {HTMLInputElement} */ (inputs[position]);
    return make('div', { class: 'choice' }, input, make('label', { for: input.id }, caption));
  });
  const value = () =>
    inputs
      .filter(({ checked }) => checked)
      .map(({ name }) => name)
      .join(delimiterOf(field));
  return {
    widget: make('div', { class: 'choices columns' }, ...rows),
    group: 'group',
    focus: inputs,
    value,
    chosen: () => listed(field, value()),
    also: () => Object.fromEntries(inputs.map(({ name, checked }) => [name, String(checked)])),
  };
}
