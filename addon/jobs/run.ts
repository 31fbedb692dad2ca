import { AddonError } from '../../storage-node/base/errors.ts';
import type { JobKind, JobRow } from '../../storage-node/base/words.ts';
import type { Job } from './job.ts';
import type { Logbook } from './logbook.ts';
import type { JobStore, Outcome } from './store.ts';

/** How long a job may run, and how long it may be silent. */
export interface RunLimits {
  readonly timeLimitMs: number;
  /** Without a byte or a step; 0 for no bound. */
  readonly stallMs: number;
}

/** One job that runs: what its flow may say, and what ends it from outside. */
export interface Run {
  readonly row: JobRow;
  /** Runs beside the queue: it takes none of its places. */
  readonly attended: boolean;
  readonly job: Job;
  readonly abort: AbortController;
  /** How it ended, from then until the catalog has it. */
  outcome: Outcome | undefined;
  /** What it told last, whether the catalog has it or not. */
  told(): { readonly step: string; readonly bytes: number; readonly warnings: readonly string[] };
  /** Gives the catalog what was told since the last time, and aborts what is out of time or stands still. */
  watch(): void;
  /** Whether it goes on long after it was told to end: nothing more can be done about it but not to wait for it. */
  isDeaf(): boolean;
}

const WRITE_EVERY_MS = 1_000;
/** Within this a flow that was told to end has cleaned up behind itself. */
const CLEANING_MS = 600_000;
/** Only these tell of bytes and steps all the time; restic is silent for hours while it checks or prunes. */
const WATCHED: readonly JobKind[] = ['backup', 'restore'];

/** Begins to listen to a job. Time that passes counts, not the clock, which may be set. */
export function createRun(
  parts: { readonly store: JobStore; readonly logbook: Logbook; readonly elapsed: () => number },
  limits: RunLimits,
  row: JobRow,
  attended: boolean,
): Run {
  const { store, logbook, elapsed } = parts;
  const { id, kind, environment } = row;
  const abort = new AbortController();
  const warnings: string[] = [];
  const began = elapsed();
  let step = '';
  let bytes = 0;
  let lastSign = began;
  let lastWritten = Number.NEGATIVE_INFINITY;
  let unwritten = false;
  let toldToEnd = Number.POSITIVE_INFINITY;
  abort.signal.addEventListener('abort', () => {
    toldToEnd = elapsed();
  });

  function update(change: Parameters<JobStore['update']>[1]): boolean {
    try {
      store.update(id, change);
      return true;
    } catch {
      // A full disk must not end the job that tries to say how far it is. Its end carries all of this once more.
      return false;
    }
  }
  function write(): void {
    if (!unwritten || elapsed() - lastWritten < WRITE_EVERY_MS) return;
    lastWritten = elapsed();
    unwritten = !update({ step, bytes });
  }
  function sign(): void {
    lastSign = elapsed();
    unwritten = true;
    write();
  }

  const job: Job = {
    id,
    environment,
    signal: abort.signal,
    tell(text) {
      logbook.write(id, text);
      step = text;
      sign();
    },
    moved(total) {
      if (total === bytes) return;
      bytes = total;
      sign();
    },
    warn(text) {
      if (warnings.includes(text)) return;
      warnings.push(text);
      logbook.write(id, `warning: ${text}`);
      update({ warnings });
    },
    log: (line) => logbook.write(id, line),
  };

  return {
    ...{ row, attended, job, abort, outcome: undefined },
    told: () => ({ step, bytes, warnings }),
    isDeaf: () => elapsed() - toldToEnd >= CLEANING_MS,
    watch() {
      if (abort.signal.aborted) return;
      write();
      const what = `the ${kind} of ${environment}`;
      if (elapsed() - began >= limits.timeLimitMs) {
        abort.abort(new AddonError('job-timeout', `${what} ran out of time`));
      } else if (limits.stallMs > 0 && WATCHED.includes(kind) && elapsed() - lastSign >= limits.stallMs) {
        const minutes = Math.round(limits.stallMs / 60_000);
        const doing = step === '' ? '' : ` while ${step}`;
        abort.abort(new AddonError('job-stalled', `${what} moved no byte for ${minutes} minutes${doing}`));
      }
    },
  };
}
