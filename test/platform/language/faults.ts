import type { Field } from '../contract.ts';
import { SHOWN_ONLY } from './fields.ts';
import { VTYPES } from './table.ts';

/** What is wrong with the value of a field. */
export interface Fault {
  readonly field: string;
  readonly message: string;
}

type Values = Readonly<Record<string, string>>;

const fieldValue = (field: Field, values: Values) =>
  (field.name === undefined ? undefined : values[field.name]) ?? field.value;

/** The fields that are shown with these values: of two of one name, the one whose branch is shown. */
export function shownFields(fields: readonly Field[], values: Values): Field[] {
  return fields.flatMap((field) => {
    if (field.type === 'compositefield') return shownFields(field.items, values);
    const branch = field.showIf[fieldValue(field, values)] ?? [];
    return [field, ...shownFields(branch, values)];
  });
}

/** Choices of a list, by the field that it depends on where it does. */
export function choicesFor(field: Field, values: Values): Field['values'] {
  if (field.dependsOn === undefined) return field.values;
  return field.dependsOn.values[values[field.dependsOn.field] ?? ''] ?? field.values;
}

const CHOSEN = ['list', 'radiolist', 'radio-fieldset', 'envlist', 'regionlist'];
const COUNTED = ['spinner', 'numberpicker', 'slider'];

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return false; // no expression at all: the platform's dialog never lets such a value pass
  }
}

function faultOf(field: Field, values: Values): string | null {
  const value = fieldValue(field, values);
  if (value.trim() === '') return field.required ? 'This field is required' : null;
  if (CHOSEN.includes(field.type) && !field.editable) {
    const choices = choicesFor(field, values).map((choice) => choice.value);
    const strange = (field.multiple ? value.split(field.delimiter ?? ',') : [value]).find(
      (one) => !choices.includes(one),
    );
    if (strange !== undefined) return `${strange} is not one of the choices`;
  }
  if (field.multiple) {
    const many = value.split(field.delimiter ?? ',').filter((one) => one !== '').length;
    if (field.min !== undefined && many < field.min) return `Choose at least ${field.min}`;
    if (field.max !== undefined && many > field.max) return `Choose at most ${field.max}`;
  }
  if (COUNTED.includes(field.type)) {
    const number = Number(value);
    if (!Number.isFinite(number)) return `${value} is not a number`;
    if (field.min !== undefined && number < field.min) return `The minimum value is ${field.min}`;
    if (field.max !== undefined && number > field.max) return `The maximum value is ${field.max}`;
  }
  if (field.regex !== undefined && !matches(field.regex, value)) return field.regexText ?? 'The value is not valid';
  const form = field.vtype === undefined ? undefined : VTYPES[field.vtype];
  return form === undefined || form.test(value) ? null : (field.vtypeText ?? `The value is no ${field.vtype}`);
}

/** Which of the fields that are shown hold a value that the dialog does not let pass, and why. */
export function faultsOf(fields: readonly Field[], given: Values): Fault[] {
  const shown = shownFields(fields, given);
  const starts = shown.filter(({ name }) => name !== undefined).map((field) => [field.name, field.value] as const);
  const values: Values = { ...Object.fromEntries(starts), ...given };
  return shown.flatMap((field): Fault[] => {
    // What nobody can see, nobody can put right.
    if (field.name === undefined || field.disabled || field.hidden || SHOWN_ONLY.includes(field.type)) return [];
    const message = faultOf(field, values);
    return message === null ? [] : [{ field: field.name, message }];
  });
}

/** What the dialog submits: the value of each shown field as text. Of hidden branches, nothing. */
export function submitted(fields: readonly Field[], values: Values): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const field of shownFields(fields, values)) {
    if (field.name === undefined || field.disabled || SHOWN_ONLY.includes(field.type)) continue;
    const value = fieldValue(field, values);
    sent[field.name] = value;
    if (field.type !== 'checkboxlist') continue;
    for (const choice of field.values)
      sent[choice.value] = String(value.split(field.delimiter ?? ',').includes(choice.value));
  }
  return sent;
}

/** All fields of a form, in all branches. */
export function everyField(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => [
    field,
    ...everyField(field.items),
    ...Object.values(field.showIf).flatMap(everyField),
  ]);
}

/** Names of all fields of a form, in all branches. */
export function namesOf(fields: readonly Field[]): string[] {
  return everyField(fields).flatMap(({ name }) => (name === undefined ? [] : [name]));
}
