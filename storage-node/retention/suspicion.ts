import { type Fall, fallsBetween, type Held } from './falls.ts';

/** How many good backups are looked at for what is usual. */
export const LOOK_BACK = 10;
/** What fell so often among them is usual: a queue that empties, a cache, sessions. */
const USUAL = 2;
const SHOWN = 5;

/**
 * Why a new backup looks like a loss of data against the last good one, from what to what; empty where it does not. `good` are the
 * good backups before it, newest first: without one there is nothing to compare with.
 */
export function suspicionsOf(present: Held, good: readonly Held[]): string[] {
  const [last] = good;
  if (last === undefined) return [];
  const usual = usualFalls(good.slice(0, LOOK_BACK));
  const falls = fallsBetween(last, present).filter(({ subject }) => !usual.has(subject));
  const words = falls.slice(0, SHOWN).map((fall) => fall.words);
  return falls.length <= SHOWN ? words : [...words, `and ${falls.length - SHOWN} more fell so`];
}

function usualFalls(good: readonly Held[]): Set<string> {
  const seen = new Map<string, number>();
  const former: Fall[] = good.slice(1).flatMap((older, index) => fallsBetween(older, good[index] ?? older));
  for (const { subject } of former) seen.set(subject, (seen.get(subject) ?? 0) + 1);
  return new Set([...seen].flatMap(([subject, times]) => (times >= USUAL ? [subject] : [])));
}
