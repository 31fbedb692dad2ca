import type { Backup } from '../base/words.ts';
import { reasonsToKeep } from './keepers.ts';
import type { Reason, RetentionPolicy } from './policy.ts';

/** What becomes of one backup, and why. */
export interface RetentionDecision {
  /** Its id. */
  readonly backup: string;
  readonly keep: boolean;
  /** At least one: `newest 2 of 5`, `daily 3 of 7`, `pinned until …`, `last good backup`, or why it goes. */
  readonly reasons: readonly string[];
  /** UTC, ISO 8601: the moment after which no reason holds it; null where it is no moment that ends it. */
  readonly expiresAt: string | null;
}

/** What is known of a backup that retention decides on. */
export interface Candidate extends Pick<Backup, 'id' | 'takenAt' | 'kind' | 'pinnedUntil'> {
  /** Whether it looks like a loss of data and nobody accepted it. */
  readonly flagged?: boolean;
}

const display = (moment: number) => `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/**
 * Says of each complete backup of one environment whether it stays. Safety backups are held by their pins alone; pinned ones stay
 * until their pin ends; the newest of all, and the newest that is not flagged, stay whatever the policy says. Newest first; where `only` is given, answers about these alone.
 */
export function decideRetention(
  backups: readonly Candidate[],
  policy: RetentionPolicy,
  now: Date,
  only?: ReadonlySet<string>,
): readonly RetentionDecision[] {
  const newestFirst = backups
    .map(({ id, takenAt, kind, pinnedUntil, flagged }) => ({
      id,
      kind,
      pinnedUntil,
      flagged,
      moment: Date.parse(takenAt),
    }))
    .sort((a, b) => b.moment - a.moment || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
  const counted = newestFirst.filter((backup) => backup.kind !== 'safety');
  const reference = Math.min(now.getTime(), counted[0]?.moment ?? Number.POSITIVE_INFINITY);
  const byPolicy = reasonsToKeep(counted, policy, reference);
  const lastGood = counted.findIndex((backup) => backup.flagged !== true);
  const newest = newestFirst[0];
  const asked = only === undefined ? newestFirst : newestFirst.filter(({ id }) => only.has(id));
  return asked.map((backup) => {
    const pin = backup.pinnedUntil === null ? 0 : Date.parse(backup.pinnedUntil);
    const reasons: Reason[] = [
      ...(byPolicy.get(backup.id) ?? []),
      ...(pin > now.getTime() ? [{ text: `pinned until ${display(pin)}`, until: pin }] : []),
      ...(backup === counted[lastGood] ? [{ text: goodness(lastGood), until: null }] : []),
      ...(backup === newest && backup !== counted[lastGood] ? [{ text: 'newest backup', until: null }] : []),
    ];
    return reasons.length > 0 ? kept(backup.id, reasons) : gone(backup, policy);
  });
}

function goodness(flaggedSince: number): string {
  if (flaggedSince === 0) return 'last good backup';
  return `last good backup: ${flaggedSince === 1 ? 'the newer one is' : `the ${flaggedSince} newer ones are`} flagged`;
}

function kept(backup: string, reasons: readonly Reason[]): RetentionDecision {
  const ends = reasons.flatMap(({ until }) => (until === null ? [] : [until]));
  const expiresAt = ends.length < reasons.length ? null : new Date(Math.max(...ends)).toISOString();
  return { backup, keep: true, reasons: reasons.map(({ text }) => text), expiresAt };
}

function gone(
  { id, kind }: Pick<Candidate, 'id' | 'kind'>,
  { count, tiers = [], rules = [] }: RetentionPolicy,
): RetentionDecision {
  const others = tiers.length + rules.length === 0 ? '' : ' and held by no other rule';
  const why =
    kind === 'safety' ? 'the hold of this safety backup has ended' : `older than the newest ${count}${others}`;
  return { backup: id, keep: false, reasons: [why], expiresAt: null };
}
