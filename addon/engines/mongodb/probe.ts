import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Counts } from '../../../storage-node/base/words.ts';
import type { Probe, Server } from '../engine.ts';
import { addressOf, evaluate } from './client.ts';

interface Facts {
  readonly version: string;
  readonly primary: boolean;
  readonly router: boolean;
  readonly replicaSet: string;
  readonly bytes: number;
  /** 0 where nobody logged in. */
  readonly users: number;
  readonly missing: readonly string[];
}

const factsScript = `
const hello = db.adminCommand({ isMaster: 1 });
answer.version = String(db.adminCommand({ buildInfo: 1 }).version);
answer.primary = hello.ismaster === true;
answer.router = hello.msg === 'isdbgrid';
answer.replicaSet = hello.setName ? String(hello.setName) : '';
answer.bytes = 0;
answer.missing = [];
if (answer.primary && !answer.router) {
  answer.bytes = Number(db.adminCommand({ listDatabases: 1 }).totalSize);
  const info = db.adminCommand({ connectionStatus: 1, showPrivileges: true }).authInfo;
  answer.users = info.authenticatedUsers.length;
  const everywhere = [];
  for (const privilege of info.authenticatedUserPrivileges || []) {
    const resource = privilege.resource;
    if (resource.anyResource || (resource.db === '' && resource.collection === ''))
      for (const action of privilege.actions) everywhere.push(action);
  }
  if (answer.users > 0 && everywhere.indexOf('anyAction') < 0)
    for (const action of input.data) if (everywhere.indexOf(action) < 0) answer.missing.push(action);
}`;

const neededEverywhere = [
  'find',
  'listCollections',
  'listIndexes',
  'insert',
  'createCollection',
  'createIndex',
  'dropCollection',
];

const tools = ['mongodump', 'mongorestore', 'tee', 'tail', 'od', 'tr'];

/** One part for the whole server: only so can a replica set's dump be brought to one moment by its oplog. */
export async function probeMongodb(server: Server): Promise<Probe> {
  const script = `for p; do command -v "$p" >/dev/null || echo "$p"; done
    command -v mongosh >/dev/null || command -v mongo >/dev/null || echo mongosh`;
  const { stdout } = await server.machine.run(
    { argv: ['sh', '-c', script, 'sh', ...tools] },
    { signal: server.signal },
  );
  const absent = stdout.split('\n').filter((line) => line !== '');
  if (absent.length > 0)
    throw new AddonError('node-tools', `the master lacks ${absent.join(', ')}`, {
      hint: 'install the MongoDB Database Tools (100.3 or newer) and mongosh on the database node.',
    });
  const facts = await primaryFacts(server);
  const inSet = facts.replicaSet !== '';
  const loose =
    'mongodb is no replica set: what is written during a backup may be in it in part; a replica set of one is enough';
  return {
    version: facts.version,
    parts: [{ name: 'mongodb', kind: 'database', extension: inSet ? withOplog : 'archive' }],
    warnings: inSet ? [] : [loose],
    estimatedBytes: facts.bytes,
  };
}

/** The archive holds the oplog of the dump's time too; a restore has to be told. */
export const withOplog = 'oplog.archive';

/** Refuses a router, a secondary and a user who may not do what a backup and a restore do. */
export async function primaryFacts(server: Server): Promise<Facts> {
  const facts = await evaluate<Facts>(server, factsScript, neededEverywhere);
  const who = `mongodb on ${addressOf(server)}`;
  if (facts.router) {
    throw new AddonError('engine-unsupported', `${who} is the router of a sharded cluster`, {
      hint: 'the tools cannot dump shards at one moment; install on a replica set, or use the custom engine.',
    });
  }
  if (!facts.primary) throw new AddonError('node-replica', `${who} is not the primary of its replica set`);
  if (facts.missing.length > 0) {
    const list = facts.missing.map((action) => `${action} on all databases`).join(', ');
    throw new AddonError('privileges-missing', `${who} keeps from our user: ${list}`, {
      hint: 'grant the user the roles backup and restore on the database admin.',
    });
  }
  return facts;
}

const countScript = `
answer.rows = {};
answer.objects = { databases: 0, collections: 0, views: 0, indexes: 0, users: 0, roles: 0 };
for (const entry of db.adminCommand({ listDatabases: 1, nameOnly: true }).databases) {
  if (entry.name === 'local' || entry.name === 'config') continue;
  answer.objects.databases += 1;
  const one = db.getSiblingDB(entry.name);
  for (const info of one.getCollectionInfos()) {
    const system = info.name.indexOf('system.') === 0;
    if (info.type === 'view') { answer.objects.views += 1; continue; }
    if (system && entry.name !== 'admin') continue;
    const rows = Number(one.getCollection(info.name).countDocuments({}));
    if (info.name === 'system.users') answer.objects.users = rows;
    if (info.name === 'system.roles') answer.objects.roles = rows;
    if (system) continue;
    answer.objects.collections += 1;
    answer.objects.indexes += one.getCollection(info.name).getIndexes().length;
    answer.rows[entry.name + '.' + info.name] = rows;
  }
}`;

/** Documents of each collection, counted one by one; a server's own estimate may be wrong after a crash. */
export const countMongodb = (server: Server): Promise<Counts> => evaluate<Counts>(server, countScript);
