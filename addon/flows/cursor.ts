import { AddonError } from '../../storage-node/base/errors.ts';
import type { Backup } from '../../storage-node/base/words.ts';

type Place = Pick<Backup, 'takenAt' | 'id'>;

/** Where a page of the list ended, as text: it stays good when that backup goes. */
export function cursorOf({ takenAt, id }: Place): string {
  return `${takenAt}_${id}`;
}

/** Reads a cursor, or the id of a backup that exists. Throws `request-invalid`. */
export function readCursor(text: string, find: (id: string) => Place | undefined): Place {
  const [, takenAt, id] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)_(.+)$/s.exec(text) ?? [];
  if (takenAt !== undefined && id !== undefined) return { takenAt, id };
  const named = find(text);
  if (named !== undefined) return named;
  throw new AddonError('request-invalid', `cursor ${JSON.stringify(text)} is none that a list has ended with`, {
    hint: 'give the text that the page before ended with, or the id of a backup.',
  });
}
