import type { StorageSample } from '../../storage-node/index.ts';
import type { Happening } from '../notify/happening.ts';
import { happeningOf, raise, settle } from './troubles.ts';
import type { Watching } from './watching.ts';

const HOUR_MS = 3_600_000;
const KEPT_MS = 14 * 24 * HOUR_MS;
const GROWTH_MS = 7 * 24 * HOUR_MS;
/** A shorter history says nothing of days. */
const SHORTEST_MS = 6 * HOUR_MS;
/** So far below the threshold is there room again: a storage that wavers around it is told of once. */
const RELIEF_PERCENT = 5;

/** How much room the storage has, and how long that lasts. */
export interface StorageRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Of the last seven days; null while too little is known. */
  readonly growthBytesPerDay: number | null;
  /** At that growth; null where it is unknown or does not grow. */
  readonly fullInSeconds: number | null;
}

/** Bytes a day, as the straight line that fits best says. Pure. */
export function growthOf(samples: readonly StorageSample[], now: Date): number | null {
  const points = samples
    .map(({ takenAt, usedBytes }) => ({ days: (Date.parse(takenAt) - now.getTime()) / (24 * HOUR_MS), usedBytes }))
    .filter(({ days }) => days <= 0 && days >= -GROWTH_MS / (24 * HOUR_MS));
  const [first, latest] = [points[0], points.at(-1)];
  if (first === undefined || latest === undefined) return null;
  if ((latest.days - first.days) * 24 * HOUR_MS < SHORTEST_MS) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const middle = mean(points.map(({ days }) => days));
  const level = mean(points.map(({ usedBytes }) => usedBytes));
  const spread = points.reduce((sum, { days }) => sum + (days - middle) ** 2, 0);
  return points.reduce((sum, { days, usedBytes }) => sum + (days - middle) * (usedBytes - level), 0) / spread;
}

/** The storage's room as it stands. */
export async function storageRoom({ rooms }: Pick<Watching, 'rooms'>): Promise<StorageRoom> {
  const { freeBytes, totalBytes } = await rooms.storage.space();
  const growth = growthOf(rooms.storage.watch.samples(), rooms.clock());
  const fullInSeconds = growth === null || growth <= 0 ? null : (freeBytes / growth) * 24 * 3600;
  return { freeBytes, totalBytes, growthBytesPerDay: growth, fullInSeconds };
}

/** Takes a sample each hour, and tells when the storage is nearly full, again while that lasts, and when it has room again. */
export async function watchStorage(watching: Watching): Promise<void> {
  const { watch } = watching.rooms.storage;
  const now = watching.rooms.clock();
  const room = await storageRoom(watching);
  sample(watching, room, now);
  const usedPercent = (1 - room.freeBytes / Math.max(1, room.totalBytes)) * 100;
  const { storageWarnPercent, remindEveryHours } = watching.policy;
  const former = watch.alert('', 'storage');
  watch.atomically(() => {
    if (usedPercent >= storageWarnPercent) {
      if (former !== undefined && Math.abs(now.getTime() - Date.parse(former.toldAt)) < remindEveryHours * HOUR_MS)
        return;
      raise(watching, '', 'storage', {});
      const alert = watch.alert('', 'storage');
      if (alert === undefined) return;
      const next =
        former === undefined ? alert : { ...alert, reminders: alert.reminders + 1, toldAt: now.toISOString() };
      watch.saveAlert(next);
      watching.news.tell({ ...happeningOf(next, now), storage: room }, null);
    } else if (former !== undefined && usedPercent < storageWarnPercent - RELIEF_PERCENT) {
      const since = settle(watching, '', ['storage']);
      watching.news.tell(relief(now, since ?? now.toISOString(), room), null);
    }
  });
}

function relief(now: Date, since: string, storage: StorageRoom): Happening {
  const at = now.toISOString();
  return { event: 'storage.relieved', key: `storage ${since}`, at, environment: null, since, storage };
}

function sample({ rooms }: Watching, { freeBytes, totalBytes }: StorageRoom, now: Date): void {
  const { watch } = rooms.storage;
  const latest = watch.samples().at(-1);
  if (latest !== undefined && Math.abs(now.getTime() - Date.parse(latest.takenAt)) < HOUR_MS) return;
  watch.addSample({ takenAt: now.toISOString(), usedBytes: totalBytes - freeBytes, totalBytes });
  watch.forgetSamples(new Date(now.getTime() - KEPT_MS).toISOString());
}
