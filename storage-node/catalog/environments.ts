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

/** The rows of environments. */
export interface EnvironmentStore {
  get(name: string): EnvironmentRecord | undefined;
  list(): EnvironmentRecord[];
  /** Writes the whole record, new or not. */
  save(record: EnvironmentRecord): void;
  remove(name: string): void;
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

/** The environments of a catalog. */
export function environmentStore(database: DatabaseSync): EnvironmentStore {
  const one = database.prepare('SELECT * FROM environments WHERE name = ?');
  const all = database.prepare('SELECT * FROM environments ORDER BY name');
  const write = database.prepare('INSERT OR REPLACE INTO environments VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM environments WHERE name = ?');
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
  };
}
