/** @import { Field } from '../../../contract.ts' */

const domain = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+';

/** What a vtype accepts, and what is said where its field has no words of its own. */
/** @type {Readonly<Record<string, { test: RegExp, text: string }>>} */
const vtypes = {
  alpha: { test: /^[a-zA-Z_]+$/, text: 'Only letters and _ are allowed.' },
  alphanum: { test: /^[a-zA-Z0-9_]+$/, text: 'Only letters, digits and _ are allowed.' },
  email: {
    test: /^[^\s@<>"'(),;:]+@[^\s@<>"'(),;:.]+(\.[^\s@<>"'(),;:.]+)+$/,
    text: 'This must be an address like user@example.com.',
  },
  extdomain: { test: new RegExp(`^${domain}$`, 'i'), text: 'This must be a domain like example.com.' },
  domainlist: {
    test: new RegExp(`^${domain}(?:[\\s,;]+${domain})*[\\s,;]*$`, 'i'),
    text: 'These must be domains like example.com.',
  },
  URL: { test: /^(?:https?|ftp):\/\/[^\s/?#]+[^\s]*$/i, text: 'This must be an address like https://example.com/.' },
};

/** @type {Readonly<Record<string, { test: RegExp, text: string }>>} */
const inputTypes = {
  time: { test: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, text: 'This must be a time like 09:00.' },
  'datetime-local': { test: /^\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/, text: 'This must be a date and a time.' },
};

const numbers = ['spinner', 'numberpicker', 'slider'];

/**
 * What is wrong with a field's value, in words for the user; undefined where nothing is.
 * @param {Field} field
 * @param {string | undefined} value
 */
export function problemOf(field, value) {
  if (value === undefined || value === '') return field.required ? 'This is required.' : undefined;
  if (field.required && field.type === 'checkbox' && value === 'false') return 'This must be ticked.';
  return (
    wrongPattern(field, value) ?? wrongKind(field, value) ?? wrongNumber(field, value) ?? wrongChoice(field, value)
  );
}

/** @param {Field} field @param {string} value */
function wrongPattern({ regex, regexText }, value) {
  if (regex === undefined) return undefined;
  try {
    return new RegExp(regex).test(value) ? undefined : regexText || 'This has not the form that is asked for.';
  } catch {
    // Nothing can fit; that is the manifest's fault, and it says so.
    return `The manifest's regular expression is not valid: ${regex}`;
  }
}

/** @param {Field} field @param {string} value */
function wrongKind({ vtype, vtypeText, inputType }, value) {
  const kind =
    vtype === undefined ? undefined : (vtypes[vtype] ?? { test: /$^/, text: `The vtype ${vtype} is not known.` });
  if (kind !== undefined && !kind.test.test(value)) return vtypeText || kind.text;
  const input = inputTypes[inputType ?? ''];
  return input !== undefined && !input.test.test(value) ? input.text : undefined;
}

/** @param {Field} field @param {string} value */
function wrongNumber({ type, min, max }, value) {
  if (!numbers.includes(type)) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number) || value.trim() === '') return 'This must be a number.';
  if (min !== undefined && number < min) return `This must be at least ${min}.`;
  return max !== undefined && number > max ? `This must be at most ${max}.` : undefined;
}

/** A choice that is not on its list can only come from the manifest. @param {Field} field @param {string} value */
function wrongChoice({ type, values, dependsOn, editable, multiple }, value) {
  if (type !== 'list' || editable || multiple || dependsOn !== undefined || values.length === 0) return undefined;
  return values.some((choice) => choice.value === value) ? undefined : 'Choose one of the list.';
}
