import type { Rooms } from './rooms.ts';

const LOOK_BACK = 200;

/** The environments whose removed backups still hold space: something ended since the last prune, and that was long enough ago. */
export function pruneDue(rooms: Rooms, everyMs: number): string[] {
  const { jobs, environments } = rooms.storage;
  const now = rooms.clock().getTime();
  return environments
    .list()
    .map((record) => record.name)
    .filter((environment) => {
      const lastPrune = jobs.succeeded(environment, 'prune', 1)[0]?.startedAt ?? null;
      if (lastPrune !== null && now - Date.parse(lastPrune) < everyMs) return false;
      const since = jobs.succeeded(environment, 'backup', LOOK_BACK).flatMap(({ startedAt }) => startedAt ?? []);
      const oldest = since.filter((startedAt) => lastPrune === null || startedAt > lastPrune).at(-1);
      return oldest !== undefined && now - Date.parse(lastPrune ?? oldest) >= everyMs;
    });
}
