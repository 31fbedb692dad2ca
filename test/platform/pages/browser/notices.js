/** @import { Notice } from '../../contract.ts' */
/** @import { Run } from '../run.ts' */
import { api } from './api.js';
import { follow } from './changes.js';
import { button, createList, make } from './dom.js';
import { markdown, plain } from './markdown.js';
import { noModal, openModal } from './modal.js';

const marks = { success: '✓', info: 'i', warning: '!', error: '✕' };

/**
 * Shows what came of an action, until it is closed. The real platform puts the text of an answer into the page as raw HTML. Here entities and
 * line breaks are read as there, and tags are shown as the text that they are: what a manifest forgot to escape is seen and never runs.
 * @param {Notice} notice
 * @param {{ caption: string, act: () => void }} [other] Another way on than to close it.
 * @returns {Promise<void>}
 */
export function showNotice(notice, other) {
  return new Promise((resolve) => {
    const answer = () => plain(notice.text.replaceAll(/<br *\/?>/g, '\n'));
    const text = notice.type === 'success' ? markdown(notice.text) : make('p', { class: 'lines' }, answer());
    const code = notice.type !== 'success' && make('p', { class: 'quiet' }, `Result ${notice.result}`);
    let next = () => {};
    const close = button('Close', () => modal.close(), { class: 'primary', autofocus: true });
    const go = () => {
      next = other?.act ?? next;
      modal.close();
    };
    const modal = openModal({
      title: notice.title || notice.type,
      kind: `notice ${notice.type}`,
      role: notice.type === 'success' ? 'dialog' : 'alertdialog',
      content: [
        make('span', { class: 'mark', 'aria-hidden': 'true' }, marks[notice.type]),
        make('div', {}, text, code || ''),
      ],
      footer: [...(other === undefined ? [] : [button(other.caption, go)]), close],
      closed: () => {
        resolve();
        next();
      },
    });
  });
}

/** @type {Map<string, () => void>} */
const ways = new Map();

/** Offers, should this run fail, a way back to the form that began it. @param {string} run @param {() => void} reopen */
export function offerWayBack(run, reopen) {
  ways.set(run, reopen);
}

/** @type {Set<string>} */
const told = new Set();
let queue = Promise.resolve();

/** @param {Run} run */
async function tell({ id, notice }) {
  await noModal();
  const act = ways.get(id);
  ways.delete(id);
  const failed = notice?.type === 'error' || notice?.type === 'warning';
  if (notice !== null) await showNotice(notice, failed && act ? { caption: 'Back to the form', act } : undefined);
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
