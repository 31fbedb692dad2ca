import type { Backup } from '../../storage-node/base/words.ts';
import type { RetentionDecision, RetentionPolicy } from '../../storage-node/index.ts';
import type { Job } from '../jobs/job.ts';
import { isZone, type ZoneDay, zoneDay } from '../schedule/zone.ts';
import type { Configuration } from './configuration.ts';
import { parseAges, parseRules } from './retention-settings.ts';
import type { Rooms } from './rooms.ts';

/** Where the catalog was lost and nobody has installed since. */
const DEFAULT: RetentionPolicy = { count: 5 };
const TAKEN_OFF = 'the add-on is not installed any more, nothing expires';
const DAMAGED = 'its repository is damaged, nothing is removed until a check finds it whole';
const DAY_MS = 86_400_000;
/** A list asks for the policies of all its environments, most of which have the same. */
const known = new Map<string, RetentionPolicy>();
const KNOWN_AT_MOST = 256;

type RetentionFields = Pick<Configuration, 'keep' | 'keepAlso' | 'schedule'>;

/** Which backups a configuration keeps, by the calendar of its time zone. Throws `request-invalid` where its rules say nothing. */
export function policyOf({ keep, keepAlso, schedule }: RetentionFields): RetentionPolicy {
  const key = JSON.stringify([keep, keepAlso?.age, keepAlso?.rules, schedule.tz]);
  const former = known.get(key);
  if (former !== undefined) return former;
  const policy = {
    count: keep,
    tiers: parseAges(keepAlso?.age ?? ''),
    rules: parseRules(keepAlso?.rules ?? ''),
    offsetAt: offsetsOf(typeof schedule.tz === 'string' && isZone(schedule.tz) ? schedule.tz : 'UTC'),
  };
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(key, policy);
  return policy;
}

/** What to add to UTC to read a zone's clock. It is asked for every backup of a list, so it remembers the days. */
function offsetsOf(zone: string): (moment: number) => number {
  const days = new Map<number, ZoneDay>();
  return (moment) => {
    const day = Math.floor(moment / DAY_MS);
    const offsets = days.get(day) ?? zoneDay(zone, day);
    if (days.size >= KNOWN_AT_MOST) days.clear();
    days.set(day, offsets);
    return moment < offsets.change ? offsets.before : offsets.after;
  };
}

/** Removes what the policy no longer holds; nothing where a check found damage, because what seems to be newer may be lost. */
export async function applyRetention(configuration: Configuration, rooms: Rooms, job: Job): Promise<void> {
  const { name } = configuration.environment;
  if (isDamaged(rooms, name)) return job.warn(`no older backup is removed: ${DAMAGED} (dbbackup check ${name})`);
  job.tell('applying the retention');
  await rooms.storage.retain(name, policyOf(configuration), rooms.clock());
}

const isDamaged = ({ storage }: Rooms, environment: string) =>
  storage.watch.alert(environment, 'damaged') !== undefined;

/** What retention would do with each of the backups, by its id. Where the add-on was taken off, it does nothing any more. */
export function loadRetention(rooms: Rooms, backups: readonly Backup[]): Map<string, RetentionDecision> {
  const { storage, clock } = rooms;
  const decisions = [...Map.groupBy(backups, (backup) => backup.environment)].flatMap(([environment, own]) => {
    const record = storage.environments.get(environment);
    const stays = record?.installed === false ? TAKEN_OFF : isDamaged(rooms, environment) ? DAMAGED : undefined;
    if (stays !== undefined)
      return own.map(({ id }) => ({ backup: id, keep: true, reasons: [stays], expiresAt: null }));
    const isKnown = record !== undefined && record.configuration !== '';
    const policy = isKnown ? policyOf(JSON.parse(record.configuration) as RetentionFields) : DEFAULT;
    return storage.decide(environment, policy, clock(), new Set(own.map(({ id }) => id)));
  });
  return new Map(decisions.map((decision) => [decision.backup, decision]));
}
