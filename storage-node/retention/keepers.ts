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

type Dated = Counted & { readonly offset: number };
type Tell = (id: string, reason: Reason) => void;
type OffsetAt = (moment: number) => number;

const utc: OffsetAt = () => 0;

/**
 * Every reason that the policy gives, by the backup's id. Ages are counted up to `reference`, the newest complete backup, not up to
 * now: where backups fail for months, nothing grows older.
 */
export function reasonsToKeep(
  newestFirst: readonly Counted[],
  policy: RetentionPolicy,
  reference: number,
): ReadonlyMap<string, readonly Reason[]> {
  const reasons = new Map<string, Reason[]>();
  const tell: Tell = (id, reason) => {
    const known = reasons.get(id);
    if (known === undefined) reasons.set(id, [reason]);
    else known.push(reason);
  };
  const { count, rules = [], tiers = [], offsetAt = utc } = policy;
  for (const [index, { id }] of newestFirst.slice(0, count).entries())
    tell(id, { text: `newest ${index + 1} of ${count}`, until: null });
  if (rules.length + tiers.length === 0) return reasons;
  const dated = newestFirst.map(({ id, moment }) => ({ id, moment, offset: offsetAt(moment) }));
  for (const rule of rules) byRule(dated, rule, tell);
  for (const tier of tiers) byTier(dated, tier, offsetAt, reference, tell);
  return reasons;
}

function byRule(newestFirst: readonly Dated[], { each, count }: KeepRule, tell: Tell): void {
  let found = 0;
  for (const { id } of newestOfEach(newestFirst, each)) {
    found += 1;
    tell(id, { text: `${adverbOf(each)} ${found} of ${count}`, until: null });
    if (found === count) return;
  }
}

function byTier(
  newestFirst: readonly Dated[],
  { within, each }: Tier,
  offsetAt: OffsetAt,
  reference: number,
  tell: Tell,
): void {
  const text = `${each === null ? '' : `${adverbOf(each)} `}within ${spanText(within)}`;
  for (const { id, moment } of each === null ? newestFirst : newestOfEach(newestFirst, each)) {
    const until = later(moment, within, offsetAt);
    if (until < reference) return;
    tell(id, { text, until });
  }
}

function* newestOfEach(newestFirst: readonly Dated[], period: Period): Iterable<Dated> {
  let last: number | undefined;
  for (const backup of newestFirst) {
    const present = periodOf(backup.moment, backup.offset, period);
    if (present !== last) yield backup;
    last = present;
  }
}
