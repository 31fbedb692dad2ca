import type { JobRow } from '../../storage-node/base/words.ts';
import { type Configuration, loadConfiguration } from '../flows/configuration.ts';
import { keptWords } from '../flows/retention-words.ts';
import type { Rooms } from '../flows/rooms.ts';
import { unmailed } from '../flows/unmailed.ts';
import { previewSchedule } from '../schedule/preview.ts';
import { parseSchedule } from '../schedule/schedule.ts';
import { momentIn } from '../schedule/zones.ts';
import { type Fields, line, megabytes } from './form-fields.ts';
import { toSettings } from './mapping.ts';

const RUNS = 5;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const BOXES = [...DAYS, 'isAlwaysUmount'];
const STALE = 'The database password was reset since it was last proven: enter the new one to go on with backups.';

/** The configure dialog: what is in force, not what was once typed, and how the last job of it went. */
export function configureFields(environment: string, rooms: Rooms): Fields {
  const configuration = loadConfiguration(rooms.storage, environment);
  const settings: Record<string, unknown> = { ...toSettings(configuration) };
  if (settings.scheduleType === '3') {
    settings.crontab = settings.cronTime;
    delete settings.cronTime;
  } else delete settings.crontab;
  // Where days are not in force, the form's own count, which are all of them.
  if (settings.scheduleType !== '2') for (const day of DAYS) delete settings[day];
  const shown = Object.entries(settings).filter(([, value]) => value !== '');
  const defaults = shown.map(([name, value]) =>
    BOXES.includes(name) ? [name, { value: value === true }] : [name, { default: String(value) }],
  );
  const stale = configuration.credentialsStale === true;
  const schedule = parseSchedule(configuration.schedule);
  const zone = schedule.zone;
  const preview = previewSchedule(schedule, firstMoment(configuration, rooms), RUNS);
  const runs = preview.runs.map((run) => `${run.local} (${run.utc.slice(0, 16).replace('T', ' ')} UTC)`);
  return {
    ...Object.fromEntries(defaults),
    dbpass: stale ? { default: '', required: true } : { default: '', required: false, placeholder: 'unchanged' },
    notice: line([...(stale ? [STALE] : []), ...unmailed(configuration, rooms).map(sentence)].join(' ')),
    inForce: line(`In force: ${preview.words}, ${keptWords(configuration)}.`),
    nextRuns: line(`Next backups, by the clock of ${zone}: ${runs.join(', ')}`),
    lastJob: line(lastJob(rooms.storage.jobs.list({ environment, limit: 50 }), zone)),
    lastBackup: line(lastBackup(environment, zone, rooms)),
  };
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** From where the next runs are counted: now, or the latest backup where hours since it count. */
function firstMoment(configuration: Configuration, rooms: Rooms): Date {
  if (configuration.schedule.scheduleType !== '4') return rooms.clock();
  const [latest] = rooms.storage.backups.list({ environment: configuration.environment.name, limit: 1 });
  return latest === undefined ? rooms.clock() : new Date(latest.takenAt);
}

function lastBackup(environment: string, zone: string, rooms: Rooms): string {
  const [newest] = rooms.storage.backups.list({ environment, limit: 1 });
  if (newest === undefined) return 'There is no backup yet.';
  return `Latest backup: ${momentIn(zone, new Date(newest.takenAt))}, ${megabytes(newest.bytes)}.`;
}

function lastJob(jobs: readonly JobRow[], zone: string): string {
  const job = jobs.find(({ kind }) => kind === 'backup' || kind === 'restore');
  if (job === undefined) return '';
  const began = momentIn(zone, new Date(job.startedAt ?? job.queuedAt));
  if (job.state === 'queued') return `A ${job.kind} waits for its turn since ${began}.`;
  if (job.endedAt === null) return `A ${job.kind} is under way since ${began}: ${job.step}`;
  if (job.error === null) return job.kind === 'restore' ? `The restore of ${began} succeeded.` : '';
  return `The ${job.kind} of ${began} failed: ${job.error.message}. ${job.error.hint}`;
}
