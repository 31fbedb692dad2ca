/** @import { EnvironmentView, Field, Operation, OperationDetail } from '../../contract.ts' */
import { api } from './api.js';
import { makeField, openForm } from './dialog.js';
import { button } from './dom.js';
import { openAddons } from './marketplace.js';
import { confirmed } from './modal.js';

/** @typedef {EnvironmentView['layers'][number]} Layer */
/** @typedef {Partial<Record<OperationDetail, string>>} Details */

const environmentName = {
  regex: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  regexText: 'Lowercase letters, digits and hyphens.',
  required: true,
};

/** @param {string} key @param {string} caption @param {() => unknown} act @param {string} [kind] */
const entry = (key, caption, act, kind) =>
  button(caption, () => void act(), { class: kind, 'data-key': `${key} ${caption}` });

/** What may be done to an environment. @param {EnvironmentView} environment */
export function environmentActions(environment) {
  const { name, displayName, status } = environment;
  const title = displayName || name;
  const ask = (/** @type {string} */ what, /** @type {Operation} */ operation) => async () => {
    if (await confirmed(`${what} ${title}?`, what)) await api.operate(operation, name);
  };
  const form =
    (/** @type {string} */ what, /** @type {Operation} */ operation, /** @type {() => Promise<Field[]>} */ fields) =>
    async () => {
      openForm({
        title: `${what} ${title}`,
        fields: await fields(),
        submitText: what,
        submit: (values) => api.operate(operation, name, values),
      });
    };
  const clone = async () => [
    makeField('name', 'Name of the clone', { ...environmentName, value: `${name}-clone` }),
    makeField('displayName', 'Display name', { value: `${title} (clone)` }),
  ];
  const transfer = async () => [
    makeField('owner', 'New owner', { vtype: 'email', required: true, placeholder: 'user@example.com' }),
  ];
  const running = status !== 2;
  return [
    running ? entry(name, 'Stop', ask('Stop', 'stop')) : entry(name, 'Start', () => api.operate('start', name)),
    entry(name, 'Restart', ask('Restart', 'restart')),
    entry(name, 'Clone', form('Clone', 'clone', clone)),
    entry(name, 'Transfer', form('Transfer', 'transfer', transfer)),
    entry(
      name,
      'Migrate',
      form('Migrate', 'migrate', async () => [await regionField()]),
    ),
    entry(name, 'Delete', ask('Delete', 'delete'), 'danger'),
  ];
}

async function regionField() {
  const { regions } = await api.about();
  const values = regions.map((region) => ({ value: region, caption: region }));
  return makeField('region', 'Region', { type: regions.length > 0 ? 'list' : 'string', values, required: true });
}

/** What may be done to a layer. @param {EnvironmentView} environment @param {Layer} layer */
export function layerActions(environment, layer) {
  const { nodeGroup } = layer;
  const title = `${layer.displayName || nodeGroup} of ${environment.displayName || environment.name}`;
  const key = `${environment.name} ${nodeGroup}`;
  const act = (/** @type {Operation} */ operation, /** @type {Details} */ details = {}) =>
    api.operate(operation, environment.name, { nodeGroup, ...details });
  const form = (/** @type {string} */ what, /** @type {Operation} */ operation, /** @type {Field[]} */ fields) => () =>
    openForm({ title: `${what}: ${title}`, fields, submitText: what, submit: (values) => act(operation, values) });
  const restart = async () => {
    if (await confirmed(`Restart ${title}?`, 'Restart')) await act('restart');
  };
  const count = (/** @type {string} */ caption, /** @type {number} */ max) =>
    makeField('count', caption, { type: 'spinner', value: '1', min: 1, max, increment: 1, required: true });
  const password = makeField('password', 'New password', { inputType: 'password', required: true });
  const tag = makeField('tag', 'Version', { value: layer.nodes[0]?.version ?? '', required: true });
  return [
    entry(key, 'Add-ons', () => openAddons(`${environment.name}/${nodeGroup}`, title)),
    entry(key, 'Restart', restart),
    entry(key, 'Redeploy', form('Redeploy', 'redeploy', [tag])),
    entry(key, 'Scale out', form('Scale out', 'scale-out', [count('Nodes to add', 10)])),
    ...(layer.nodes.length > 1
      ? [entry(key, 'Scale in', form('Scale in', 'scale-in', [count('Nodes to remove', layer.nodes.length - 1)]))]
      : []),
    entry(key, 'Reset password', form('Reset password', 'reset-password', [password])),
  ];
}
