import { AddonError } from '../../storage-node/base/errors.ts';
import { nextOccurrence, parseSchedule, type Schedule } from '../schedule/schedule.ts';
import { environmentStandings } from './standing.ts';
import { storageRoom } from './storage-room.ts';
import type { Watching, WatchPolicy } from './watching.ts';

const SUMMARY = 'summary';
const EVERY_DAY = { sun: true, mon: true, tue: true, wed: true, thu: true, fri: true, sat: true };

/** Throws `request-invalid` where the hour or the zone of the summary is none: a daemon says so at its start. */
export function assertSummary({ dailySummary }: WatchPolicy): void {
  if (dailySummary === undefined) return;
  try {
    scheduleOf(dailySummary);
  } catch (cause) {
    const words = (cause as Error).message.replace(/^settings\.\w+: /, '');
    throw new AddonError('request-invalid', `config.json: notify.dailySummary: ${words}`, {
      hint: 'for example: { "at": "08:00", "zone": "Europe/Berlin" }.',
      cause,
    });
  }
}

function scheduleOf({ at: backupTime, zone: tz }: NonNullable<WatchPolicy['dailySummary']>): Schedule {
  return parseSchedule({ scheduleType: '2', backupTime, tz, ...EVERY_DAY });
}

/** Tells the hoster once a day how every environment stands, where that is wanted; after downtime once, not once for each day. */
export async function tellSummary(watching: Watching): Promise<void> {
  const { dailySummary } = watching.policy;
  const { storage, clock } = watching.rooms;
  if (dailySummary === undefined) return storage.watch.closeAlert('', SUMMARY);
  const now = clock();
  const facts = JSON.stringify(dailySummary);
  const known = storage.watch.alert('', SUMMARY);
  const next = nextOccurrence(scheduleOf(dailySummary), now).toISOString();
  const isNew = known === undefined || known.facts !== facts;
  if (!isNew && known.since > now.toISOString()) return;
  const room = await storageRoom(watching);
  storage.watch.atomically(() => {
    if (!isNew) {
      const summary = environmentStandings(watching).map(({ environment, verdict, lastSuccess }) => ({
        environment,
        verdict,
        lastSuccess: lastSuccess?.takenAt ?? null,
      }));
      const key = `summary ${known.since}`;
      watching.news.tell(
        { event: 'summary.daily', key, at: now.toISOString(), environment: null, summary, storage: room },
        null,
      );
    }
    const alert = { environment: '', condition: SUMMARY, since: next, toldAt: next, reminders: 0, times: 0, facts };
    storage.watch.saveAlert(alert);
  });
}
