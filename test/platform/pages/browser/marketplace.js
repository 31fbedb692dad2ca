/** @import { Offer } from '../../contract.ts' */
import { api } from './api.js';
import { drawLogo } from './card.js';
import { follow } from './changes.js';
import { makeField, openForm, showOpened } from './dialog.js';
import { button, createList, freshId, make } from './dom.js';
import { markdown } from './markdown.js';
import { openModal } from './modal.js';

/** What can be installed, found by its words, and a way to bring more. @param {AbortSignal} signal */
export function marketplacePage(signal) {
  const none = make('p', { class: 'empty', role: 'status', hidden: true }, 'Nothing fits.');
  const list = make('div', { class: 'offers' });
  const show = createList(
    list,
    (/** @type {Offer} */ { id }) => id,
    (offer) => drawOffer(offer),
  );
  /** @type {Offer[]} */
  let offers = [];
  const search = make('input', { id: freshId(), type: 'search', placeholder: 'backup', autocomplete: 'off' });
  const draw = () => {
    const found = offers.filter((offer) => fits(offer, search.value));
    none.hidden = found.length > 0;
    show(found);
  };
  search.addEventListener('input', draw);
  const loaded = (/** @type {Offer[]} */ now) => {
    offers = now;
    draw();
  };
  follow('offers', api.offers, loaded, signal);
  const bar = make('div', { class: 'search', role: 'search' }, make('label', { for: search.id }, 'Search'), search);
  const bring = button('Import', openImport, { 'data-key': 'import' });
  return [make('div', { class: 'page-head' }, make('h1', {}, 'Marketplace'), bring), bar, none, list];
}

/** Whether every word is somewhere in the offer. @param {Offer} offer @param {string} words */
function fits({ name, id, short, text, categories }, words) {
  const all = [name, id, short, text, ...categories].join('\n').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** @param {Offer} offer @param {string} [target] */
function drawOffer(offer, target) {
  const { id, name, type, short, text, categories } = offer;
  const install = button(
    'Install',
    () => showOpened(api.openInstall(id, target), { target, forTarget: (other) => api.openInstall(id, other) }),
    {
      class: 'primary',
      'aria-label': `Install ${name}`,
      'data-key': `install ${id}`,
    },
  );
  const more =
    text !== '' &&
    text !== short &&
    make('details', { 'data-key': `about ${id}` }, make('summary', {}, 'About'), markdown(text));
  const kind = make('p', { class: 'quiet' }, [type === 'update' ? 'Add-on' : 'Package', ...categories].join(' · '));
  return make(
    'article',
    { class: 'offer', 'aria-label': name, 'data-offer': id },
    make('div', { class: 'offer-head' }, drawLogo(offer), make('div', {}, make('h2', {}, name), kind)),
    make('p', { class: 'short' }, short),
    more,
    make('div', { class: 'offer-foot' }, install),
  );
}

function openImport() {
  const manifest = makeField('manifest', 'Manifest', {
    type: 'text',
    required: true,
    placeholder: 'https://example.com/manifest.jps.yaml',
    tooltip: 'The address of a manifest, or its whole text in YAML or JSON.',
  });
  openForm({
    title: 'Import a manifest',
    description: 'Puts a manifest on the marketplace: its address, or its text.',
    fields: [manifest],
    submitText: 'Import',
    submit: (values) => api.publish(values.manifest ?? ''),
  });
}

/** The add-ons that may go on one layer. @param {string} target @param {string} title */
export async function openAddons(target, title) {
  const offers = (await api.offers()).filter(({ type }) => type === 'update');
  const cards = offers.map((offer) => drawOffer(offer, target));
  const none = make('p', { class: 'empty' }, 'The marketplace has no add-ons.');
  const list = make('div', { class: 'offers' }, ...(cards.length > 0 ? cards : [none]));
  const modal = openModal({
    title: `Add-ons for ${title}`,
    kind: 'wide',
    content: [list],
    footer: [button('Close', () => modal.close())],
  });
  list.addEventListener('click', ({ target: pressed }) => {
    if (pressed instanceof Element && pressed.closest('.offer-foot button') !== null) modal.close();
  });
}
