import { make } from './dom.js';

/**
 * A menu that opens below its button; Escape, a choice, or leaving it closes it.
 * @param {string} caption
 * @param {string} label
 * @param {string} key
 * @param {readonly HTMLElement[]} entries
 */
export function drawMenu(caption, label, key, entries) {
  const summary = make('summary', { class: 'button', 'aria-label': label, 'data-key': `${key} summary` }, caption);
  const list = make('div', { class: 'menu-list', role: 'group', 'aria-label': label }, ...entries);
  const menu = make('details', { class: 'menu', 'data-key': key }, summary, list);
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) menu.open = false;
  });
  list.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('button, a') !== null) {
      menu.open = false;
      summary.focus();
    }
  });
  return menu;
}

document.addEventListener('pointerdown', ({ target }) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (target instanceof Node && !menu.contains(target)) menu.removeAttribute('open');
  }
});
