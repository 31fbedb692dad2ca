import type { Backup } from '../../storage-node/base/words.ts';
import type { RetentionDecision } from '../../storage-node/index.ts';
import type { Configuration } from './configuration.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;

function endWords(expiresAt: string, now: Date): string {
  const left = Date.parse(expiresAt) - now.getTime();
  if (left <= 0) return 'expires with the next complete backup';
  if (left < HOUR_MS) return 'expires in less than an hour';
  return `expires in ${left < 2 * DAY_MS ? counted(Math.floor(left / HOUR_MS), 'hour') : counted(Math.floor(left / DAY_MS), 'day')}`;
}

/** What people read of a backup's future: `kept: newest 3 of 5`, `expires in 12 days`, `flagged: …`. */
export function retentionWords(
  { flags = [], acceptedAt }: Pick<Backup, 'flags' | 'acceptedAt'>,
  decision: RetentionDecision | undefined,
  now: Date,
): string[] {
  const words: string[] = [];
  if (decision !== undefined) {
    const reasons = decision.reasons.join(', ');
    words.push(decision.keep ? `kept: ${reasons}` : `goes with the next complete backup: ${reasons}`);
    if (decision.expiresAt !== null) words.push(endWords(decision.expiresAt, now));
  }
  if (flags.length > 0)
    words.push(`${acceptedAt === null ? 'flagged' : 'flagged, then accepted'}: ${flags.join('; ')}`);
  return words;
}

/** Whether a backup was flagged and nobody accepted it. */
export function looksLikeLoss({ flags = [], acceptedAt }: Pick<Backup, 'flags' | 'acceptedAt'>): boolean {
  return flags.length > 0 && acceptedAt === null;
}

/** What a configuration keeps: `the newest 5 backups are kept, and by age (90 days)`. */
export function keptWords({ keep, keepAlso }: Pick<Configuration, 'keep' | 'keepAlso'>): string {
  const { age = '', rules = '' } = keepAlso ?? {};
  const besides = [...(age === '' ? [] : [`by age (${age})`]), ...(rules === '' ? [] : [`by calendar (${rules})`])];
  return [keep === 1 ? 'the newest backup is kept' : `the newest ${keep} backups are kept`, ...besides].join(', ');
}

/** The warning of a job that made a flagged backup: what fell, what is done about it, and what to do. */
export function suspicion(backup: string, flags: readonly string[]): string {
  const advice = `the last good backup is held. If this is as it should be: dbbackup accept ${backup}`;
  return `the backup is kept, but looks like a loss of data: ${flags.join('; ')}; ${advice}`;
}
