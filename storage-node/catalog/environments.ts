import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { EngineName } from '../base/words.ts';

/** What is known of an environment. */
export interface EnvironmentRecord {
  readonly name: string;
  readonly region: string;
  readonly owner: string;
  readonly displayName: string;
  readonly engine: EngineName;
  readonly installed: boolean;
  /** JSON of the door's making: nodes, settings, schedule; opaque here. Secrets inside are sealed by `seal()`. */
  readonly configuration: string;
  readonly createdAt: string;
}

/** When an environment's schedule begins its next job. Moments are UTC, ISO 8601. */
export interface PlannedRun {
  readonly nextRun: string;
  /** The moment of the schedule that the run stands for. */
  readonly occurrence: string;
  /** The reading of the schedule's own clock at that moment. */
  readonly label: string;
  /** What the time was when this was planned. */
  readonly plannedAt: string;
}

/** An environment whose time has come. */
export interface DueEnvironment extends PlannedRun {
  readonly name: string;
  readonly configuration: string;
}

/** The rows of environments. */
export interface EnvironmentStore {
  get(name: string): EnvironmentRecord | undefined;
  list(): EnvironmentRecord[];
  /** Writes the whole record, new or not. What is planned stays, unless the add-on is taken off. */
  save(record: EnvironmentRecord): void;
  remove(name: string): void;
  /** What is planned for an installed environment. */
  planned(name: string): PlannedRun | undefined;
  /** Plans the next run; for no one, where the add-on is not installed. */
  plan(name: string, run: PlannedRun): void;
  /** Whose next run lies at or before `until` and, where given, after `after`: the longest due first. Reads no one else. */
  due(range: { readonly until: string; readonly after?: string; readonly limit: number }): DueEnvironment[];
  /** Installed environments without a next run, or planned at a later time than this, by a clock that was wrong. Reads all. */
  unplanned(moment: string): Pick<DueEnvironment, 'name' | 'configuration'>[];
}

function recordOf(row: Record<string, SQLOutputValue>): EnvironmentRecord {
  return {
    name: String(row.name),
    region: String(row.region),
    owner: String(row.owner),
    displayName: String(row.display_name),
    engine: String(row.engine) as EngineName,
    installed: row.installed === 1,
    configuration: String(row.configuration),
    createdAt: String(row.created_at),
  };
}

function plannedOf(row: Record<string, SQLOutputValue>): PlannedRun {
  return {
    nextRun: String(row.next_run),
    occurrence: String(row.occurrence),
    label: String(row.label),
    plannedAt: String(row.planned_at),
  };
}

function dueOf(row: Record<string, SQLOutputValue>): DueEnvironment {
  return { name: String(row.name), configuration: String(row.configuration), ...plannedOf(row) };
}

/** The environments of a catalog. */
export function environmentStore(database: DatabaseSync): EnvironmentStore {
  const one = database.prepare('SELECT * FROM environments WHERE name = ?');
  const all = database.prepare('SELECT * FROM environments ORDER BY name');
  const write = database.prepare(
    `INSERT INTO environments (name, region, owner, display_name, engine, installed, configuration, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET region = excluded.region, owner = excluded.owner, display_name = excluded.display_name,
         engine = excluded.engine, installed = excluded.installed, configuration = excluded.configuration,
         created_at = excluded.created_at, next_run = iif(excluded.installed, next_run, NULL)`,
  );
  const drop = database.prepare('DELETE FROM environments WHERE name = ?');
  const planned = database.prepare('SELECT * FROM environments WHERE name = ? AND next_run IS NOT NULL');
  const plan = database.prepare(
    'UPDATE environments SET next_run = ?, occurrence = ?, label = ?, planned_at = ? WHERE name = ? AND installed = 1',
  );
  const due = database.prepare(
    'SELECT * FROM environments WHERE next_run > ? AND next_run <= ? ORDER BY next_run LIMIT ?',
  );
  const unplanned = database.prepare(
    'SELECT * FROM environments WHERE installed = 1 AND (next_run IS NULL OR planned_at > ?) ORDER BY name',
  );
  return {
    get(name) {
      const row = one.get(name);
      return row && recordOf(row);
    },
    list: () => all.all().map(recordOf),
    save(record) {
      const { name, region, owner, displayName, engine, installed, configuration, createdAt } = record;
      write.run(name, region, owner, displayName, engine, installed ? 1 : 0, configuration, createdAt);
    },
    remove: (name) => void drop.run(name),
    planned(name) {
      const row = planned.get(name);
      return row && plannedOf(row);
    },
    plan: (name, { nextRun, occurrence, label, plannedAt }) =>
      void plan.run(nextRun, occurrence, label, plannedAt, name),
    due: ({ until, after = '', limit }) => due.all(after, until, limit).map(dueOf),
    unplanned: (moment) => unplanned.all(moment).map(recordOf),
  };
}
