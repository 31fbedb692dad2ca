import type { Alert } from '../../storage-node/index.ts';
import type { EventName, Happening } from '../notify/happening.ts';
import {
  audienceOf,
  CONDITIONS,
  type Condition,
  ENDED_BY_BACKUP,
  factsOf,
  IN_FORCE,
  lastGoodOf,
  subjectOf,
  type TroubleFacts,
  type Watched,
  type Watching,
  watchedOf,
} from './watching.ts';

const HOUR_MS = 3_600_000;
const EVENT_OF: Readonly<Record<Condition, EventName>> = {
  'host-key': 'host-key.changed',
  failing: 'backup.failed',
  overdue: 'backup.overdue',
  damaged: 'repository.damaged',
  suspicious: 'backup.suspicious',
  storage: 'storage.filling',
};

/** Notes a trouble: answers true where it is a new one. `first` is when it began and how often it was met, where that is not now and once. */
export function raise(
  { rooms }: Watching,
  environment: string,
  condition: Condition,
  facts: TroubleFacts,
  first: { readonly since?: Date; readonly times?: number } = {},
): boolean {
  const now = rooms.clock().toISOString();
  const former = rooms.storage.watch.alert(environment, condition);
  rooms.storage.watch.saveAlert({
    environment,
    condition,
    since: former?.since ?? first.since?.toISOString() ?? now,
    toldAt: former?.toldAt ?? now,
    reminders: former?.reminders ?? 0,
    times: former === undefined ? (first.times ?? 1) : former.times + 1,
    facts: JSON.stringify(facts),
  });
  return former === undefined;
}

/** Ends troubles, and answers since when the longest of them lasted; undefined where there was none. */
export function settle({ rooms }: Watching, environment: string, conditions: readonly Condition[]): string | undefined {
  const open = conditions.flatMap((condition) => rooms.storage.watch.alert(environment, condition) ?? []);
  for (const { condition } of open) rooms.storage.watch.closeAlert(environment, condition);
  return open.map(({ since }) => since).sort()[0];
}

/** Tells of an environment's trouble as it stands. */
export function tellOfTrouble(watching: Watching, watched: Watched, alert: Alert): void {
  const { flagged } = JSON.parse(alert.facts) as TroubleFacts;
  watching.news.tell(
    {
      ...happeningOf(alert, watching.rooms.clock()),
      ...subjectOf(watching, watched),
      ...(flagged === undefined ? {} : { backup: factsOf(watching.rooms.storage.backups.get(flagged)) }),
      lastGood: lastGoodOf(watching, watched.name),
    },
    audienceOf(watched.configuration),
  );
}

/** The event of a trouble; its key is the same whenever this message of it is written. */
export function happeningOf(alert: Alert, now: Date): Happening {
  const { environment, condition, since, reminders, times } = alert;
  const { flagged: _, ...facts } = JSON.parse(alert.facts) as TroubleFacts;
  return {
    event: EVENT_OF[condition as Condition],
    key: `${condition} ${environment} ${since} ${reminders}`,
    at: now.toISOString(),
    environment: null,
    since,
    reminder: reminders,
    failures: times,
    ...facts,
  };
}

/** Tells again of what lasts, the gravest of what the next backup would end; forgets the troubles of what is not installed any more. */
export function remind(watching: Watching): void {
  const { storage, clock } = watching.rooms;
  const now = clock();
  const before = now.getTime() - watching.policy.remindEveryHours * HOUR_MS;
  const spoken = new Set<string>();
  const rank = ({ condition }: Alert) => CONDITIONS.indexOf(condition as Condition);
  const open = storage.watch.alerts(IN_FORCE).filter((alert) => rank(alert) >= 0 && alert.condition !== 'storage');
  for (const alert of open.sort((a, b) => rank(a) - rank(b))) {
    const { environment, condition } = alert;
    const isOfBackups = ENDED_BY_BACKUP.some((each) => each === condition);
    if (isOfBackups && spoken.has(environment)) continue;
    if (isOfBackups) spoken.add(environment);
    const told = Date.parse(alert.toldAt);
    // A clock that was set back makes the last message one of the future.
    if (told > before && told <= now.getTime()) continue;
    const watched = watchedOf(watching, environment);
    if (watched === undefined || isAccepted(watching, alert)) storage.watch.closeAlert(environment, condition);
    else again(watching, watched, alert, now);
  }
}

/** Whether the flagged backup that an alert is about was accepted, or is gone. */
function isAccepted({ rooms }: Watching, { facts }: Alert): boolean {
  const { flagged } = JSON.parse(facts) as TroubleFacts;
  return flagged !== undefined && rooms.storage.backups.get(flagged)?.acceptedAt !== null;
}

function again(watching: Watching, watched: Watched, alert: Alert, now: Date): void {
  const { watch } = watching.rooms.storage;
  watch.atomically(() => {
    const next = { ...alert, reminders: alert.reminders + 1, toldAt: now.toISOString() };
    watch.saveAlert(next);
    tellOfTrouble(watching, watched, next);
  });
}
