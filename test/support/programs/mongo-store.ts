import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the stand-ins of MongoDB's programs find their "server" on a host: a directory instead of a process. */
export const storeDirectory = '/var/lib/mongo-stand-in';

/** What the server would say of itself. */
export interface StoreState {
  readonly version: string;
  readonly up: boolean;
  readonly role: 'alone' | 'primary' | 'secondary' | 'router';
}

/** A collection or a view, as a file. */
export interface StoredCollection {
  readonly type: 'collection' | 'view';
  readonly indexes: readonly string[];
  /** Documents as JSON. */
  readonly documents: readonly string[];
}

interface User {
  readonly user: string;
  readonly password: string;
  readonly roles: readonly string[];
}

const statePath = join(storeDirectory, 'state.json');
const dataPath = join(storeDirectory, 'data');
const readJson = <Value>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as Value;
const fileName = (name: string) => `${encodeURIComponent(name)}.json`;

export const state = (): StoreState => readJson<StoreState>(statePath);

/** The state, or an error in the words of the driver when the server does not run. */
export function reachable(): StoreState {
  const now = state();
  if (!now.up) throw new Error('connect ECONNREFUSED 127.0.0.1:27017');
  return now;
}

export const databases = (): readonly string[] =>
  existsSync(dataPath) ? readdirSync(dataPath).map(decodeURIComponent).sort() : [];

export function collections(database: string): readonly string[] {
  const folder = join(dataPath, encodeURIComponent(database));
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => decodeURIComponent(file.slice(0, -'.json'.length))).sort();
}

export const readCollection = (database: string, name: string): StoredCollection =>
  readJson(join(dataPath, encodeURIComponent(database), fileName(name)));

export function writeCollection(database: string, name: string, content: StoredCollection): void {
  const folder = join(dataPath, encodeURIComponent(database));
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  const path = join(folder, fileName(name));
  writeFileSync(`${path}~`, JSON.stringify(content), { mode: 0o666 });
  renameSync(`${path}~`, path);
}

/** A database goes with its last collection, as in MongoDB. */
export function dropCollection(database: string, name: string): void {
  const folder = join(dataPath, encodeURIComponent(database));
  rmSync(join(folder, fileName(name)), { force: true });
  if (collections(database).length === 0) rmSync(folder, { recursive: true, force: true });
}

const users = (): readonly User[] =>
  collections('admin').includes('system.users')
    ? readCollection('admin', 'system.users').documents.map((text) => JSON.parse(text) as User)
    : [];

/** Once there is a user, nothing goes without a login. */
export const asksForLogin = (): boolean => users().length > 0;

/** The user's roles; null for a wrong name or password. */
export const login = (user: string, password: string): readonly string[] | null =>
  users().find((one) => one.user === user && one.password === password)?.roles ?? null;
