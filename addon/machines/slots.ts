/** A bound on how many of something there are at once. */
export interface Slots {
  /** Waits for a free slot; first come, first served. */
  take(): Promise<void>;
  give(): void;
}

/** As many slots as said, all free. */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    take: () =>
      new Promise((resolve) => {
        if (free === 0) return void waiting.push(resolve);
        free -= 1;
        resolve();
      }),
    give: () => {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}
