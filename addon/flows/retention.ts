import { readConfiguration } from './configuration.ts';
import type { Rooms } from './rooms.ts';

const DEFAULT_KEEP = 5;

/** How many backups an environment keeps: as configured, else as it was when the add-on was taken off. */
export function keepOf(rooms: Rooms, environment: string): number {
  const record = rooms.storage.environments.get(environment);
  if (record === undefined || record.configuration === '') return DEFAULT_KEEP;
  return readConfiguration(rooms.storage, record.configuration).keep;
}

/** Why each listed backup of the environments is kept, by the backup's id. */
export function loadRetention(rooms: Rooms, environments: ReadonlySet<string>): Map<string, readonly string[]> {
  const reasons = new Map<string, readonly string[]>();
  for (const environment of environments) {
    const decisions = rooms.storage.decide(environment, { count: keepOf(rooms, environment) }, rooms.clock());
    for (const decision of decisions) reasons.set(decision.backup, decision.reasons);
  }
  return reasons;
}
