/** @import { Field } from '../../../contract.ts' */
/** @import { Control } from './form.js' */
import { button, freshId, make } from '../dom.js';

const unlabelled = ['radio-fieldset', 'spacer'];

/**
 * A field with its label, its tooltip, and a place to say what is wrong with it.
 * @param {Field} field
 * @param {Control} control
 */
export function drawRow(field, control) {
  const { widget, labelled } = control;
  const ids = { label: freshId(), tip: freshId(), problem: freshId() };
  const caption = field.caption ?? '';
  const tipText = field.type === 'tooltip' ? undefined : field.tooltip;
  const named = caption !== '' && !field.hideLabel && !unlabelled.includes(field.type);
  const star =
    field.required && control.value() !== undefined && make('span', { class: 'star', 'aria-hidden': 'true' }, '*');
  const about = { id: ids.label, class: 'label', for: labelled?.id };
  const label = named && make(labelled === undefined ? 'span' : 'label', about, caption);
  const tip = tipText !== undefined && make('p', { id: ids.tip, class: 'tip-text', hidden: true }, tipText);
  const problem = make('p', { id: ids.problem, class: 'problem', role: 'alert', hidden: true });

  const target = labelled ?? widget;
  const spoken = labelled !== undefined || control.group !== undefined;
  if (control.group !== undefined) target.setAttribute('role', control.group);
  if (named && labelled === undefined && spoken) target.setAttribute('aria-labelledby', ids.label);
  if (!named && spoken) target.setAttribute('aria-label', caption || field.name || field.type);
  if (spoken) target.setAttribute('aria-describedby', [tip && ids.tip, ids.problem].filter(Boolean).join(' '));

  const head = (label || tip) && make('div', { class: 'head' }, label, label && star, tip && tipButton(caption, tip));
  const kind = { class: `field ${control.beside ? 'beside' : ''}`, 'data-name': field.name, 'data-type': field.type };
  const row = make(
    'div',
    { ...kind, hidden: isHidden(field) },
    ...(control.beside ? [widget, head] : [head, widget]),
    tip,
    problem,
  );
  return {
    row,
    /** @param {string | undefined} text */
    tell(text) {
      problem.textContent = text ?? '';
      problem.hidden = text === undefined;
      target.setAttribute('aria-invalid', String(text !== undefined));
    },
  };
}

/** Whether the user never sees it; it is submitted all the same. @param {Field} field */
export const isHidden = (field) => field.hidden || field.inputType === 'hidden';

/** @param {string} caption @param {HTMLElement} tip */
function tipButton(caption, tip) {
  const about = {
    class: 'tip',
    'aria-label': `About ${caption || 'this field'}`,
    'aria-expanded': 'false',
    'aria-controls': tip.id,
  };
  const show = button(
    '?',
    () => {
      tip.hidden = !tip.hidden;
      show.setAttribute('aria-expanded', String(!tip.hidden));
    },
    { ...about, title: tip.textContent },
  );
  return show;
}
