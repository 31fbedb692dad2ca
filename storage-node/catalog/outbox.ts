import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

/** The ways by which people are told. */
export type MessageChannel = 'mail' | 'webhook' | 'ping';

/** A message that is to be sent. Its id is the same whenever the same event is written for the same recipient. */
export interface NewMessage {
  readonly id: string;
  /** Empty where it is about the storage itself. */
  readonly environment: string;
  readonly event: string;
  readonly channel: MessageChannel;
  /** Messages of one channel, recipient and environment are sent in the order in which they were written. */
  readonly recipient: string;
  /** JSON, for whoever sends it. */
  readonly content: string;
  readonly createdAt: string;
  /** After this it is of no use any more. */
  readonly expiresAt: string;
}

/** A message as it stands, or how it ended. */
export interface MessageRow extends NewMessage {
  readonly dueAt: string;
  readonly attempts: number;
  readonly state: 'waiting' | 'sent' | 'given-up';
  readonly endedAt: string | null;
  /** Why the last attempt failed. */
  readonly problem: string | null;
}

/** The messages of a catalog. */
export interface OutboxStore {
  /** Writes a message; one that was written before is left as it stands. Beyond the bound of a recipient the oldest one that waits is given up. */
  add(message: NewMessage): void;
  /** The first waiting message of each recipient about each environment, where its time has come, oldest first. */
  due(now: string, limit: number): MessageRow[];
  /** Counts an attempt that is about to begin, and says when the next one would be. */
  attempt(id: string, nextAt: string): void;
  /** What the last attempt failed of. */
  note(id: string, problem: string): void;
  /** Only a waiting message can end. */
  end(id: string, state: 'sent' | 'given-up', at: string, problem?: string): void;
  /** Ends what still waits for a recipient, because something newer stands in its place. */
  supersede(channel: MessageChannel, recipient: string, at: string): void;
  /** Those that wait though they were tried, and those given up since then; newest first. */
  troubled(since: string, limit: number): MessageRow[];
  waiting(): number;
  /** How many were written for a recipient since then. */
  countSince(channel: MessageChannel, recipient: string, since: string): number;
  /** Newest first. */
  list(limit: number): MessageRow[];
  /** Drops what ended before then. */
  forget(before: string): void;
}

/** Of one recipient; what is older says less and less. */
const MOST_WAITING = 100;

function rowOf(row: Record<string, SQLOutputValue>): MessageRow {
  return {
    id: String(row.id),
    environment: String(row.environment),
    event: String(row.event),
    channel: String(row.channel) as MessageChannel,
    recipient: String(row.recipient),
    content: String(row.content),
    createdAt: String(row.created_at),
    dueAt: String(row.due_at),
    expiresAt: String(row.expires_at),
    attempts: Number(row.attempts),
    state: String(row.state) as MessageRow['state'],
    endedAt: row.ended_at === null ? null : String(row.ended_at),
    problem: row.problem === null ? null : String(row.problem),
  };
}

/** The outbox of a catalog. */
export function outboxStore(database: DatabaseSync): OutboxStore {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO messages (id, environment, event, channel, recipient, content, created_at, due_at, expires_at,
       attempts, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'waiting')`,
  );
  const overflow = database.prepare(
    `UPDATE messages SET state = 'given-up', ended_at = ?, problem = coalesce(problem, 'too many messages wait')
       WHERE sequence IN (SELECT sequence FROM messages WHERE state = 'waiting' AND channel = ? AND recipient = ?
         ORDER BY sequence DESC LIMIT -1 OFFSET ${MOST_WAITING})`,
  );
  const due = database.prepare(
    `SELECT * FROM messages AS first WHERE state = 'waiting' AND due_at <= ? AND NOT EXISTS (
       SELECT 1 FROM messages AS other WHERE other.state = 'waiting' AND other.channel = first.channel
         AND other.recipient = first.recipient AND other.environment = first.environment AND other.sequence < first.sequence)
     ORDER BY due_at, sequence LIMIT ?`,
  );
  const attempt = database.prepare(`UPDATE messages SET attempts = attempts + 1, due_at = ? WHERE id = ?`);
  const note = database.prepare(`UPDATE messages SET problem = ? WHERE id = ? AND state = 'waiting'`);
  const end = database.prepare(
    `UPDATE messages SET state = ?, ended_at = ?, problem = coalesce(?, problem) WHERE id = ? AND state = 'waiting'`,
  );
  const supersede = database.prepare(
    `UPDATE messages SET state = 'given-up', ended_at = ?, problem = NULL
       WHERE state = 'waiting' AND channel = ? AND recipient = ?`,
  );
  const troubled = database.prepare(
    `SELECT * FROM messages WHERE problem IS NOT NULL AND (state = 'waiting' OR (state = 'given-up' AND ended_at >= ?))
       ORDER BY sequence DESC LIMIT ?`,
  );
  const waiting = database.prepare(`SELECT count(*) AS number FROM messages WHERE state = 'waiting'`);
  const since = database.prepare(
    'SELECT count(*) AS number FROM messages WHERE channel = ? AND recipient = ? AND created_at >= ?',
  );
  const all = database.prepare('SELECT * FROM messages ORDER BY sequence DESC LIMIT ?');
  const forget = database.prepare(`DELETE FROM messages WHERE state <> 'waiting' AND ended_at < ?`);
  return {
    add({ id, environment, event, channel, recipient, content, createdAt, expiresAt }) {
      insert.run(id, environment, event, channel, recipient, content, createdAt, createdAt, expiresAt);
      overflow.run(createdAt, channel, recipient);
    },
    due: (now, limit) => due.all(now, limit).map(rowOf),
    attempt: (id, nextAt) => void attempt.run(nextAt, id),
    note: (id, problem) => void note.run(problem, id),
    end: (id, state, at, problem) => void end.run(state, at, problem ?? null, id),
    supersede: (channel, recipient, at) => void supersede.run(at, channel, recipient),
    troubled: (since, limit) => troubled.all(since, limit).map(rowOf),
    waiting: () => Number(waiting.get()?.number ?? 0),
    countSince: (channel, recipient, from) => Number(since.get(channel, recipient, from)?.number ?? 0),
    list: (limit) => all.all(limit).map(rowOf),
    forget: (before) => void forget.run(before),
  };
}
