/** @import { Notice } from '../../contract.ts' */
/** @import { Run } from '../run.ts' */
import { api } from './api.js';
import { follow } from './changes.js';
import { button, createList, make } from './dom.js';
import { markdown } from './markdown.js';
import { noModal, openModal } from './modal.js';

const marks = { success: '✓', info: 'i', warning: '!', error: '✕' };

/**
 * Shows what came of an action, until it is closed. The real platform puts the text of an answer into the page as raw HTML;
 * here all of it is shown as text, so that what a manifest forgot to escape is seen and never runs.
 * @param {Notice} notice
 * @returns {Promise<void>}
 */
export function showNotice(notice) {
  return new Promise((resolve) => {
    const text = notice.type === 'success' ? markdown(notice.text) : make('p', { class: 'lines' }, notice.text);
    const code = notice.type !== 'success' && make('p', { class: 'quiet' }, `Result ${notice.result}`);
    const close = button('Close', () => modal.close(), { class: 'primary', autofocus: true });
    const modal = openModal({
      title: notice.title || notice.type,
      kind: `notice ${notice.type}`,
      role: notice.type === 'success' ? 'dialog' : 'alertdialog',
      content: [
        make('span', { class: 'mark', 'aria-hidden': 'true' }, marks[notice.type]),
        make('div', {}, text, code || ''),
      ],
      footer: [close],
      closed: () => resolve(),
    });
  });
}

/** @type {Set<string>} */
const told = new Set();
let queue = Promise.resolve();

/** @param {Run} run */
async function tell({ id, notice }) {
  await noModal();
  if (notice !== null) await showNotice(notice);
  await api.seen(id);
}

/** Shows what is under way in the given list and, once it has ended, its notice: one after the other, and never over a form. @param {Element} list */
export function followRuns(list) {
  const show = createList(list, (/** @type {Run} */ { id }) => id, drawRun);
  follow('runs', api.runs, (runs) => {
    show(runs.filter(({ notice }) => notice === null));
    for (const run of runs) {
      if (run.notice === null || told.has(run.id)) continue;
      told.add(run.id);
      queue = queue.then(() => tell(run));
    }
  });
}

/** @param {Run} run */
function drawRun({ title, loadingText }) {
  const spinner = make('span', { class: 'spinner', 'aria-hidden': 'true' });
  return make('li', { class: 'run' }, spinner, make('strong', {}, title), make('span', {}, loadingText));
}
