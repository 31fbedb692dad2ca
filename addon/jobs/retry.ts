import { ERRORS, type ErrorCode } from '../../storage-node/base/errors.ts';
import type { JobRow } from '../../storage-node/base/words.ts';

interface Patience {
  /** How long the first retry waits; each one after it four times as long. */
  readonly firstMs: number;
  readonly attempts: number;
}

const MINUTE_MS = 60_000;
/** No retry waits longer. */
export const LONGEST_WAIT_MS = 75 * MINUTE_MS;
const GROWTH = 4;
const ORDINARY: Patience = { firstMs: MINUTE_MS, attempts: 5 };
const OTHERWISE: Partial<Record<ErrorCode, Patience>> = {
  interrupted: { firstMs: 30_000, attempts: 5 },
  'repository-locked': { firstMs: 30_000, attempts: 5 },
  'storage-full': { firstMs: 15 * MINUTE_MS, attempts: 4 },
  'node-space': { firstMs: 15 * MINUTE_MS, attempts: 4 },
  'job-timeout': { firstMs: 15 * MINUTE_MS, attempts: 2 },
  'job-stalled': { firstMs: 5 * MINUTE_MS, attempts: 3 },
};

/**
 * How long to wait before an ended job is run again by itself; undefined where it is not. Only what nobody attends is repeated,
 * and only after failures that may pass by themselves; a backup that the daemon's own end cut off is, whoever asked for it.
 * A restore never is.
 */
export function retryDelay(
  row: Pick<JobRow, 'kind' | 'lane' | 'state' | 'error' | 'attempt' | 'environment'>,
): number | undefined {
  if (row.error === null || !(row.error.code in ERRORS)) return undefined;
  const code = row.error.code as ErrorCode;
  const cutOff = row.state === 'interrupted' && row.kind === 'backup';
  const unattended = row.lane !== 'manual' && ['backup', 'prune', 'check'].includes(row.kind);
  if (!ERRORS[code].retry || !(cutOff || unattended)) return undefined;
  const { firstMs, attempts } = OTHERWISE[code] ?? ORDINARY;
  if (row.attempt >= attempts) return undefined;
  const spread = 0.75 + fraction(`${row.environment} ${row.attempt}`) / 2;
  return Math.round(Math.min(firstMs * GROWTH ** (row.attempt - 1) * spread, LONGEST_WAIT_MS));
}

/** The same text always gives the same number from 0 to 1, and similar texts give distant ones (FNV-1a with a final mix). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
