import { join } from 'node:path';
import type { Access } from '../../addon/engines/engine.ts';
import { engineMachine } from '../support/engineMachine.ts';
import type { Fleet } from '../support/fleet.ts';
import type { Host } from '../support/host.ts';
import { type StoredCollection, type StoreState, storeDirectory } from '../support/programs/mongo-store.ts';
import type { EngineTrial } from './engine-trial.ts';

const programs = '/usr/local/lib/mongo-programs';
const node = '/usr/local/lib/mongo-programs-node';
const password = `pass 'word' $HOME "ä" \\ #: yes`;

/** A server of the stand-ins: what `mongodump`, `mongorestore` and `mongosh` on this host work on. */
export interface StandIn {
  readonly host: Host;
  readonly access: Access;
  is(state: Partial<StoreState>): Promise<void>;
  put(database: string, name: string, documents: readonly unknown[], type?: StoredCollection['type']): Promise<void>;
  drop(database: string, name: string): Promise<void>;
  /** Databases, collections and their content, as text. */
  content(): Promise<string>;
}

/** A host with the stand-in programs on its PATH, and a user `keeper` in the roles that a backup needs. */
export async function startStandIn(fleet: Fleet, name: string): Promise<StandIn> {
  const binds = [
    { from: join(import.meta.dirname, '../support/programs'), to: programs, readOnly: true },
    { from: process.execPath, to: node, readOnly: true },
  ];
  const host = await fleet.host(name, { binds });
  for (const program of ['mongodump', 'mongorestore', 'mongosh'])
    await host.writeFile(
      `/usr/local/bin/${program}`,
      `#!/bin/sh\nexec ${node} ${programs}/${program}.ts "$@"\n`,
      0o755,
    );
  let state: StoreState = { version: '7.0.14', up: true, role: 'primary' };
  const file = (database: string, collection: string) =>
    `${storeDirectory}/data/${encodeURIComponent(database)}/${encodeURIComponent(collection)}.json`;
  const open = () => host.sh(`chmod -R a+rwX ${storeDirectory}`);
  const standIn: StandIn = {
    host,
    access: { user: 'keeper', password, host: '127.0.0.1', port: 0, nodes: [host.address], options: {} },
    is: async (change) => {
      state = { ...state, ...change };
      await host.writeFile(`${storeDirectory}/state.json`, JSON.stringify(state));
      await open();
    },
    put: async (database, collection, documents, type = 'collection') => {
      const stored: StoredCollection = {
        type,
        indexes: type === 'view' ? [] : ['_id_', 'name_1'],
        documents: documents.map((document) => JSON.stringify(document)),
      };
      await host.writeFile(file(database, collection), JSON.stringify(stored));
      await open();
    },
    drop: async (database, collection) => {
      await host.must(['rm', '-f', file(database, collection)]);
      await host.sh(`find ${storeDirectory}/data -mindepth 1 -type d -empty -delete`);
    },
    content: () => host.sh(`cd ${storeDirectory}/data && find . -type f | sort | xargs sha256sum`),
  };
  await standIn.is({});
  await putUsers(standIn, 'wonder');
  return standIn;
}

const putUsers = (standIn: StandIn, alice: string) =>
  standIn.put('admin', 'system.users', [
    { user: 'keeper', password, roles: ['backup', 'restore'] },
    { user: 'alice', password: alice, roles: ['readWrite'] },
    { user: 'weak', password: 'feeble', roles: [] },
  ]);

/** Text of its own for each number, so that nothing compresses or repeats. */
const orders = Array.from({ length: 9000 }, (_, id) => ({
  _id: id,
  name: `Bestellung ${id} 🙂`,
  note: 'ä\0'.repeat(120),
}));

export async function mongodbTrial(fleet: Fleet): Promise<EngineTrial> {
  const standIn = await startStandIn(fleet, 'mongodb');
  const { host, access } = standIn;
  return {
    host,
    machine: await engineMachine(host),
    access,
    fill: async () => {
      await host.sh(`rm -rf ${storeDirectory}/data`);
      await putUsers(standIn, 'wonder');
      await standIn.put('admin', 'system.version', [{ _id: 'featureCompatibilityVersion' }]);
      await standIn.put('shop', 'orders', orders);
      await standIn.put('shop', 'open orders', [], 'view');
      await standIn.put('shop', `odd "name" $x/…`, [{ _id: 1 }]);
      await standIn.put('crm', 'empty', []);
    },
    fingerprint: () => standIn.content(),
    destroy: async () => {
      for (const [database, name] of [
        ['shop', 'orders'],
        ['shop', 'open orders'],
        ['shop', `odd "name" $x/…`],
        ['crm', 'empty'],
      ] as const)
        await standIn.drop(database, name);
      await putUsers(standIn, 'nothing left');
    },
    change: async () => {
      await putUsers(standIn, 'land');
      await standIn.put('shop', 'orders', orders.slice(10));
      await standIn.put('shop', 'later', [{ _id: 1 }]);
      await standIn.put('shop', 'later orders', [], 'view');
      await standIn.drop('crm', 'empty');
    },
    stop: () => standIn.is({ up: false }),
    start: () => standIn.is({ up: true }),
    weak: async () => ({
      access: { ...access, user: 'weak', password: 'feeble' },
      missing: ['find', 'insert', 'createIndex', 'dropCollection'],
    }),
    replica: async () => {
      const other = await startStandIn(fleet, 'mongodb-2');
      await other.is({ role: 'secondary' });
      return { machine: await engineMachine(other.host), access: other.access };
    },
  };
}
