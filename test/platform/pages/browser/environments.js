/** @import { EnvironmentView } from '../../contract.ts' */
import { api } from './api.js';
import { drawCard } from './card.js';
import { follow } from './changes.js';
import { button, createList, make } from './dom.js';
import { drawMenu } from './menu.js';
import { openCreation } from './new-environment.js';
import { environmentActions, layerActions } from './operations.js';
import { statusOf } from './words.js';

/** The environments, each with its layers, nodes and add-ons. @param {AbortSignal} signal */
export function environmentsPage(signal) {
  const none = make(
    'p',
    { class: 'empty' },
    'There is no environment yet. Make one, or install a package that makes its own.',
  );
  const list = make('div', { class: 'environments' });
  const show = createList(list, (/** @type {EnvironmentView} */ { name }) => name, drawEnvironment);
  const loaded = (/** @type {EnvironmentView[]} */ environments) => {
    none.hidden = environments.length > 0;
    show(environments);
  };
  follow('environments', api.environments, loaded, signal);
  const create = button('New environment', openCreation, { class: 'primary', 'data-key': 'new environment' });
  return [make('div', { class: 'page-head' }, make('h1', {}, 'Environments'), create), none, list];
}

/** @param {EnvironmentView} environment */
function drawEnvironment(environment) {
  const { name, displayName, domain, region, groups, layers } = environment;
  const facts = [name, domain, region, ...groups.map((group) => `group ${group}`)].filter((fact) => fact !== '');
  const head = make(
    'div',
    { class: 'environment-head' },
    make(
      'div',
      {},
      make('h2', {}, displayName || name),
      make('p', { class: 'quiet facts' }, ...facts.map((fact) => make('span', {}, fact))),
    ),
    drawStatus(environment.status),
    drawMenu('Actions', `Actions for ${displayName || name}`, `${name} actions`, environmentActions(environment)),
  );
  const about = { class: 'environment', 'aria-label': displayName || name, 'data-environment': name };
  return make('section', about, head, ...layers.map((layer) => drawLayer(environment, layer)));
}

/** @param {number} status */
function drawStatus(status) {
  const { word, kind } = statusOf(status);
  return make('span', { class: `status ${kind}` }, word);
}

/** @param {EnvironmentView} environment @param {EnvironmentView['layers'][number]} layer */
function drawLayer(environment, layer) {
  const label = `${layer.displayName || layer.nodeGroup} of ${environment.displayName || environment.name}`;
  const actions = drawMenu(
    'Layer',
    `Actions for ${label}`,
    `${environment.name} ${layer.nodeGroup} actions`,
    layerActions(environment, layer),
  );
  const title = make('h3', {}, layer.displayName || layer.nodeGroup, ' ', make('small', {}, layer.nodeGroup));
  return make(
    'section',
    { class: 'layer', 'aria-label': label, 'data-layer': layer.nodeGroup },
    make('div', { class: 'layer-head' }, title, actions),
    drawNodes(layer.nodes, label),
    ...layer.cards.map(drawCard),
  );
}

const headings = ['Node', 'Type', 'Version', 'Address', 'State'];

/** @param {EnvironmentView['layers'][number]['nodes']} nodes @param {string} label */
function drawNodes(nodes, label) {
  const rows = nodes.map((node) => {
    const id = make('span', {}, String(node.id), ' ', node.master && make('span', { class: 'badge' }, 'master'));
    const cells = [id, node.nodeType, node.version, node.address, drawStatus(node.status)];
    return make(
      'tr',
      { 'data-node': node.id },
      ...cells.map((cell, position) => make('td', { 'data-label': headings[position] }, cell)),
    );
  });
  const head = make('thead', {}, make('tr', {}, ...headings.map((heading) => make('th', { scope: 'col' }, heading))));
  return make('table', { class: 'nodes', 'aria-label': `Nodes of ${label}` }, head, make('tbody', {}, ...rows));
}
