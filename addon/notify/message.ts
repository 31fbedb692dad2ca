/** A message that is to be sent, as the catalog takes it. */
export interface NewMessage {
  readonly id: string;
  readonly environment: string;
  readonly event: string;
  readonly channel: Channel;
  /** Mail: the address. Webhook and ping: the environment, or empty for the hoster's own. */
  readonly recipient: string;
  readonly content: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** The ways by which people are told. */
export type Channel = 'mail' | 'webhook' | 'ping';

/** A message as it stands. */
export interface Message extends NewMessage {
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly problem: string | null;
}

/** What the catalog keeps of messages. */
export interface MessageStore {
  /** A message that was written before is left as it stands. */
  add(message: NewMessage): void;
  due(now: string, limit: number): Message[];
  attempt(id: string, nextAt: string): void;
  note(id: string, problem: string): void;
  end(id: string, state: 'sent' | 'given-up', at: string, problem?: string): void;
  supersede(channel: Channel, recipient: string, at: string): void;
  countSince(channel: Channel, recipient: string, since: string): number;
  forget(before: string): void;
}

/** Sends one message, or throws: `message-refused` where another attempt would end the same. */
export type Carrier = (message: Message, signal: AbortSignal) => Promise<void>;
