import { beginDueBackups, type RunQueue } from '../../../addon/flows/due.ts';
import { type PlanningRooms, planNextRun } from '../../../addon/flows/plan-run.ts';
import { AS_SCHEDULED, type RunPolicy, type ScheduleFields } from '../../../addon/schedule/schedule.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import type { Manifest } from '../../../storage-node/base/words.ts';
import { backupStore } from '../../../storage-node/catalog/backups.ts';
import { environmentStore } from '../../../storage-node/catalog/environments.ts';
import { jobStore } from '../../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const HOURLY = { scheduleType: '1', cronTime: '@hourly' };
export const DAILY = { scheduleType: '1', cronTime: '@daily' };
export const EVERY_DAY = { scheduleType: '4', everyHours: '24' };

/** Schedules on a real catalog, by a clock that stands still until it is moved, and a queue that notes what begins. */
export interface DueTrial {
  time: number;
  policy: RunPolicy;
  /** What the queue says to the backup of an environment: it may throw. */
  refuse: (environment: string) => void;
  /** The environments whose backups began, in their order. */
  readonly begun: string[];
  readonly stores: ReturnType<typeof openStores>;
  readonly rooms: PlanningRooms;
  readonly queue: RunQueue;
  now(): string;
  tick(): Promise<void>;
  install(name: string, schedule: ScheduleFields): void;
  backedUp(environment: string, kind?: 'manual' | 'scheduled' | 'safety'): void;
  /** Ticks every 20 seconds for so long, and answers what began at which minute. */
  pass(milliseconds: number): Promise<string[]>;
}

function openStores() {
  const catalog = openCatalog(':memory:');
  return { environments: environmentStore(catalog), backups: backupStore(catalog), jobs: jobStore(catalog) };
}

/** Opens one without environments, on 2026-06-01 at 10:20 UTC. */
export function dueTrial(): DueTrial {
  const stores = openStores();
  const it: DueTrial = {
    time: Date.parse('2026-06-01T10:20:00Z'),
    policy: AS_SCHEDULED,
    refuse: () => undefined,
    begun: [],
    stores,
    rooms: {
      storage: stores,
      log: silentLog,
      clock: () => new Date(it.time),
      get runPolicy() {
        return it.policy;
      },
    },
    queue: {
      enqueue({ environment }) {
        it.refuse(environment);
        it.begun.push(environment);
      },
      together: (work) => stores.jobs.together(work),
    },
    now: () => new Date(it.time).toISOString(),
    tick: () => beginDueBackups(it.rooms, it.queue),
    install(name, schedule) {
      const rest = { region: '', owner: '', displayName: '', engine: 'redis', installed: true } as const;
      const configuration = JSON.stringify({ schedule });
      stores.environments.save({ name, ...rest, createdAt: it.now(), configuration });
      planNextRun(name, schedule, it.rooms);
    },
    backedUp(environment, kind = 'manual') {
      const about = { environment, takenAt: it.now(), kind, parts: [], pinnedUntil: null };
      stores.backups.add({ id: `${environment}-${it.time}`, ...about } as unknown as Manifest, 'snapshot');
    },
    async pass(milliseconds) {
      const seen: string[] = [];
      for (const end = it.time + milliseconds; it.time < end; it.time += 20_000) {
        const before = it.begun.length;
        await it.tick();
        for (const name of it.begun.slice(before)) seen.push(`${it.now().slice(5, 16)} ${name}`);
      }
      return seen;
    },
  };
  return it;
}
