import type { JobRow } from '../../storage-node/base/words.ts';

/** What earlier runs let expect of this one. */
export interface Expectation {
  readonly seconds: number;
  readonly bytes: number;
}

/** From so many bytes on, a run's own pace says more than the time that earlier ones took. */
const TRUSTED_SHARE = 0.2;

/** The middle one of earlier runs, by time and by size; undefined without any. */
export function expectationOf(earlier: readonly JobRow[]): Expectation | undefined {
  const runs = earlier.flatMap(({ startedAt, endedAt, bytes }) =>
    startedAt === null || endedAt === null ? [] : [{ ms: Date.parse(endedAt) - Date.parse(startedAt), bytes }],
  );
  if (runs.length === 0) return undefined;
  return { seconds: middle(runs.map(({ ms }) => ms)) / 1_000, bytes: middle(runs.map(({ bytes }) => bytes)) };
}

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * How many seconds are left: by the time that earlier runs took, and, once enough bytes have passed, by the pace of this one.
 * Undefined where it went past all that was known.
 */
export function secondsLeft(
  { seconds, bytes }: Expectation,
  now: { readonly seconds: number; readonly bytes: number },
): number | undefined {
  const share = bytes > 0 ? now.bytes / bytes : 0;
  const left = share >= TRUSTED_SHARE ? (now.seconds / share) * (1 - share) : seconds - now.seconds;
  return left > 0 ? left : undefined;
}

/** Bytes a second over the last moments, from what is seen of a job. */
export function createPace(windowMs = 10_000): (atMs: number, bytes: number) => number {
  const seen: { readonly atMs: number; readonly bytes: number }[] = [];
  return (atMs, bytes) => {
    seen.push({ atMs, bytes });
    while (seen.length > 2 && atMs - (seen[1]?.atMs ?? atMs) >= windowMs) seen.shift();
    const first = seen[0] ?? { atMs, bytes };
    return atMs > first.atMs ? ((bytes - first.bytes) / (atMs - first.atMs)) * 1_000 : 0;
  };
}
