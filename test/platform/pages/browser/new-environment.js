import { api } from './api.js';
import { makeField, openForm } from './dialog.js';

const mostLayers = 4;

/** Asks for a new environment: its name, and what each of its layers is made of. */
export async function openCreation() {
  const { nodeKinds } = await api.about();
  const values = nodeKinds.map(({ nodeType, caption }) => ({ value: nodeType, caption }));
  const layer = (/** @type {number} */ position) => {
    const required = position === 1;
    const kind =
      values.length > 0
        ? { type: 'list', values: required ? values : [{ value: '', caption: 'none' }, ...values] }
        : {};
    const count = { type: 'spinner', value: '1', min: 1, max: 9, increment: 1 };
    const items = [
      makeField(`type${position}`, `Type of layer ${position}`, { ...kind, required }),
      makeField(`count${position}`, 'Nodes', count),
    ];
    return makeField(`layer${position}`, `Layer ${position}`, { type: 'compositefield', items });
  };
  const name = {
    regex: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
    regexText: 'Lowercase letters, digits and hyphens.',
    required: true,
  };
  openForm({
    title: 'New environment',
    fields: [
      makeField('name', 'Name', name),
      makeField('displayName', 'Display name'),
      ...Array.from({ length: mostLayers }, (_, position) => layer(position + 1)),
    ],
    submitText: 'Create',
    submit: (submitted) => {
      const nodes = layersOf(
        submitted,
        (nodeType) => nodeKinds.find((kind) => kind.nodeType === nodeType)?.nodeGroup ?? 'cp',
      );
      const displayName = submitted.displayName ? { displayName: submitted.displayName } : {};
      return api.createEnvironment({ name: submitted.name ?? '', ...displayName, nodes });
    },
  });
}

/**
 * The layers that were chosen; a second one of a group gets a number, because a group's name is its own.
 * @param {Readonly<Record<string, string>>} submitted
 * @param {(nodeType: string) => string} groupOf
 */
function layersOf(submitted, groupOf) {
  /** @type {Map<string, number>} */
  const used = new Map();
  return Array.from({ length: mostLayers }, (_, position) => position + 1).flatMap((position) => {
    const nodeType = submitted[`type${position}`] ?? '';
    if (nodeType === '') return [];
    const group = groupOf(nodeType);
    const times = (used.get(group) ?? 0) + 1;
    used.set(group, times);
    return [
      { nodeType, nodeGroup: times === 1 ? group : `${group}${times}`, count: Number(submitted[`count${position}`]) },
    ];
  });
}
