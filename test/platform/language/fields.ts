import type { Field } from '../contract.ts';
import { booleanOf, isMapping, list, localised, mapping, numberOf, textOf } from './mapping.ts';
import type { Mapping } from './types.ts';

type Choice = Field['values'][number];

/** Types that show something and are never submitted. */
export const SHOWN_ONLY: readonly string[] = ['displayfield', 'spacer', 'tooltip'];
const ALIASES: Readonly<Record<string, string>> = {
  'number-picker': 'numberpicker',
  'host-picker': 'hostpicker',
  'popup-selector': 'popupselector',
  dockertag: 'dockertags',
};
const SWITCHES = ['checkbox', 'toggle'];

/** Choices from a map `{value: caption}` or an ordered list; a text where choices should be has none. */
export function choicesOf(values: unknown, locale?: string, ofBoxes = false): Choice[] {
  if (isMapping(values)) {
    return Object.entries(values).map(([value, caption]) => ({ value, caption: captionOf(caption, locale) }));
  }
  return (Array.isArray(values) ? values : []).map((one): Choice => {
    if (!isMapping(one)) return { value: textOf(one), caption: textOf(one) };
    const value = textOf(ofBoxes ? (one.name ?? one.value) : (one.value ?? one.name));
    return { value, caption: localised(one.caption ?? one.value ?? one.name, locale) };
  });
}

const captionOf = (caption: unknown, locale?: string) =>
  isMapping(caption) && 'caption' in caption ? localised(caption.caption, locale) : localised(caption, locale);

function startOf(raw: Mapping, type: string, locale?: string): string {
  if (SWITCHES.includes(type)) return String(booleanOf(raw.value ?? raw.default, false));
  if (type === 'checkboxlist') {
    const ticked = list(raw.values).filter((one) => booleanOf(mapping(one).value, false));
    return ticked.map((one) => textOf(mapping(one).name)).join(textOf(raw.delimiter ?? ','));
  }
  if (SHOWN_ONLY.includes(type)) return '';
  const given = raw.default ?? raw.value;
  if (given !== undefined && given !== null) return localised(given, locale);
  if (type === 'spinner' || type === 'numberpicker' || type === 'slider') return textOf(raw.min);
  return '';
}

function shownBy(showIf: unknown, locale?: string): Field['showIf'] {
  return Object.fromEntries(Object.entries(mapping(showIf)).map(([value, shown]) => [value, fieldsOf(shown, locale)]));
}

/** `dependsOn: {field: {value: choices}}`. As a plain text it names a field that the platform itself watches: nothing to choose by. */
function dependence(given: unknown, locale?: string): Pick<Field, 'dependsOn'> {
  const [field, byValue] = Object.entries(mapping(given))[0] ?? [];
  if (field === undefined) return {};
  const values = Object.entries(mapping(byValue)).map(([value, choices]) => [value, choicesOf(choices, locale)]);
  return { dependsOn: { field, values: Object.fromEntries(values) } };
}

const text = <Key extends string>(key: Key, value: unknown, locale?: string) =>
  (value === undefined || value === null ? {} : { [key]: localised(value, locale) }) as { [K in Key]?: string };
const number = <Key extends string>(key: Key, value: unknown) => {
  const found = numberOf(value);
  return (found === undefined ? {} : { [key]: found }) as { [K in Key]?: number };
};
const tooltipOf = (given: unknown) => (isMapping(given) && 'text' in given ? given.text : given);

/** One field of a form, ready to be shown. */
export function fieldOf(raw: Mapping, locale?: string): Field {
  const type = ALIASES[textOf(raw.type)] ?? textOf(raw.type ?? 'string');
  const input = type === 'string' && raw.inputType !== undefined ? { inputType: textOf(raw.inputType) } : {};
  return {
    type,
    ...text('name', raw.name),
    ...text('caption', raw.caption, locale),
    value: startOf(raw, type, locale),
    ...text('placeholder', raw.placeholder, locale),
    // The platform takes a field as required unless it says otherwise.
    required:
      !SHOWN_ONLY.includes(type) &&
      !SWITCHES.includes(type) &&
      type !== 'compositefield' &&
      booleanOf(raw.required, true),
    hidden: booleanOf(raw.hidden, false) || raw.inputType === 'hidden',
    disabled: booleanOf(raw.disabled, false),
    readOnly: booleanOf(raw.readOnly, false),
    hideLabel: booleanOf(raw.hideLabel, false) || type === 'radio-fieldset',
    ...text('tooltip', tooltipOf(raw.tooltip), locale),
    ...text('markup', raw.markup ?? (type === 'tooltip' ? raw.text : undefined), locale),
    ...text('cls', raw.cls),
    ...input,
    ...text('regex', raw.regex),
    ...text('regexText', raw.regexText, locale),
    ...text('vtype', raw.vtype),
    ...text('vtypeText', raw.vtypeText, locale),
    values: choicesOf(raw.values, locale, type === 'checkboxlist'),
    ...dependence(raw.dependsOn, locale),
    showIf: shownBy(raw.showIf, locale),
    items: fieldsOf(raw.items, locale),
    ...number('min', raw.min),
    ...number('max', raw.max),
    ...number('increment', raw.increment),
    multiple: booleanOf(raw.multiSelect, false) || type === 'checkboxlist',
    ...text('delimiter', raw.delimiter),
    // Editable, and yet only what is there: that is a list in which one may type to find.
    editable: booleanOf(raw.editable, false) && !booleanOf(raw.forceSelection, false),
  };
}

/** All fields of a list; of a map, its values in their order. */
export function fieldsOf(given: unknown, locale?: string): Field[] {
  const all =
    isMapping(given) && given.type === undefined && given.name === undefined ? Object.values(given) : list(given);
  return all.filter(isMapping).map((raw) => fieldOf(raw, locale));
}
