/**
 * Runs the work for every item, at most `atOnce` at a time, and answers the results in the items' order.
 * The first failure aborts the others; it rejects only after all of them have ended, with that first failure.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      both.throwIfAborted();
      results[index] = await work(items[index] as Item, index, both);
    }
  };
  const lanes = Array.from({ length: atOnce }, () =>
    lane().catch((error: unknown) => {
      failed.abort(error);
    }),
  );
  await Promise.all(lanes);
  both.throwIfAborted();
  return results;
}
