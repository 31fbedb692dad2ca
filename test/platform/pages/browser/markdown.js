/** @import { MarkedToken, Token, Tokens } from '/vendor/marked.js' */
import { lexer } from '/vendor/marked.js';
import { make } from './dom.js';

/**
 * Shows Markdown. Elements are made from its tokens alone: raw HTML in it is shown as the text that it is.
 * @param {string} source
 */
export function markdown(source) {
  return make('div', { class: 'markdown' }, ...blocks(lexer(source)));
}

/** @param {readonly Token[] | undefined} tokens */
function blocks(tokens) {
  return (tokens ?? []).flatMap((token) => draw(/** @type {MarkedToken} */ (token)));
}

/** @type {Readonly<Record<string, string>>} */
const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** What a browser reads where HTML says this, its tags aside. @param {string} text */
export function plain(text) {
  return text.replace(/&(?:#(\d{1,6})|([a-z]+));/g, (whole, code, named) =>
    code === undefined ? (entities[named] ?? whole) : String.fromCodePoint(Math.min(Number(code), 0x10ffff)),
  );
}

/**
 * Only what leads to a page or to a letter is a link.
 * @param {string} href
 * @param {readonly (Node | string)[]} content
 */
function link(href, content) {
  if (!/^(?:https?:|mailto:)/i.test(href)) return make('span', {}, ...content);
  return make('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...content);
}

/** @param {Tokens.Table} table */
function drawTable(table) {
  const cells = (/** @type {'th' | 'td'} */ tag, /** @type {Tokens.TableCell[]} */ row) =>
    make('tr', {}, ...row.map((cell) => make(tag, {}, ...blocks(cell.tokens))));
  return make(
    'div',
    { class: 'scroll', tabindex: '0' },
    make(
      'table',
      {},
      make('thead', {}, cells('th', table.header)),
      make('tbody', {}, ...table.rows.map((row) => cells('td', row))),
    ),
  );
}

/** @param {Tokens.List} list */
function drawList(list) {
  const items = list.items.map((item) => make('li', {}, ...blocks(item.tokens)));
  return list.ordered ? make('ol', { start: list.start || 1 }, ...items) : make('ul', {}, ...items);
}

/** @param {MarkedToken} token @returns {readonly (Node | string)[]} */
function draw(token) {
  switch (token.type) {
    case 'space':
    case 'def':
      return [];
    case 'heading':
      // Below the titles of the page and of the dialog.
      return [make(token.depth === 1 ? 'h3' : token.depth === 2 ? 'h4' : 'h5', {}, ...blocks(token.tokens))];
    case 'paragraph':
      return [make('p', {}, ...blocks(token.tokens))];
    case 'blockquote':
      return [make('blockquote', {}, ...blocks(token.tokens))];
    case 'list':
      return [drawList(token)];
    case 'table':
      return [drawTable(token)];
    case 'code':
      return [make('pre', { tabindex: '0' }, make('code', {}, token.text))];
    case 'codespan':
      return [make('code', {}, token.text)];
    case 'strong':
    case 'em':
    case 'del':
      return [make(token.type, {}, ...blocks(token.tokens))];
    case 'link':
      return [link(token.href, blocks(token.tokens))];
    case 'image':
      return [link(token.href, [token.text || token.href])];
    case 'br':
      return [make('br')];
    case 'hr':
      return [make('hr')];
    case 'checkbox':
      return [token.checked ? '☑ ' : '☐ '];
    case 'escape':
      return [token.text];
    case 'text':
      return 'tokens' in token && token.tokens !== undefined ? blocks(token.tokens) : [plain(token.text)];
    default:
      return [token.raw];
  }
}
