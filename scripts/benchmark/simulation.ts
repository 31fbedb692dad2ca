import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupRequest } from '../../addon/flows/backup.ts';
import { beginDueBackups } from '../../addon/flows/due.ts';
import { type PlanningRooms, planNextRun } from '../../addon/flows/plan-run.ts';
import { AS_SCHEDULED } from '../../addon/schedule/schedule.ts';
import { silentLog } from '../../storage-node/base/log.ts';
import type { Manifest } from '../../storage-node/base/words.ts';
import { backupStore } from '../../storage-node/catalog/backups.ts';
import { environmentStore } from '../../storage-node/catalog/environments.ts';
import { jobStore } from '../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../storage-node/catalog/open.ts';
import { createLedger, type Verdict } from './simulation-ledger.ts';
import { simulatedQueue } from './simulation-queue.ts';
import { mixedSchedule } from './simulation-schedules.ts';

/** What a simulation is asked to do. */
export interface SimulationOptions {
  readonly environments: number;
  readonly days: number;
}

/** What it took, and whether every occurrence ran exactly once. */
export interface Simulated extends SimulationOptions, Verdict {
  readonly cpuSecondsPerDay: number;
  readonly wallSeconds: number;
  /** Peak of resident memory of the whole program. */
  readonly memoryBytes: number;
}

/** The year that follows has a leap day, and every zone's changes of the clock. */
const START = Date.parse('2027-12-31T23:59:40Z');
const TICK_MS = 20_000;
const DAY_MS = 86_400_000;
/** By hand, now and then: those who count hours since the latest backup begin to count anew. */
const MANUAL_EVERY = 97;
const KEEP = 2;

/** Lets so many environments live for so many days of played time, with the product's schedules, tick, queue and catalog. */
export async function simulate(options: SimulationOptions, tell: (line: string) => void): Promise<Simulated> {
  const folder = mkdtempSync(join(tmpdir(), 'dbbackup-simulation-'));
  const catalog = openCatalog(join(folder, 'catalog.sqlite'));
  try {
    return await live(options, catalog, tell);
  } finally {
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function live(
  { environments: count, days }: SimulationOptions,
  catalog: ReturnType<typeof openCatalog>,
  tell: (line: string) => void,
): Promise<Simulated> {
  let time = START;
  const storage = {
    environments: environmentStore(catalog),
    backups: backupStore(catalog),
    jobs: jobStore(catalog),
  };
  const rooms: PlanningRooms = { storage, log: silentLog, runPolicy: AS_SCHEDULED, clock: () => new Date(time) };
  const ledger = createLedger(count, START);
  const countsHours = Array.from({ length: count }, (_, index) => mixedSchedule(index).scheduleType === '4');

  storage.jobs.together(() => {
    for (let index = 0; index < count; index++) install(index);
  });
  const queue = simulatedQueue({
    store: storage.jobs,
    now: () => time,
    onBegin: (environment) => ledger.began(numberOf(environment), time),
    onSuccess(environment) {
      const index = numberOf(environment);
      ledger.ended(index);
      if (countsHours[index]) keepBackup(environment);
    },
  });
  const occurrences = new Map<string, string>();
  const watched: PlanningRooms = { ...rooms, storage: { ...storage, environments: watchedStore() } };
  const doors = {
    together: queue.runner.together,
    enqueue(request: BackupRequest) {
      queue.enqueue(request);
      ledger.due(numberOf(request.environment), Date.parse(occurrences.get(request.environment) ?? ''));
    },
  };

  const startedAt = performance.now();
  const before = process.cpuUsage();
  let memoryBytes = 0;
  for (let day = 0; day < days; day++) {
    for (const end = START + (day + 1) * DAY_MS; time < end; time += TICK_MS) {
      await queue.advance();
      await beginDueBackups(watched, doors);
    }
    for (let index = day % MANUAL_EVERY; index < count; index += MANUAL_EVERY) takeByHand(index);
    memoryBytes = Math.max(memoryBytes, process.memoryUsage.rss());
    if ((day + 1) % 30 === 0) tell(`${count} environments: ${day + 1} days`);
  }
  const { user, system } = process.cpuUsage(before);
  const wallSeconds = (performance.now() - startedAt) / 1_000;
  const cpuSecondsPerDay = (user + system) / 1e6 / days;
  const until = time - TICK_MS;
  return { environments: count, days, cpuSecondsPerDay, wallSeconds, memoryBytes, ...ledger.verdict(until) };

  /** Notes which occurrence it is that the tick is told of. */
  function watchedStore(): typeof storage.environments {
    return {
      ...storage.environments,
      due(range) {
        const found = storage.environments.due(range);
        occurrences.clear();
        for (const { name, occurrence } of found) occurrences.set(name, occurrence);
        return found;
      },
    };
  }

  function install(index: number): void {
    const name = nameOf(index);
    const schedule = mixedSchedule(index);
    const rest = { region: '', owner: '', displayName: '', engine: 'redis', installed: true } as const;
    const createdAt = new Date(time).toISOString();
    storage.environments.save({ name, ...rest, configuration: JSON.stringify({ schedule }), createdAt });
    planNextRun(name, schedule, rooms);
  }

  function keepBackup(environment: string): void {
    const id = `${environment}-${time}`;
    const takenAt = new Date(time).toISOString();
    const manifest = { id, environment, takenAt, kind: 'scheduled', name: '', parts: [], pinnedUntil: null };
    storage.backups.add(manifest as unknown as Manifest, id);
    ledger.backedUp(numberOf(environment), time);
    for (const old of storage.backups.list({ environment, limit: KEEP + 2 }).slice(KEEP))
      storage.backups.remove(old.id);
  }

  function takeByHand(index: number): void {
    if (countsHours[index]) keepBackup(nameOf(index));
  }
}

const nameOf = (index: number) => `environment-${index}`;
const numberOf = (name: string) => Number(name.slice('environment-'.length));
