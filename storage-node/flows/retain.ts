import { decideRetention, type RetentionDecision } from '../retention/decide.ts';
import type { RetentionPolicy } from '../retention/policy.ts';
import { exclusively, type Interior } from './interior.ts';
import { drop } from './remove.ts';

/** What retention would do with the backups of an environment, or with some of them, and why. */
export function decide(
  { backups }: Interior,
  environment: string,
  policy: RetentionPolicy,
  now: Date,
  only?: ReadonlySet<string>,
): readonly RetentionDecision[] {
  return decideRetention(backups.outlines(environment), policy, now, only);
}

/** Removes what the policy no longer holds. Only called after a complete backup. */
export async function retain(
  interior: Interior,
  environment: string,
  policy: RetentionPolicy,
  now: Date,
): Promise<RetentionDecision[]> {
  return await exclusively(interior, environment, async (place) => {
    const decisions = decide(interior, environment, policy, now);
    await drop(
      interior,
      place,
      decisions.filter((decision) => !decision.keep).map((decision) => decision.backup),
    );
    return [...decisions];
  });
}
