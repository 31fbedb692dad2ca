/** Run in order, once each; never edited after a release, only added to. `PRAGMA user_version` counts them. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE environments (
     name TEXT PRIMARY KEY,
     region TEXT NOT NULL,
     owner TEXT NOT NULL,
     display_name TEXT NOT NULL,
     engine TEXT NOT NULL,
     installed INTEGER NOT NULL,
     configuration TEXT NOT NULL,
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE backups (
     id TEXT PRIMARY KEY,
     environment TEXT NOT NULL,
     taken_at TEXT NOT NULL,
     snapshot TEXT NOT NULL,
     manifest TEXT NOT NULL,
     pinned_until TEXT,
     pin_snapshot TEXT
   ) STRICT;
   CREATE INDEX backups_of_environment ON backups (environment, taken_at);
   CREATE TABLE jobs (
     id TEXT PRIMARY KEY,
     environment TEXT NOT NULL,
     kind TEXT NOT NULL,
     state TEXT NOT NULL,
     owner TEXT NOT NULL,
     requested_by TEXT NOT NULL,
     started_at TEXT NOT NULL,
     ended_at TEXT,
     step TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     backup TEXT,
     error TEXT,
     warnings TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX one_running_job ON jobs (environment) WHERE state = 'running';
   CREATE INDEX jobs_of_environment ON jobs (environment, started_at);`,
  `ALTER TABLE backups ADD COLUMN accepted_at TEXT;
   ALTER TABLE backups ADD COLUMN kind TEXT NOT NULL DEFAULT '';
   ALTER TABLE backups ADD COLUMN flagged INTEGER NOT NULL DEFAULT 0;
   UPDATE backups SET kind = json_extract(manifest, '$.kind');
   DROP INDEX backups_of_environment;
   CREATE INDEX backups_of_environment ON backups (environment, taken_at, id, kind, pinned_until, flagged, accepted_at);
   CREATE INDEX backups_by_time ON backups (taken_at, id);`,
  `ALTER TABLE environments ADD COLUMN next_run TEXT;
   ALTER TABLE environments ADD COLUMN occurrence TEXT;
   ALTER TABLE environments ADD COLUMN label TEXT;
   ALTER TABLE environments ADD COLUMN planned_at TEXT;
   CREATE INDEX environments_by_next_run ON environments (next_run) WHERE next_run IS NOT NULL;
   UPDATE environments SET next_run = configuration ->> '$.nextRun', occurrence = configuration ->> '$.nextRun',
     label = '', planned_at = created_at WHERE installed = 1 AND configuration <> '';`,
  `CREATE TABLE messages (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     environment TEXT NOT NULL,
     event TEXT NOT NULL,
     channel TEXT NOT NULL,
     recipient TEXT NOT NULL,
     content TEXT NOT NULL,
     created_at TEXT NOT NULL,
     due_at TEXT NOT NULL,
     expires_at TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     state TEXT NOT NULL,
     ended_at TEXT,
     problem TEXT
   ) STRICT;
   CREATE INDEX waiting_messages ON messages (channel, recipient, sequence) WHERE state = 'waiting';
   CREATE INDEX due_messages ON messages (due_at) WHERE state = 'waiting';
   CREATE TABLE alerts (
     environment TEXT NOT NULL,
     condition TEXT NOT NULL,
     since TEXT NOT NULL,
     told_at TEXT NOT NULL,
     reminders INTEGER NOT NULL,
     times INTEGER NOT NULL,
     facts TEXT NOT NULL,
     PRIMARY KEY (environment, condition)
   ) STRICT;
   CREATE TABLE last_successes (
     environment TEXT PRIMARY KEY,
     backup TEXT NOT NULL,
     started_at TEXT NOT NULL,
     ended_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE ended_jobs (kind TEXT NOT NULL, outcome TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (kind, outcome)) STRICT;
   CREATE TABLE storage_samples (taken_at TEXT PRIMARY KEY, used_bytes INTEGER NOT NULL, total_bytes INTEGER NOT NULL) STRICT;
   CREATE TABLE untold_jobs (job TEXT PRIMARY KEY) STRICT;`,
  `ALTER TABLE jobs RENAME TO jobs_without_queue;
   CREATE TABLE jobs (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     environment TEXT NOT NULL,
     kind TEXT NOT NULL,
     state TEXT NOT NULL,
     lane TEXT NOT NULL,
     requested_by TEXT NOT NULL,
     request TEXT NOT NULL,
     host TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     repeats TEXT,
     queued_at TEXT NOT NULL,
     ready_at TEXT NOT NULL,
     owner TEXT,
     started_at TEXT,
     deadline_at TEXT,
     ended_at TEXT,
     step TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     backup TEXT,
     error TEXT,
     warnings TEXT NOT NULL
   ) STRICT;
   INSERT INTO jobs
     SELECT NULL, id, environment, kind, state, CASE requested_by WHEN 'schedule' THEN 'scheduled' WHEN 'upkeep' THEN 'upkeep'
         ELSE 'manual' END, requested_by, 'null', '', 1, NULL, started_at, started_at, owner, started_at, NULL, ended_at, step,
       bytes, backup, error, warnings
     FROM jobs_without_queue ORDER BY started_at, id;
   DROP TABLE jobs_without_queue;
   CREATE UNIQUE INDEX one_job_runs ON jobs (environment) WHERE state = 'running';
   CREATE UNIQUE INDEX one_of_a_kind_waits ON jobs (environment, kind) WHERE state = 'queued';
   CREATE INDEX jobs_by_environment ON jobs (environment);
   CREATE TRIGGER jobs_begin_queued BEFORE INSERT ON jobs WHEN NEW.state <> 'queued'
     BEGIN SELECT RAISE(ABORT, 'a job begins as queued'); END;
   CREATE TRIGGER jobs_move_legally BEFORE UPDATE OF state ON jobs
     WHEN NOT (OLD.state = 'queued' AND NEW.state IN ('running', 'cancelled'))
       AND NOT (OLD.state = 'running' AND NEW.state IN ('succeeded', 'failed', 'cancelled', 'interrupted'))
     BEGIN SELECT RAISE(ABORT, 'a job cannot make this move'); END;`,
  `CREATE INDEX messages_by_recipient ON messages (channel, recipient, created_at);
   DROP INDEX waiting_messages;
   CREATE INDEX waiting_messages ON messages (channel, recipient, environment, sequence) WHERE state = 'waiting';`,
];
