/** @import { Platform, Task } from '../../contract.ts' */
import { api } from './api.js';
import { follow } from './changes.js';
import { createList, make } from './dom.js';
import { durationOf, localTime } from './words.js';

/** Everything that was done: what ran where, with which parameters, and what came of it. @param {AbortSignal} signal */
export function tasksPage(signal) {
  const none = make('p', { class: 'empty' }, 'Nothing has been done yet.');
  const list = make('div', { class: 'tasks' });
  const show = createList(list, (/** @type {Task} */ { id }) => id, drawTask);
  const loaded = (/** @type {Task[]} */ tasks) => {
    none.hidden = tasks.length > 0;
    show(tasks);
  };
  follow('tasks', api.tasks, loaded, signal);
  return [make('div', { class: 'page-head' }, make('h1', {}, 'Tasks')), none, list];
}

const kinds = { running: 'busy', done: 'good', failed: 'bad' };

/** @param {Task} task */
function drawTask(task) {
  const { id, title, environment, startedAt, state, action, parameters, output } = task;
  const when = make('time', { datetime: startedAt }, localTime(startedAt));
  const summary = make(
    'summary',
    { 'data-key': `task ${id} summary` },
    make('span', { class: `status ${kinds[state]}` }, state),
    make('span', { class: 'task-title' }, title),
    make(
      'span',
      { class: 'quiet facts' },
      make('span', {}, environment ?? 'account'),
      when,
      make('span', {}, durationOf(task)),
    ),
  );
  const parts = Object.entries({ Action: action, Parameters: parameters, Output: output }).flatMap(([caption, text]) =>
    text === ''
      ? []
      : [make('h3', {}, caption), make('pre', { tabindex: '0', 'aria-label': `${caption} of ${title}` }, text)],
  );
  return make('details', { class: 'task', 'data-key': `task ${id}`, 'data-task': id }, summary, ...parts);
}

/** Letters that the platform sent. @param {AbortSignal} signal */
export function mailPage(signal) {
  const none = make('p', { class: 'empty' }, 'No mail has been sent.');
  const list = make('div', { class: 'tasks' });
  let count = 0;
  const loaded = (/** @type {Platform['mail']} */ letters) => {
    none.hidden = letters.length > 0;
    // Letters are only ever added; the newest stands first.
    list.prepend(...letters.slice(count).reverse().map(drawLetter));
    count = letters.length;
  };
  follow('mail', api.mail, loaded, signal);
  return [make('div', { class: 'page-head' }, make('h1', {}, 'Mail')), none, list];
}

/** @param {Platform['mail'][number]} letter */
function drawLetter({ to, subject, body }) {
  const summary = make(
    'summary',
    {},
    make('span', { class: 'task-title' }, subject),
    make('span', { class: 'quiet' }, `to ${to}`),
  );
  return make(
    'details',
    { class: 'task', open: true },
    summary,
    make('pre', { tabindex: '0', 'aria-label': `Letter: ${subject}` }, body),
  );
}
