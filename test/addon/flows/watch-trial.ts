import type { Configuration } from '../../../addon/flows/configuration.ts';
import { createWatch, type Watch } from '../../../addon/flows/watch.ts';
import { type Watching, type WatchPolicy, watchingOf } from '../../../addon/flows/watching.ts';
import type { Audience, Happening } from '../../../addon/notify/happening.ts';
import { AS_SCHEDULED } from '../../../addon/schedule/schedule.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import type { JobKind, Manifest } from '../../../storage-node/base/words.ts';
import { backupStore } from '../../../storage-node/catalog/backups.ts';
import { environmentStore } from '../../../storage-node/catalog/environments.ts';
import { jobStore } from '../../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';
import { outboxStore } from '../../../storage-node/catalog/outbox.ts';
import { watchStore } from '../../../storage-node/catalog/watch.ts';
import type { StorageNode } from '../../../storage-node/index.ts';

const GB = 1e9;
const NOTIFY = { mail: ['admin@shop.example'], all: false, webhookUrl: '', webhookSecret: '', pingUrl: 'https://p/x' };

interface JobOptions {
  readonly retry?: boolean;
  readonly flags?: readonly string[];
}

/** A watch over a real catalog, by a clock that stands still until it is moved. What it tells is kept in `told`. */
export interface WatchTrial {
  readonly watching: Watching;
  readonly storage: StorageNode;
  readonly told: Happening[];
  readonly heard: (Audience | null)[];
  readonly pings: string[];
  readonly events: () => string[];
  now(): Date;
  /** Moves the clock, looking once a minute of every hour that passes, or only at the end. */
  pass(hours: number, options?: { daemonDown?: boolean }): Promise<void>;
  install(name: string, change?: Partial<Configuration>): void;
  uninstall(name: string): void;
  breakConfiguration(name: string): void;
  /** A job from beginning to end: the one that waits, or a new one. `retry`: another one waits then. Answers its id. */
  job(kind: JobKind, end: 'succeeded' | 'cancelled' | string, name?: string, options?: JobOptions): string;
  /** A person says that a flagged backup is good. */
  accept(backup: string): void;
  use(bytes: number): void;
  look(): Promise<void>;
  /** A daemon that starts anew on the same catalog. */
  restart(): void;
}

