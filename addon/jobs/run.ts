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
}

const WRITE_EVERY_MS = 1_000;
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

  function write(): void {
    if (!unwritten || elapsed() - lastWritten < WRITE_EVERY_MS) return;
    store.update(id, { step, bytes });
    lastWritten = elapsed();
    unwritten = false;
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
      store.update(id, { warnings });
    },
    log: (line) => logbook.write(id, line),
  };

  return {
    ...{ row, attended, job, abort, outcome: undefined },
    told: () => ({ step, bytes, warnings }),
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
