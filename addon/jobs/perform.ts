import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError, reportOf, toAddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { JobEnd } from '../../storage-node/base/words.ts';
import type { JobWork } from './job.ts';
import type { Logbook } from './logbook.ts';
import type { Run } from './run.ts';
import type { Outcome } from './store.ts';

const STATE_OF_CODE: Partial<Record<string, JobEnd>> = { 'job-cancelled': 'cancelled', interrupted: 'interrupted' };

/** Runs a flow to its end, and answers how that was. Never rejects. */
export async function perform(
  run: Run,
  work: JobWork,
  parts: { readonly log: Log; readonly logbook: Logbook; readonly clock: Clock },
): Promise<Outcome> {
  const { kind, id, environment, requestedBy } = run.row;
  const { logbook, clock } = parts;
  const log = parts.log.with({ job: id, environment });
  const { signal } = run.abort;
  log.info(`${kind} begins`, { requestedBy });
  try {
    const result = await work(run.job);
    log.info(`${kind} succeeded`, { backup: result.backup });
    return { state: 'succeeded', endedAt: clock().toISOString(), ...run.told(), ...result };
  } catch (thrown) {
    const error = toAddonError(signal.aborted ? signal.reason : thrown);
    const report = reportOf(signal.aborted && thrown instanceof AddonError ? withHint(error, thrown) : error);
    logbook.write(id, `${report.code}: ${report.message}. ${report.hint}`);
    if (error.code === 'bug' && thrown instanceof Error) logbook.write(id, thrown.stack ?? '');
    log.error(`${kind} failed: ${report.message}`, { code: report.code });
    const state = STATE_OF_CODE[error.code] ?? 'failed';
    return { state, endedAt: clock().toISOString(), error: report, ...run.told() };
  }
}

/** The reason of the abort, with the way back that the flow's own error names. */
function withHint(reason: AddonError, thrown: AddonError): AddonError {
  return new AddonError(reason.code, reason.message, { hint: thrown.hint, cause: thrown });
}
