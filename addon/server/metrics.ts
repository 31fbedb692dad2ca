import { Counter, Gauge, Registry } from 'prom-client';
import type { EnvironmentStanding } from '../flows/standing.ts';
import type { StatusReport } from '../flows/status.ts';

/** What `GET /metrics` answers as. */
export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

type Number = (standing: EnvironmentStanding) => number | undefined;
const seconds = (moment: string | null) => (moment === null ? undefined : Date.parse(moment) / 1000);

/** What is said of each environment; left out where there is nothing to say. */
const OF_ENVIRONMENTS: Readonly<Record<string, readonly [help: string, value: Number]>> = {
  dbbackup_last_success_timestamp_seconds: [
    'When the newest complete backup was taken.',
    ({ lastSuccess }) => seconds(lastSuccess?.takenAt ?? null),
  ],
  dbbackup_last_success_age_seconds: [
    'Age of the newest complete backup.',
    ({ lastSuccess }) => lastSuccess?.ageSeconds,
  ],
  dbbackup_last_success_size_bytes: ['Length of its dumps.', ({ lastSuccess }) => lastSuccess?.bytes],
  dbbackup_last_success_stored_bytes: [
    'What the repository grew by for it.',
    ({ lastSuccess }) => lastSuccess?.storedBytes,
  ],
  dbbackup_last_success_duration_seconds: ['How long it took.', ({ lastSuccess }) => lastSuccess?.seconds],
  dbbackup_next_run_timestamp_seconds: ['When the next backup is planned.', ({ nextRun }) => seconds(nextRun)],
  dbbackup_overdue: ['1 where no backup was completed in time.', ({ verdict }) => (verdict === 'overdue' ? 1 : 0)],
  dbbackup_consecutive_failures: [
    'How many backups failed since the last good one.',
    ({ failing }) => failing?.times ?? 0,
  ],
  dbbackup_suspicious: [
    '1 where the newest backup looks like a loss of data.',
    ({ suspicious }) => (suspicious ? 1 : 0),
  ],
  dbbackup_repository_damaged: ['1 where a check found damage.', ({ damaged }) => (damaged ? 1 : 0)],
};

/** Everything as Prometheus reads it. Counted anew each time, so that what was uninstalled disappears. */
export async function exposition(
  report: StatusReport,
  ended: readonly { readonly kind: string; readonly outcome: string; readonly number: number }[],
): Promise<string> {
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  for (const [name, [help, value]] of Object.entries(OF_ENVIRONMENTS)) {
    const gauge = new Gauge({ name, help, labelNames: ['environment', 'engine'], registers });
    for (const standing of report.environments) {
      const number = value(standing);
      if (number !== undefined) gauge.set({ environment: standing.environment, engine: standing.engine }, number);
    }
  }
  const { storage, jobs, messages } = report;
  const single = (name: string, help: string, value: number | null) => {
    if (value !== null) new Gauge({ name, help, registers }).set(value);
  };
  single('dbbackup_storage_free_bytes', 'Room left on the storage.', storage.freeBytes);
  single('dbbackup_storage_size_bytes', 'Size of the storage.', storage.totalBytes);
  single('dbbackup_storage_growth_bytes_per_day', 'Growth of the last seven days.', storage.growthBytesPerDay);
  single(
    'dbbackup_storage_full_seconds',
    'How long until the storage is full at that growth; +Inf where it does not grow.',
    storage.growthBytesPerDay === null ? null : (storage.fullInSeconds ?? Number.POSITIVE_INFINITY),
  );
  single('dbbackup_messages_waiting', 'Messages that wait to be sent.', messages.waiting);
  single('dbbackup_messages_troubled', 'Messages that could not be sent within a day.', messages.troubled.length);
  const queue = new Gauge({ name: 'dbbackup_jobs', help: 'Jobs by state.', labelNames: ['state'], registers });
  queue.set({ state: 'running' }, jobs.running);
  queue.set({ state: 'queued' }, jobs.queued);
  const total = new Counter({
    name: 'dbbackup_jobs_ended_total',
    help: 'Jobs that ended, by kind and by outcome: succeeded, or the code of the error.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  for (const { kind, outcome, number } of ended) total.inc({ kind, outcome }, number);
  return await registry.metrics();
}
