/** @import { Dialog, Field } from '../../contract.ts' */
/** @import { Opened } from './api.js' */
import { api } from './api.js';
import { button, freshId, make } from './dom.js';
import { createForm } from './form/form.js';
import { markdown } from './markdown.js';
import { confirmed, openModal } from './modal.js';
import { offerWayBack, showNotice } from './notices.js';

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
  return { form, modal };
}

const targetName = ' target';

/**
 * What a dialog is opened with besides itself.
 * @typedef {object} Opening
 * @property {string | undefined} [target] The layer that was chosen for it.
 * @property {Readonly<Record<string, string>>} [values] What its fields begin with, where that is not what it says.
 * @property {(target: string) => Promise<Opened>} [forTarget] Opens it for another layer, on which it may depend.
 */

/** @param {readonly Field[]} fields @param {Readonly<Record<string, string>>} values @returns {Field[]} */
function withValues(fields, values) {
  return fields.map((field) => ({
    ...field,
    value: values[field.name ?? ''] ?? field.value,
    items: withValues(field.items, values),
    showIf: Object.fromEntries(
      Object.entries(field.showIf).map(([value, inner]) => [value, withValues(inner, values)]),
    ),
  }));
}

/**
 * Opens a dialog of the platform's.
 * @param {Dialog} dialog
 * @param {Opening} [opening]
 */
function openDialog(dialog, opening = {}) {
  const { targets } = dialog;
  const chosen =
    targets.find(({ value }) => value === opening.target) ?? (targets.length === 1 ? targets[0] : undefined);
  const about = { type: 'list', required: true, values: targets, value: chosen?.value ?? '' };
  const where = makeField(targetName, 'Install on', about);
  const fields = withValues(dialog.fields, opening.values ?? {});
  const { form, modal } = openForm({
    title: dialog.title,
    description: dialog.description,
    fields: targets.length === 0 ? fields : [where, ...fields],
    submitText: dialog.submitText,
    confirmText: dialog.confirmText,
    submitUnchanged: dialog.submitUnchanged || opening.values !== undefined,
    async submit({ [targetName]: target, ...values }) {
      const run = await api.submit(dialog.id, values, target);
      offerWayBack(run.id, () => openDialog(dialog, { ...opening, target, values }));
    },
  });
  const { forTarget } = opening;
  const select = form.element.querySelector(`[name="${targetName}"]`);
  select?.addEventListener('change', async () => {
    const { [targetName]: target = '' } = form.values();
    if (forTarget === undefined || target === '') return;
    const opened = await forTarget(target);
    if (!select.isConnected) return;
    const { [targetName]: _, ...values } = form.values();
    modal.close();
    if (opened.dialog !== undefined) openDialog(opened.dialog, { target, values, forTarget });
    else if (opened.notice !== undefined) await showNotice(opened.notice);
  });
}

/**
 * Shows what opening something led to: a dialog, or the reason why there is none.
 * @param {Promise<Opened>} opened
 * @param {Opening} [opening]
 */
export async function showOpened(opened, opening) {
  document.body.setAttribute('aria-busy', 'true');
  try {
    const { dialog, notice } = await opened;
    if (dialog !== undefined) openDialog(dialog, opening);
    else if (notice !== undefined) await showNotice(notice);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    await showNotice({ type: 'error', title: 'It could not be opened', text, result: 99 });
  } finally {
    document.body.removeAttribute('aria-busy');
  }
}
