import type { Rooms } from './rooms.ts';

const LOOK_BACK = 200;

/** The environments whose removed backups still hold space: something ended since the last prune, and that was long enough ago. */
export function pruneDue(rooms: Rooms, everyMs: number): string[] {
  const now = rooms.clock().getTime();
  return rooms.storage.environments
    .list()
    .map((record) => record.name)
    .filter((environment) => {
      const ended = rooms.storage.jobs
        .list({ environment, limit: LOOK_BACK })
        .filter((job) => job.state === 'succeeded');
      const lastPrune = ended.find((job) => job.kind === 'prune');
      const since = ended.filter(
        (job) => job.kind === 'backup' && (lastPrune === undefined || job.startedAt > lastPrune.startedAt),
      );
      const oldest = since.at(-1);
      return oldest !== undefined && now - Date.parse(lastPrune?.startedAt ?? oldest.startedAt) >= everyMs;
    });
}
