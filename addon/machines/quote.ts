import { AddonError } from '../../storage-node/base/errors.ts';

/**
 * The text as one word of a POSIX shell, whatever is in it.
 * Refuses what no argument can hold: NUL, and halves of surrogate pairs, which would arrive as something else.
 */
export function quote(text: string): string {
  if (text.includes('\0')) throw new AddonError('name-refused', 'text with a NUL byte cannot be given to a program');
  if (!text.isWellFormed())
    throw new AddonError('name-refused', 'text with half a surrogate pair is not valid Unicode');
  return `'${text.replaceAll("'", "'\\''")}'`;
}
