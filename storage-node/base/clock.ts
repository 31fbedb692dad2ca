/** Answers the present moment. Passed in wherever time decides something, so that tests can move it. */
export type Clock = () => Date;

/** This machine's clock. */
export const systemClock: Clock = () => new Date();

/** `2026-11-20 02:00:00 UTC`: how a moment is shown to people. */
export function displayTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Waits, or rejects with the signal's reason as soon as it aborts. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
