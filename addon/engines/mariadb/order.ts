import type { StoredPart } from '../engine.ts';

const AT_ONCE = 2;
const LOOKS_ELSEWHERE = /ERROR (1146|1049|1356|1305)/;

/** Restores two at once, the largest first. Views may look into databases that are not there yet: theirs have another turn when all others are done. */
export async function inOrder(
  parts: readonly StoredPart[],
  restore: (part: StoredPart) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const waiting = [...parts].sort((one, other) => other.bytes - one.bytes);
  const warnings: string[] = [];
  const early: { readonly part: StoredPart; readonly error: unknown }[] = [];
  let fatal: { readonly error: unknown } | undefined;
  const work = async () => {
    for (let part = waiting.shift(); part !== undefined && fatal === undefined; part = waiting.shift()) {
      try {
        warnings.push(...(await restore(part)));
      } catch (error) {
        if (LOOKS_ELSEWHERE.test(String(error))) early.push({ part, error });
        else fatal ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (fatal !== undefined) throw fatal.error;
  const [first] = early;
  if (first === undefined) return warnings;
  if (parts.length === 1) throw first.error;
  const again = early.map(({ part }) => part);
  // By now the tables of all are there, so that whoever fails in turn fails for good.
  const rest = again.length === parts.length ? await inTurn(again, restore) : await inOrder(again, restore);
  return [...warnings, ...rest];
}

async function inTurn(
  parts: readonly StoredPart[],
  restore: (part: StoredPart) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const part of parts) warnings.push(...(await restore(part)));
  return warnings;
}
