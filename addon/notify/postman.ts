import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError, toAddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { Carrier, Channel, Message, MessageStore } from './message.ts';

/** Sends what the outbox holds. Nobody waits for it, and it never throws. */
export interface Postman {
  /** Looks whether something is to be sent. */
  wake(): void;
  /** Settles when nothing is under way. */
  idle(): Promise<void>;
  /** Breaks off what is under way; it is sent after the next start. */
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;
const PAUSES_MS = [0.5, 2, 10, 30, 60, 120, 240, 240, 240, 240].map((minutes) => minutes * MINUTE_MS);
const AT_ONCE = 8;
const LIMIT_MS = 20_000;
const KEPT_MS = 30 * 24 * 60 * MINUTE_MS;

/** A postman with a carrier for each way. Each message is tried for about a day; a way without a carrier fails like one that is broken. */
export function createPostman(parts: {
  readonly store: MessageStore;
  readonly carriers: Readonly<Partial<Record<Channel, Carrier>>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limitMs?: number;
}): Postman {
  const { store, carriers, clock, log } = parts;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  let tidied: number | undefined;

  /** The attempt is counted before it is made: what kills the daemon each time is not tried for ever. */
  async function send(message: Message): Promise<void> {
    const now = clock();
    const pause = PAUSES_MS[message.attempts] ?? 0;
    store.attempt(message.id, new Date(now.getTime() + pause + LIMIT_MS).toISOString());
    const limit = AbortSignal.timeout(parts.limitMs ?? LIMIT_MS);
    try {
      if (message.expiresAt <= now.toISOString()) return giveUp(message, message.problem ?? 'its time has passed');
      const carry = carriers[message.channel];
      if (carry === undefined) throw new AddonError('message-unsent', `no ${message.channel} server is set up`);
      await carry(message, AbortSignal.any([limit, stopping.signal]));
      store.end(message.id, 'sent', clock().toISOString());
    } catch (thrown) {
      if (stopping.signal.aborted) return;
      const error = toAddonError(thrown);
      const wasLast = message.attempts + 1 >= PAUSES_MS.length;
      if (wasLast || error.code === 'message-refused') return giveUp(message, error.message);
      store.note(message.id, error.message);
      log.warn(`a ${message.channel} was not sent: ${error.message}`, { environment: message.environment });
    }
  }

  function giveUp(message: Message, problem: string): void {
    store.end(message.id, 'given-up', clock().toISOString(), problem);
    const { environment, event, channel } = message;
    log.error(`a ${channel} about ${event} was given up: ${problem}`, { environment, code: 'message-unsent' });
  }

  function tidy(now: Date): void {
    if (tidied !== undefined && Math.abs(now.getTime() - tidied) < 60 * MINUTE_MS) return;
    tidied = now.getTime();
    store.forget(new Date(now.getTime() - KEPT_MS).toISOString());
  }

  function wake(): void {
    if (stopping.signal.aborted) return;
    try {
      const now = clock();
      tidy(now);
      for (const message of store.due(now.toISOString(), AT_ONCE - underWay.size)) {
        const sent = send(message)
          .catch((thrown: unknown) => log.error(`the outbox failed: ${toAddonError(thrown).message}`))
          .finally(() => {
            underWay.delete(sent);
            wake();
          });
        underWay.add(sent);
      }
    } catch (thrown) {
      log.error(`the outbox cannot be read: ${toAddonError(thrown).message}`);
    }
  }

  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return {
    wake,
    idle,
    async stop() {
      stopping.abort();
      await idle();
    },
  };
}