/** Opens one with the environment `shop`, which is backed up every day at 03:00 UTC. */
export function watchTrial(policy: Partial<WatchPolicy> = {}): WatchTrial {
  const catalog = openCatalog(':memory:');
  let at = Date.parse('2026-11-21T12:00:00Z');
  let used = 10 * GB;
  let number = 0;
  const backups = backupStore(catalog);
  const storage = {
    environments: environmentStore(catalog),
    backups,
    jobs: jobStore(catalog),
    outbox: outboxStore(catalog),
    watch: watchStore(catalog),
    space: async () => ({ freeBytes: 100 * GB - used, totalBytes: 100 * GB }),
    unseal: (text: string) => text,
  } as unknown as StorageNode;
  const clock = () => new Date(at);
  const rooms = { storage, clock, log: silentLog, learnSecret: () => undefined, runPolicy: AS_SCHEDULED };
  const [told, heard, pings] = [[] as Happening[], [] as (Audience | null)[], [] as string[]];
  const news = {
    tell: (happening: Happening, audience: Audience | null) => {
      told.push(happening);
      heard.push(audience);
    },
    ping: (environment: string, outcome: string) => void pings.push(`${environment} ${outcome}`),
  };
  const whole = { remindEveryHours: 24, overdueGraceMinutes: 60, storageWarnPercent: 85, ...policy };
  const watching = watchingOf(rooms, news, whole);
  let watch: Watch = createWatch(watching);

  const trial: WatchTrial = {
    ...{ watching, storage, told, heard, pings, now: clock },
    events: () => told.map(({ event, reminder = 0 }) => (reminder > 0 ? `${event} again` : event)),
    look: () => watch.look(),
    restart() {
      watch = createWatch(watchingOf(rooms, news, whole));
    },
    async pass(hours, { daemonDown = false } = {}) {
      for (let minute = 0; minute < hours * 60; minute += 5) {
        at += 5 * 60_000;
        if (!daemonDown) await watch.look();
      }
    },
    install(name, change = {}) {
      const environment = { name, displayName: '', region: '', owner: 'u17' };
      const access = { user: '', password: '', host: '', port: 0, options: {} };
      const configuration: Configuration = {
        ...{ environment, access, layer: { nodeGroup: 'x', nodeType: 'x' }, nodes: [], engine: 'custom' },
        schedule: { scheduleType: '3', cronTime: '0 3 * * *' },
        ...{ storageName: 's', keep: 5, alwaysUnmount: true, transport: 'auto' },
        notify: NOTIFY,
        ...change,
      };
      storage.environments.save({
        ...{ ...environment, engine: 'custom', installed: true, createdAt: '' },
        configuration: JSON.stringify(configuration),
      });
    },
    breakConfiguration(name) {
      const record = storage.environments.get(name);
      if (record) storage.environments.save({ ...record, configuration: '{ broken' });
    },
    uninstall(name) {
      const record = storage.environments.get(name);
      if (record) storage.environments.save({ ...record, installed: false });
    },
    job(kind, end, name = 'shop', { retry = false, flags = [] } = {}) {
      const startedAt = clock().toISOString();
      const add = (attempt: number, repeats: string | null) => {
        const id = `job-${String(++number).padStart(3, '0')}`;
        const asked = { kind, lane: 'scheduled', requestedBy: 'schedule', request: 'null', host: '' } as const;
        storage.jobs.add({
          id,
          environment: name,
          ...asked,
          attempt,
          repeats,
          queuedAt: startedAt,
          readyAt: startedAt,
        });
        return id;
      };
      const [waiting] = storage.jobs.list({ environment: name, waiting: true });
      const id = waiting?.id ?? add(1, null);
      storage.jobs.start(id, { owner: 'daemon', startedAt });
      at += 60_000;
      const endedAt = clock().toISOString();
      if (end === 'succeeded' && kind === 'backup') {
        const made = manifest(`b-${id}`, name, startedAt);
        backups.add(flags.length === 0 ? made : { ...made, flags }, 'f'.repeat(64));
      }
      const done = kind === 'backup' || kind === 'restore' ? { backup: `b-${id}` } : {};
      const error = { code: end, message: `it failed of ${end}`, hint: 'do something.' };
      if (end === 'succeeded') storage.jobs.end(id, { state: 'succeeded', endedAt, ...done });
      else if (end === 'cancelled')
        storage.jobs.end(id, { state: 'cancelled', endedAt, error: { ...error, code: 'job-cancelled' } });
      else storage.jobs.end(id, { state: end === 'interrupted' ? 'interrupted' : 'failed', endedAt, error });
      if (retry) add((waiting?.attempt ?? 1) + 1, id);
      watch.lookAtJobs();
      return id;
    },
    accept(backup) {
      backups.setNote(backup, { until: null, acceptedAt: clock().toISOString(), snapshot: 's' });
    },
    use(bytes) {
      used = bytes;
    },
  };
  trial.install('shop');
  return trial;
}

function manifest(id: string, environment: string, takenAt: string): Manifest {
  const part = { name: 'orders', kind: 'database', file: 'f', snapshot: 's', bytes: 2e6, storedBytes: 1e6 } as const;
  return {
    ...{ format: 1, id, environment, takenAt, name: '', description: '', kind: 'scheduled', requestedBy: 'schedule' },
    ...{ engine: 'custom', serverVersion: '', transport: 'mount', warnings: [], pinnedUntil: null },
    parts: [{ ...part, seconds: 7, counts: null }],
  };
}
