import { type EnvironmentStanding, environmentStandings } from './standing.ts';
import { type StorageRoom, storageRoom } from './storage-room.ts';
import type { Watching } from './watching.ts';

const DAY_MS = 24 * 3_600_000;
const MOST_MESSAGES = 100;
const NEARLY_NO_ROOM_PERCENT = 98;

/** A message that could not be sent, without what it says. */
export interface TroubledMessage {
  readonly environment: string;
  readonly event: string;
  readonly channel: string;
  readonly createdAt: string;
  readonly attempts: number;
  readonly state: string;
  readonly problem: string;
}

/** How everything stands, as monitoring asks it: `critical` is a promise that is broken, `warning` one that is in danger. */
export interface StatusReport {
  readonly state: 'ok' | 'warning' | 'critical';
  /** Why it is not `ok`, the gravest first; empty else. */
  readonly reasons: readonly string[];
  readonly at: string;
  readonly environments: readonly EnvironmentStanding[];
  readonly storage: StorageRoom;
  readonly jobs: { readonly running: number; readonly queued: number };
  readonly messages: { readonly waiting: number; readonly troubled: readonly TroubledMessage[] };
}

/** Looks at everything, or at one environment. Changes nothing. */
export async function statusReport(
  watching: Pick<Watching, 'rooms' | 'lateness' | 'policy'>,
  environment?: string,
): Promise<StatusReport> {
  const { storage, clock } = watching.rooms;
  const now = clock();
  const all = environmentStandings(watching);
  const environments = environment === undefined ? all : all.filter((each) => each.environment === environment);
  const room = await storageRoom(watching);
  const troubled = storage.outbox
    .troubled(new Date(now.getTime() - DAY_MS).toISOString(), MOST_MESSAGES)
    .filter((message) => environment === undefined || message.environment === environment)
    .map(({ recipient: _, content: __, problem, ...message }) => ({ ...message, problem: problem ?? '' }));
  const { critical, warning } = judge(environments, room, watching.policy.storageWarnPercent, troubled.length);
  return {
    state: critical.length > 0 ? 'critical' : warning.length > 0 ? 'warning' : 'ok',
    reasons: [...critical, ...warning],
    at: now.toISOString(),
    environments,
    storage: room,
    jobs: storage.watch.openJobs(),
    messages: { waiting: storage.outbox.waiting(), troubled },
  };
}

/** What is wrong, in words. Pure. */
function judge(
  environments: readonly EnvironmentStanding[],
  { freeBytes, totalBytes }: StorageRoom,
  warnPercent: number,
  troubled: number,
): { critical: string[]; warning: string[] } {
  const [critical, warning] = [[] as string[], [] as string[]];
  const count = (list: string[], what: string, match: (each: EnvironmentStanding) => boolean) => {
    const names = environments.filter(match).map((each) => each.environment);
    const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
    if (names.length > 0) list.push(`${names.length} ${what}: ${shown}`);
  };
  count(critical, 'overdue', ({ verdict }) => verdict === 'overdue');
  count(critical, 'with damaged backups', ({ damaged }) => damaged);
  count(warning, 'failing', ({ verdict }) => verdict === 'failing');
  count(warning, 'with a backup that looks like a loss of data', ({ suspicious }) => suspicious);
  count(warning, 'without a backup yet', ({ verdict }) => verdict === 'never');
  const usedPercent = (1 - freeBytes / Math.max(1, totalBytes)) * 100;
  if (usedPercent >= warnPercent)
    (usedPercent >= NEARLY_NO_ROOM_PERCENT ? critical : warning).push(`storage ${usedPercent.toFixed(0)} % full`);
  if (troubled > 0) warning.push(`${troubled} ${troubled === 1 ? 'message' : 'messages'} could not be sent`);
  return { critical, warning };
}
