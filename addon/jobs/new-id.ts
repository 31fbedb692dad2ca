import type { Clock } from '../../storage-node/base/clock.ts';
import { timeId } from '../../storage-node/base/id.ts';

/** Makes ids of the present moment, none of them twice, however many are asked for in one second. */
export function idSource(clock: Clock): () => string {
  const ofThisSecond = new Set<string>();
  let second = 0;
  return () => {
    const now = clock();
    const present = Math.floor(now.getTime() / 1_000);
    if (present !== second) ofThisSecond.clear();
    second = present;
    let id = timeId(now);
    while (ofThisSecond.has(id)) id = timeId(now);
    ofThisSecond.add(id);
    return id;
  };
}
