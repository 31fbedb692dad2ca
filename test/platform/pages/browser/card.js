/** @import { Card, Offer } from '../../contract.ts' */
import { api } from './api.js';
import { showOpened } from './dialog.js';
import { button, make } from './dom.js';
import { drawMenu } from './menu.js';
import { confirmed } from './modal.js';

/** An offer's picture, or its first letter. @param {Offer} offer */
export function drawLogo({ logo, name }) {
  const letter = () =>
    make('span', { class: 'logo letter', 'aria-hidden': 'true' }, (name.trim()[0] ?? '?').toUpperCase());
  if (logo === null) return letter();
  // The platform fetches pictures; a page of its own asks nobody else.
  const src = logo.startsWith('data:') ? logo : `/api/picture?address=${encodeURIComponent(logo)}`;
  const image = make('img', {
    class: 'logo',
    src,
    alt: '',
    width: 48,
    height: 48,
  });
  image.addEventListener('error', () => image.replaceWith(letter()));
  return image;
}

/** An add-on's card on its layer: its buttons, and a menu that takes it away. @param {Card} card */
export function drawCard(card) {
  const { uniqueName, offer, buttons, removable } = card;
  const draw = (/** @type {Card['buttons'][number]} */ one) =>
    one.href === undefined
      ? button(one.caption, () => pressed(card, one), { title: one.title, 'data-key': `${uniqueName} ${one.caption}` })
      : make(
          'a',
          { class: 'button', href: safe(one.href), target: '_blank', rel: 'noopener noreferrer', title: one.title },
          one.caption,
        );
  const uninstall = async () => {
    if (await confirmed(`Uninstall ${offer.name} from ${card.environment}?`, 'Uninstall'))
      await api.uninstall(uniqueName);
  };
  const entries = [
    ...buttons.filter(({ inMenu }) => inMenu).map(draw),
    ...(removable ? [button('Uninstall', uninstall, { class: 'danger', 'data-key': `${uniqueName} uninstall` })] : []),
  ];
  return make(
    'article',
    { class: 'card', 'aria-label': offer.name, 'data-card': uniqueName },
    drawLogo(offer),
    make(
      'div',
      { class: 'card-text' },
      make('h4', {}, offer.name),
      offer.short !== '' && make('p', { class: 'quiet' }, offer.short),
    ),
    make('div', { class: 'card-buttons' }, ...buttons.filter(({ inMenu }) => !inMenu).map(draw)),
    entries.length > 0 && drawMenu('☰', `More for ${offer.name}`, `${uniqueName} menu`, entries),
  );
}

/** @param {string} href */
const safe = (href) => (/^https?:/i.test(href) ? href : null);

/** @param {Card} card @param {Card['buttons'][number]} one */
async function pressed({ uniqueName }, one) {
  if (one.opensDialog) return await showOpened(api.openButton(uniqueName, one.caption));
  if (one.confirmText === null || (await confirmed(one.confirmText))) await api.press(uniqueName, one.caption);
}
