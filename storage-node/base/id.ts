import { randomBytes } from 'node:crypto';

/** An id that sorts by its moment: `20261120T020000Z-3f9a1c`. */
export function timeId(moment: Date): string {
  const stamp = moment.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${stamp}Z-${randomBytes(3).toString('hex')}`;
}
