import { createHash } from 'node:crypto';
import { EVENTS, type Happening, type News } from './happening.ts';
import type { MessageStore, NewMessage } from './message.ts';
import { letterOf } from './texts.ts';

/** Who hears for the hoster. */
export interface HosterAudience {
  readonly mail: readonly string[];
  readonly webhook: boolean;
}

/** Who is mailed more than this within an hour has one great trouble, not many, and is told to look. */
const MOST_MAILS_AN_HOUR = 30;
const HOUR_MS = 3_600_000;
const LIFE_MS = 72 * HOUR_MS;
/** Later than that, "it is alive" would be no longer true. */
const PING_LIFE_MS = HOUR_MS / 2;

/** Writes events into the outbox, once for each recipient, secrets taken out. */
export function createNews(parts: {
  readonly store: MessageStore;
  readonly hoster: HosterAudience;
  readonly redact: (text: string) => string;
}): News {
  const { store, hoster, redact } = parts;
  const clean = (said: object) =>
    JSON.stringify(said, (_, value: unknown) => (typeof value === 'string' ? redact(value) : value));

  function mail(happening: Happening, address: string, letter: string): void {
    const hourAgo = new Date(Date.parse(happening.at) - HOUR_MS).toISOString();
    if (store.countSince('mail', address, hourAgo) < MOST_MAILS_AN_HOUR) {
      store.add(message(happening, 'mail', address, letter));
      return;
    }
    const many: Happening = { event: 'news.many', key: happening.at.slice(0, 13), at: happening.at, environment: null };
    store.add(message(many, 'mail', address, clean(letterOf(many))));
  }

  return {
    tell(happening, audience) {
      const { weight, tells } = EVENTS[happening.event];
      const name = happening.environment?.name ?? '';
      const wanted = audience !== null && tells !== 'hoster' && (weight !== 'notice' || audience.notices);
      const hosterToo = tells !== 'customer';
      const letter = clean(letterOf(happening));
      const addresses = new Set([...(wanted ? audience.mail : []), ...(hosterToo ? hoster.mail : [])]);
      for (const address of addresses) mail(happening, address, letter);
      const post = clean(postOf(happening));
      if (wanted && audience.webhook && name !== '') store.add(message(happening, 'webhook', name, post));
      if (hosterToo && hoster.webhook) store.add(message(happening, 'webhook', '', post));
    },
    ping(environment, outcome, key, at) {
      // Only the newest word counts: an older one would keep a dead man alive.
      store.supersede('ping', environment, at);
      store.add({
        id: idOf(key, 'ping', environment),
        environment,
        event: `ping.${outcome}`,
        channel: 'ping',
        recipient: environment,
        content: JSON.stringify({ outcome }),
        createdAt: at,
        expiresAt: new Date(Date.parse(at) + PING_LIFE_MS).toISOString(),
      });
    },
  };
}

function message(
  { event, key, at, environment }: Happening,
  channel: NewMessage['channel'],
  recipient: string,
  content: string,
): NewMessage {
  return {
    id: idOf(`${event} ${key}`, channel, recipient),
    environment: environment?.name ?? '',
    event,
    channel,
    recipient,
    content,
    createdAt: at,
    expiresAt: new Date(Date.parse(at) + LIFE_MS).toISOString(),
  };
}

/** The same event for the same recipient has the same id, however often it is written. */
function idOf(key: string, channel: string, recipient: string): string {
  return `msg_${createHash('sha256')
    .update(JSON.stringify([key, channel, recipient]))
    .digest('hex')
    .slice(0, 32)}`;
}

/** What a webhook is sent: the event's type and moment, and its facts, with the words of the mail. */
function postOf({ event, at, key: _, ...facts }: Happening): object {
  const { subject, text } = letterOf({ event, at, key: '', ...facts });
  return { type: event, timestamp: at, data: { ...facts, subject, text } };
}
