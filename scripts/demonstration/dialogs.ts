import type { Dialog, Field, Notice } from '../../test/platform/contract.ts';
import { everyField, submitted } from '../../test/platform/language/index.ts';

/** What a user does who changes these fields of a dialog, leaves the others as they are shown, and submits it. */
export function filledIn(dialog: Dialog, changes: Readonly<Record<string, string>>): Record<string, string> {
  const values = submitted(dialog.fields, changes);
  const absent = Object.keys(changes).filter((name) => !(name in values));
  if (absent.length > 0) throw new Error(`the dialog ${dialog.title} shows no field ${absent.join(', ')}`);
  return values;
}

/** The field of this name, wherever it stands in the dialog. */
export function fieldOf(dialog: Dialog, name: string): Field {
  const found = everyField(dialog.fields).find((field) => field.name === name);
  if (found === undefined) throw new Error(`the dialog ${dialog.title} has no field ${name}`);
  return found;
}

/** The dialog that was opened; rejects with what the platform said instead. */
export function opened(answer: Dialog | Notice): Dialog {
  if ('fields' in answer) return answer;
  throw new Error(`${answer.title}: ${answer.text}`);
}

/** Rejects when the platform reports an error. A warning is something to know, and whoever asked looks what has become of it. */
export function accepted(notice: Notice): Notice {
  if (notice.type !== 'error') return notice;
  throw new Error(`${notice.title}: ${notice.text}`);
}
