import { button, focusKey, freshId, make } from './dom.js';

/** @type {HTMLDialogElement[]} */
const open = [];
/** @type {Set<(value?: undefined) => void>} */
const whenFree = new Set();

/**
 * Opens a window above the page. Tab stays inside it, Escape closes it, and the focus goes back to where it was.
 * @param {{ title: string, kind?: string, role?: string, content: readonly (Node | string)[], footer: readonly HTMLElement[], closed?: () => void }} about
 */
export function openModal({ title, kind = '', role, content, footer, closed }) {
  const heading = make('h2', { id: freshId() }, title);
  const body = make('div', { class: 'modal-body' }, ...content);
  const foot = make('div', { class: 'modal-foot' }, ...footer);
  const dialog = make('dialog', { class: `modal ${kind}`, 'aria-labelledby': heading.id, role }, heading, body, foot);
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    open.splice(open.indexOf(dialog), 1);
    giveBack(before);
    closed?.();
    for (const wake of whenFree) wake();
    whenFree.clear();
  });
  dialog.addEventListener('keydown', (event) => keepInside(dialog, event));
  document.body.append(dialog);
  open.push(dialog);
  dialog.showModal();
  return { dialog, close: () => dialog.close() };
}

/** Waits until no window is open, so that none comes between a user and a form. @returns {Promise<void>} */
export async function noModal() {
  while (open.length > 0) await new Promise((wake) => whenFree.add(wake));
}

/** @param {Element | null} before */
function giveBack(before) {
  if (!(before instanceof HTMLElement)) return;
  if (before.isConnected) before.focus();
  else if (before.dataset.key !== undefined) focusKey(before.dataset.key);
}

const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/** @param {HTMLDialogElement} dialog @param {KeyboardEvent} event */
function keepInside(dialog, event) {
  if (event.key !== 'Tab') return;
  const stops = [...dialog.querySelectorAll(focusable)].filter((element) => element.checkVisibility());
  const first = stops[0];
  const last = stops.at(-1);
  const next = event.shiftKey ? last : first;
  if (document.activeElement !== (event.shiftKey ? first : last) || !(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

/**
 * Asks before something is done.
 * @param {string} question
 * @param {string} [yes]
 * @returns {Promise<boolean>}
 */
export function confirmed(question, yes = 'Yes') {
  return new Promise((resolve) => {
    let answer = false;
    const agree = button(
      yes,
      () => {
        answer = true;
        modal.close();
      },
      { class: 'primary' },
    );
    const modal = openModal({
      title: 'Confirm',
      kind: 'small',
      role: 'alertdialog',
      content: [make('p', { class: 'lines' }, question)],
      footer: [button('No', () => modal.close()), agree],
      closed: () => resolve(answer),
    });
  });
}
