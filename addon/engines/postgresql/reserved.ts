import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Databases of these names are ours alone: one that is being loaded, and one that was swapped out and is about to be dropped. */
export const SIDE = 'dbbackup_restore_';
export const ASIDE = 'dbbackup_aside_';

/** A regular expression, for PostgreSQL and JavaScript alike, of the names that restores use. */
export const RESERVED = `^(${SIDE}|${ASIDE})[0-9a-f]{12}$`;

/** Whether the name is one that only an interrupted restore can have left. */
export const isReserved = (name: string): boolean => new RegExp(RESERVED).test(name);

/** A fresh pair of names, far below the 63 bytes that PostgreSQL keeps of a name. */
export function freshNames(): { readonly side: string; readonly aside: string } {
  const id = randomBytes(6).toString('hex');
  return { side: SIDE + id, aside: ASIDE + id };
}

const Mark = z.object({ dbbackup: z.enum(['loading', 'swapping', 'aside']), database: z.string() });
/** Comment on a reserved database: what it is, and whose place it takes or had. */
export type Mark = z.infer<typeof Mark>;

/** The mark in a database's comment; undefined where there is none. */
export function markIn(comment: string | null): Mark | undefined {
  if (comment === null || !comment.startsWith('{')) return undefined;
  try {
    return Mark.safeParse(JSON.parse(comment)).data;
  } catch {
    // Somebody else's comment that only looks like ours.
    return undefined;
  }
}
