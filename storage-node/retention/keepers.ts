import { later, periodOf } from './calendar.ts';
import {
  adverbOf,
  type KeepRule,
  type Period,
  type Reason,
  type RetentionPolicy,
  spanText,
  type Tier,
} from './policy.ts';

/** A backup that the policy counts, with its moment. */
export interface Counted {
  readonly id: string;
  readonly moment: number;
}

type Found = readonly [id: string, reason: Reason];
type OffsetAt = (moment: number) => number;

const utc: OffsetAt = () => 0;

/**
 * Every reason that the policy gives. Ages are counted up to `reference`, the newest complete backup, not up to now:
 * where backups fail for months, nothing grows older.
 */
export function reasonsToKeep(newestFirst: readonly Counted[], policy: RetentionPolicy, reference: number): Found[] {
  const offsetAt = policy.offsetAt ?? utc;
  return [
    ...newestFirst.slice(0, policy.count).map(({ id }, index): Found => {
      return [id, { text: `newest ${index + 1} of ${policy.count}`, until: null }];
    }),
    ...(policy.rules ?? []).flatMap((rule) => byRule(newestFirst, rule, offsetAt)),
    ...(policy.tiers ?? []).flatMap((tier) => byTier(newestFirst, tier, offsetAt, reference)),
  ];
}

function byRule(newestFirst: readonly Counted[], { each, count }: KeepRule, offsetAt: OffsetAt): Found[] {
  return newestOfEach(newestFirst, each, offsetAt)
    .slice(0, count)
    .map(({ id }, index) => [id, { text: `${adverbOf(each)} ${index + 1} of ${count}`, until: null }]);
}

function byTier(
  newestFirst: readonly Counted[],
  { within, each }: Tier,
  offsetAt: OffsetAt,
  reference: number,
): Found[] {
  const text = `${each === null ? '' : `${adverbOf(each)} `}within ${spanText(within)}`;
  return (each === null ? newestFirst : newestOfEach(newestFirst, each, offsetAt)).flatMap(({ id, moment }) => {
    const until = later(moment, within, offsetAt);
    return until >= reference ? [[id, { text, until }] as const] : [];
  });
}

function newestOfEach(newestFirst: readonly Counted[], period: Period, offsetAt: OffsetAt): Counted[] {
  const seen = new Set<string>();
  return newestFirst.filter(({ moment }) => {
    const key = periodOf(moment, period, offsetAt);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
