/** @import { Field } from '../../../contract.ts' */
/** @import { Control, Drawing } from './form.js' */
import { freshId, make } from '../dom.js';

/** @param {Field} field */
function common(field) {
  return {
    id: freshId(),
    name: field.name,
    disabled: field.disabled,
    readonly: field.readOnly,
    placeholder: field.placeholder,
    autocomplete: field.inputType === 'password' ? 'new-password' : 'off',
    spellcheck: 'false',
    'aria-required': field.required ? 'true' : null,
  };
}

/**
 * A control of one input. A browser drops what an input cannot show (line breaks, malformed times); untouched, the value stays what it was.
 * @param {Field} field
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {Drawing} drawing
 * @param {HTMLElement} [widget]
 * @returns {Control}
 */
function typed(field, input, drawing, widget = input) {
  input.value = field.value;
  const shown = input.value;
  input.addEventListener('input', drawing.changed);
  return { widget, labelled: input, value: () => (input.value === shown ? field.value : input.value) };
}

const inputTypes = ['password', 'time', 'datetime-local', 'date', 'email', 'url', 'tel'];

/** @param {Field} field @param {Drawing} drawing */
export function line(field, drawing) {
  const type = inputTypes.includes(field.inputType ?? '') ? field.inputType : 'text';
  return typed(field, make('input', { ...common(field), type }), drawing);
}

/** @param {Field} field @param {Drawing} drawing */
export function area(field, drawing) {
  return typed(field, make('textarea', { ...common(field), rows: '4' }), drawing);
}

/** @param {Field} field */
const bounds = ({ min, max, increment }) => ({ min, max, step: increment ?? 'any' });

/** @param {Field} field @param {Drawing} drawing */
export function number(field, drawing) {
  const typing = field.type === 'numberpicker' && !field.editable ? { inputmode: 'numeric' } : {};
  return typed(field, make('input', { ...common(field), ...bounds(field), ...typing, type: 'number' }), drawing);
}

/** @param {Field} field @param {Drawing} drawing */
export function slider(field, drawing) {
  const input = make('input', { ...common(field), ...bounds(field), type: 'range' });
  const output = make('output', { for: input.id });
  const control = typed(field, input, drawing, make('div', { class: 'slider' }, input, output));
  const tell = () => {
    output.textContent = control.value() ?? '';
  };
  input.addEventListener('input', tell);
  tell();
  return control;
}

/** A tick or a switch; whatever is not `true` is off. @param {Field} field @param {Drawing} drawing @returns {Control} */
export function tick(field, drawing) {
  const role = field.type === 'toggle' ? { role: 'switch', class: 'switch' } : {};
  const input = make('input', { id: freshId(), name: field.name, type: 'checkbox', disabled: field.disabled, ...role });
  input.checked = field.value === 'true';
  input.addEventListener('change', drawing.changed);
  // A checkbox has no read-only state of its own.
  if (field.readOnly) input.addEventListener('click', (event) => event.preventDefault());
  return { widget: input, labelled: input, value: () => String(input.checked), beside: true };
}

/** Words, and nothing to submit. On the real platform too, HTML in it shows literally. @param {Field} field @returns {Control} */
export function words(field) {
  const kind = /\b(warning|success|error|info)\b/.exec(field.cls ?? '')?.[1];
  const text = (field.type === 'tooltip' ? field.tooltip : undefined) ?? field.markup ?? field.value;
  return {
    widget: make('div', { class: `words ${kind ?? ''} ${text === '' ? 'space' : ''}` }, text),
    value: () => undefined,
  };
}
