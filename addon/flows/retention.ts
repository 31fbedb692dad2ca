import type { RetentionDecision, RetentionPolicy } from '../../storage-node/index.ts';
import { isZone, offsetAt } from '../schedule/zone.ts';
import type { Configuration } from './configuration.ts';
import { parseAges, parseRules } from './retention-settings.ts';
import type { Rooms } from './rooms.ts';

const DEFAULT_KEEP = 5;

type RetentionFields = Pick<Configuration, 'keep' | 'keepAlso' | 'schedule'>;

/** Which backups a configuration keeps, by the calendar of its time zone. Throws `request-invalid` where its rules say nothing. */
export function policyOf({ keep, keepAlso, schedule }: RetentionFields): RetentionPolicy {
  const { tz } = schedule;
  const zone = typeof tz === 'string' && isZone(tz) ? tz : 'UTC';
  return {
    count: keep,
    tiers: parseAges(keepAlso?.age ?? ''),
    rules: parseRules(keepAlso?.rules ?? ''),
    offsetAt: (moment) => offsetAt(zone, moment),
  };
}

/** What an environment keeps: as configured, else as it was when the add-on was taken off. */
function policyFor(rooms: Rooms, environment: string): RetentionPolicy {
  const record = rooms.storage.environments.get(environment);
  if (record === undefined || record.configuration === '') return { count: DEFAULT_KEEP };
  return policyOf(JSON.parse(record.configuration) as RetentionFields);
}

/** What retention would do with each backup of the environments, by the backup's id. */
export function loadRetention(rooms: Rooms, environments: ReadonlySet<string>): Map<string, RetentionDecision> {
  const decisions = new Map<string, RetentionDecision>();
  for (const environment of environments) {
    for (const decision of rooms.storage.decide(environment, policyFor(rooms, environment), rooms.clock()))
      decisions.set(decision.backup, decision);
  }
  return decisions;
}
