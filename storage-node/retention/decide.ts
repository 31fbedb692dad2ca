import type { Backup } from '../base/words.ts';

/** How many complete backups stay. */
export interface RetentionPolicy {
  readonly count: number;
}

/** What becomes of one backup, and why. */
export interface RetentionDecision {
  /** Its id. */
  readonly backup: string;
  readonly keep: boolean;
  /** At least one: `newest 2 of 5`, `pinned until …`, `last good backup`, or why it goes. */
  readonly reasons: readonly string[];
}

type Candidate = Pick<Backup, 'id' | 'takenAt' | 'kind' | 'pinnedUntil'>;

const moment = (text: string) => `${new Date(text).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/**
 * Says of each complete backup of one environment whether it stays. The newest `count` stay, safety backups not counted;
 * pinned ones stay until their pin ends; the newest of all stays whatever the policy says. Newest first.
 */
export function decideRetention(
  backups: readonly Candidate[],
  policy: RetentionPolicy,
  now: Date,
): readonly RetentionDecision[] {
  const newestFirst = [...backups].sort(
    (a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0),
  );
  const counted = newestFirst.filter((backup) => backup.kind !== 'safety');
  return newestFirst.map((backup, index) => {
    const place = counted.indexOf(backup) + 1;
    const held = backup.pinnedUntil !== null && Date.parse(backup.pinnedUntil) > now.getTime();
    const reasons = [
      ...(place > 0 && place <= policy.count ? [`newest ${place} of ${policy.count}`] : []),
      ...(held ? [`pinned until ${moment(backup.pinnedUntil)}`] : []),
      ...(index === 0 ? ['last good backup'] : []),
    ];
    if (reasons.length > 0) return { backup: backup.id, keep: true, reasons };
    const why = place > 0 ? `older than the newest ${policy.count}` : 'the hold of this safety backup has ended';
    return { backup: backup.id, keep: false, reasons: [why] };
  });
}
