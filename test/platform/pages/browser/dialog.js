/** @import { Dialog, Field } from '../../contract.ts' */
/** @import { Opened } from './api.js' */
import { api } from './api.js';
import { button, freshId, make } from './dom.js';
import { createForm } from './form/form.js';
import { markdown } from './markdown.js';
import { confirmed, openModal } from './modal.js';
import { showNotice } from './notices.js';

/** @type {Field} */
const plain = {
  type: 'string',
  value: '',
  required: false,
  hidden: false,
  disabled: false,
  readOnly: false,
  hideLabel: false,
  values: [],
  showIf: {},
  items: [],
  multiple: false,
  editable: false,
};

/**
 * A field of the pages' own dialogs.
 * @param {string} name
 * @param {string} caption
 * @param {Partial<Field>} [more]
 * @returns {Field}
 */
export function makeField(name, caption, more = {}) {
  return { ...plain, name, caption, ...more };
}

/**
 * Opens a form in a window; what is submitted closes it.
 * @param {object} about
 * @param {string} about.title
 * @param {string} [about.description]
 * @param {readonly Field[]} about.fields
 * @param {string} about.submitText
 * @param {string | null} [about.confirmText]
 * @param {boolean} [about.submitUnchanged]
 * @param {(values: Record<string, string>) => Promise<unknown>} about.submit
 */
export function openForm({
  title,
  description = '',
  fields,
  submitText,
  confirmText = null,
  submitUnchanged = true,
  submit,
}) {
  const trouble = make('p', { class: 'problem', role: 'alert', hidden: true });
  const form = createForm(fields, () => rule());
  const id = freshId();
  const send = make('button', { type: 'submit', form: id, class: 'primary' }, submitText);
  const whyNot = make('p', { class: 'quiet' }, 'Nothing is changed yet.');
  const rule = () => {
    send.disabled = !submitUnchanged && !form.isChanged();
    whyNot.hidden = !send.disabled;
  };
  rule();
  const element = make('form', { id, novalidate: true, autocomplete: 'off' }, form.element, whyNot, trouble);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (send.disabled || !form.isSound()) return;
    const values = form.values();
    if (confirmText !== null && !(await confirmed(confirmText))) return;
    send.disabled = true;
    try {
      await submit(values);
      modal.close();
    } catch (error) {
      trouble.textContent = error instanceof Error ? error.message : String(error);
      trouble.hidden = false;
      send.disabled = false;
    }
  });
  const modal = openModal({
    title,
    content: [...(description === '' ? [] : [markdown(description)]), element],
    footer: [button('Cancel', () => modal.close()), send],
  });
  const first = element.querySelector(
    'input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)',
  );
  if (first instanceof HTMLElement) first.focus();
  return modal;
}

const targetName = ' target';

/**
 * Opens a dialog of the platform's.
 * @param {Dialog} dialog
 * @param {string} [target] The layer that it was opened for.
 */
export function openDialog(dialog, target) {
  const value = dialog.targets.some((one) => one.value === target)
    ? target
    : dialog.targets.length === 1
      ? dialog.targets[0]?.value
      : '';
  const where = makeField(targetName, 'Install on', {
    type: 'list',
    required: true,
    values: dialog.targets,
    value: value ?? '',
  });
  return openForm({
    title: dialog.title,
    description: dialog.description,
    fields: dialog.targets.length === 0 ? dialog.fields : [where, ...dialog.fields],
    submitText: dialog.submitText,
    confirmText: dialog.confirmText,
    submitUnchanged: dialog.submitUnchanged,
    submit: ({ [targetName]: chosen, ...values }) => api.submit(dialog.id, values, chosen),
  });
}

/**
 * Shows what opening something led to: a dialog, or the reason why there is none.
 * @param {Promise<Opened>} opening
 * @param {string} [target]
 */
export async function showOpened(opening, target) {
  document.body.setAttribute('aria-busy', 'true');
  try {
    const { dialog, notice } = await opening;
    if (dialog !== undefined) openDialog(dialog, target);
    else if (notice !== undefined) await showNotice(notice);
  } catch (error) {
    await showNotice({
      type: 'error',
      title: 'It could not be opened',
      text: error instanceof Error ? error.message : String(error),
      result: 99,
    });
  } finally {
    document.body.removeAttribute('aria-busy');
  }
}
