import fc from 'fast-check';
import type { Candidate } from '../../../storage-node/retention/decide.ts';
import { PERIODS, type RetentionPolicy } from '../../../storage-node/retention/policy.ts';

export const NOW = new Date('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR).toISOString();

/** A clock that is set back by an hour in the middle of the generated time, and forth again before its end. */
const offsetAt = (moment: number) => (Math.abs(moment - NOW.getTime() + 2000 * HOUR) < 1000 * HOUR ? 1 : 2) * HOUR;

const backup: fc.Arbitrary<Candidate> = fc.record({
  id: fc.uuid(),
  takenAt: fc.oneof(fc.integer({ min: -9600, max: 24 }), fc.integer({ min: -80, max: 0 })).map(at),
  kind: fc.constantFrom('manual' as const, 'scheduled' as const, 'scheduled' as const, 'safety' as const),
  pinnedUntil: fc.option(fc.integer({ min: -99, max: 99 }).map(at), { nil: null, freq: 4 }),
  flagged: fc.boolean(),
});

/** Complete backups of one environment, in any order. */
export const backups = fc.uniqueArray(backup, { selector: ({ id }) => id, maxLength: 25 });

const period = fc.constantFrom(...PERIODS);
const within = fc.record({ count: fc.integer({ min: 1, max: 60 }), unit: period });
/** Any policy, with daylight saving. */
export const policy: fc.Arbitrary<RetentionPolicy> = fc.record({
  count: fc.integer({ min: 0, max: 12 }),
  tiers: fc.array(fc.record({ within, each: fc.option(period, { nil: null }) }), { maxLength: 3 }),
  rules: fc.array(fc.record({ each: period, count: fc.integer({ min: 1, max: 12 }) }), { maxLength: 4 }),
  offsetAt: fc.constant(offsetAt),
});

/** A policy and one that asks for at least as much everywhere. */
export const looser = fc
  .tuple(policy, fc.nat(10), fc.nat(10), policy)
  .map(([strict, more, longer, besides]): readonly [RetentionPolicy, RetentionPolicy] => [
    strict,
    {
      ...strict,
      count: strict.count + more,
      tiers: [
        ...(strict.tiers ?? []).map((tier) => ({
          ...tier,
          within: { ...tier.within, count: tier.within.count + longer },
        })),
        ...(besides.tiers ?? []),
      ],
      rules: [
        ...(strict.rules ?? []).map((rule) => ({ ...rule, count: rule.count + longer })),
        ...(besides.rules ?? []),
      ],
    },
  ]);
