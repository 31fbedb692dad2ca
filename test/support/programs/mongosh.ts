import { readFileSync, writeFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import {
  asksForLogin,
  collections,
  databases,
  dropCollection,
  login,
  reachable,
  readCollection,
} from './mongo-store.ts';

writeFileSync('/proc/self/comm', 'mongosh');
const script = process.argv[process.argv.indexOf('--eval') + 1] ?? '';
let roles: readonly string[] | null = null;

const needed: Readonly<Record<string, readonly string[]>> = {
  backup: ['find', 'listCollections', 'listIndexes'],
  restore: ['insert', 'createCollection', 'createIndex', 'dropCollection', 'listCollections'],
  root: ['find', 'listCollections', 'listIndexes', 'insert', 'createCollection', 'createIndex', 'dropCollection'],
};

function loggedIn(command: string): void {
  if (roles === null && asksForLogin()) throw new Error(`Command ${command} requires authentication`);
}

function adminCommand(command: Readonly<Record<string, unknown>>): unknown {
  const { role, version } = reachable();
  const [name = ''] = Object.keys(command);
  if (name === 'isMaster') {
    const set = role === 'primary' || role === 'secondary' ? { setName: 'rs0', secondary: role === 'secondary' } : {};
    return { ismaster: role !== 'secondary', ...set, ...(role === 'router' ? { msg: 'isdbgrid' } : {}) };
  }
  loggedIn(name);
  if (name === 'buildInfo') return { version };
  if (name === 'listDatabases') return { databases: databases().map((one) => ({ name: one })), totalSize: 4096 };
  if (name !== 'connectionStatus') throw new Error(`no such command: '${name}'`);
  const everywhere = {
    resource: { db: '', collection: '' },
    actions: (roles ?? []).flatMap((one) => needed[one] ?? []),
  };
  return {
    authInfo: { authenticatedUsers: roles === null ? [] : [{}], authenticatedUserPrivileges: [everywhere] },
  };
}

function databaseNamed(database: string): unknown {
  return {
    getSiblingDB: databaseNamed,
    adminCommand,
    auth: (user: string, password: string) => {
      reachable();
      roles = login(user, password);
      if (roles === null) throw new Error('Authentication failed.');
      return { ok: 1 };
    },
    getCollectionInfos: ({ name }: { readonly name?: string } = {}) => {
      loggedIn('listCollections');
      const names = collections(database).filter((one) => name === undefined || one === name);
      return names.map((one) => ({ name: one, type: readCollection(database, one).type }));
    },
    getCollection: (name: string) => ({
      countDocuments: () => readCollection(database, name).documents.length,
      getIndexes: () => readCollection(database, name).indexes,
      drop: () => {
        loggedIn('drop');
        dropCollection(database, name);
        return true;
      },
    }),
  };
}

try {
  reachable();
  const print = (text: unknown) => process.stdout.write(`${text}\n`);
  const require = (module: string) => (module === 'fs' ? { readFileSync } : undefined);
  runInNewContext(script, { db: databaseNamed('test'), print, require });
} catch (error) {
  process.stderr.write(`MongoServerError: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
