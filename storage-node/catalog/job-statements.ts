import type { DatabaseSync } from 'node:sqlite';

/** The statements of the jobs' table, prepared once. Each of them finds its rows by an index, or by their place. */
export function jobStatements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  const pages = (which: string, index = '') => ({
    all: prepare(`SELECT * FROM jobs ${index} WHERE ${which} ORDER BY seq DESC LIMIT ? OFFSET ?`),
    of: prepare(`SELECT * FROM jobs ${index} WHERE environment = ? AND ${which} ORDER BY seq DESC LIMIT ? OFFSET ?`),
  });
  const change = `step = coalesce(?, step), bytes = coalesce(?, bytes), warnings = coalesce(?, warnings),
    backup = coalesce(?, backup)`;
  return {
    one: prepare('SELECT * FROM jobs WHERE id = ?'),
    request: prepare('SELECT request FROM jobs WHERE id = ?'),
    any: pages('TRUE'),
    // Left to itself, SQLite reads years of history from the end to find the few that wait.
    waiting: pages(`state = 'queued'`, 'INDEXED BY one_of_a_kind_waits'),
    begun: pages(`state <> 'queued'`),
    insert: prepare(
      `INSERT INTO jobs (id, environment, kind, state, lane, requested_by, request, host, attempt, repeats, queued_at, ready_at,
         step, bytes, warnings) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, '', 0, '[]')`,
    ),
    start: prepare(
      `UPDATE jobs SET state = 'running', owner = ?, started_at = ?, deadline_at = ? WHERE id = ? AND state = 'queued'
         RETURNING *`,
    ),
    change: prepare(`UPDATE jobs SET ${change} WHERE id = ? AND owner = ? AND state = 'running'`),
    finish: prepare(
      `UPDATE jobs SET state = ?, ended_at = ?, error = ?, ${change} WHERE id = ? AND owner = ? AND state = 'running'
         RETURNING *`,
    ),
    drop: prepare(
      `UPDATE jobs SET state = 'cancelled', ended_at = ?, error = ? WHERE id = ? AND state = 'queued' RETURNING *`,
    ),
    noteBackup: prepare(`UPDATE jobs SET backup = ? WHERE id = ? AND state = 'interrupted'`),
    running: prepare(`SELECT 1 FROM jobs WHERE environment = ? AND state = 'running'`),
    orphans: prepare(
      `UPDATE jobs SET state = 'interrupted', ended_at = ?, error = iif(kind = 'restore', ?, ?)
         WHERE state = 'running' AND owner <> ? RETURNING *`,
    ),
    succeeded: prepare(
      `SELECT * FROM jobs WHERE environment = ? AND kind = ? AND state = 'succeeded' ORDER BY seq DESC LIMIT ?`,
    ),
    forget: prepare(`DELETE FROM jobs WHERE environment = ? AND state NOT IN ('queued', 'running')`),
    forgetBefore: prepare(
      `DELETE FROM jobs WHERE seq IN (SELECT seq FROM (SELECT seq, ended_at FROM jobs ORDER BY seq LIMIT ?) WHERE ended_at < ?)
         RETURNING id`,
    ),
  };
}
