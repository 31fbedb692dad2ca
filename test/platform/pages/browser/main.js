import { environmentsPage } from './environments.js';
import { marketplacePage } from './marketplace.js';
import { followRuns } from './notices.js';
import { mailPage, tasksPage } from './tasks.js';

/** @type {Readonly<Record<string, { title: string, draw: (signal: AbortSignal) => readonly Node[] }>>} */
const pages = {
  '#/environments': { title: 'Environments', draw: environmentsPage },
  '#/marketplace': { title: 'Marketplace', draw: marketplacePage },
  '#/tasks': { title: 'Tasks', draw: tasksPage },
  '#/mail': { title: 'Mail', draw: mailPage },
};

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const runs = /** @type {HTMLElement} */ (document.getElementById('runs'));
let leaving = new AbortController();

/** @param {boolean} first */
function showPage(first) {
  if (location.hash === '#main') return main.focus();
  const address = location.hash in pages ? location.hash : '#/environments';
  const page = pages[address];
  if (page === undefined) return;
  leaving.abort();
  leaving = new AbortController();
  document.title = `${page.title} · Platform`;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === address) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  main.replaceChildren(...page.draw(leaving.signal));
  if (!first) main.focus();
}

addEventListener('hashchange', () => showPage(false));
showPage(true);
followRuns(runs);
