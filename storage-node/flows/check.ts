import { findProblems, isReadable } from '../repository/check.ts';
import { exclusively, type Interior } from './interior.ts';

/** What a check found. `damagedBackups` are those of which a part cannot be read to its end. */
export interface CheckReport {
  readonly ok: boolean;
  readonly problems: string[];
  readonly damagedBackups: string[];
}

/** Checks an environment's repository; where it is not whole, finds out which backups that concerns. Changes nothing. */
export function check(
  interior: Interior,
  environment: string,
  options: { readonly readData: boolean },
  signal: AbortSignal,
): Promise<CheckReport> {
  return exclusively(interior, environment, async ({ repository }) => {
    const problems = [...(await findProblems(repository, options, signal))];
    const damagedBackups: string[] = [];
    for (const backup of problems.length === 0 ? [] : interior.backups.list({ environment })) {
      for (const part of backup.parts) {
        if (await isReadable(repository, part, signal)) continue;
        damagedBackups.push(backup.id);
        break;
      }
    }
    return { ok: problems.length === 0, problems, damagedBackups };
  });
}
