import { once } from 'node:events';
import { checkOf, encode, magic, terminator } from './mongo-archive.ts';
import { collections, databases, readCollection } from './mongo-store.ts';
import { begin, fail, say } from './mongo-tool.ts';

const { flags, state } = begin('mongodump', ['archive', 'oplog', 'ssl']);
if (!flags.has('archive')) fail('the stand-in knows --archive only');
if (flags.has('oplog') && state.role === 'alone') fail('error getting oplog start: not a replica set member');

const write = async (bytes: Buffer) => {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
};

const all = databases().flatMap((db) => collections(db).map((collection) => ({ db, collection })));
await write(
  Buffer.concat([magic, encode({ version: '0.1', server_version: state.version, tool_version: 'stand-in' })]),
);
for (const name of all) {
  const { type, indexes } = readCollection(name.db, name.collection);
  await write(encode({ ...name, metadata: JSON.stringify({ type, indexes }) }));
}
if (flags.has('oplog')) await write(encode({ db: '', collection: 'oplog', metadata: '{}' }));
await write(terminator);
for (const name of all) {
  const { documents } = readCollection(name.db, name.collection);
  say(`writing ${name.db}.${name.collection} to archive on stdout`);
  for (let at = 0; at < documents.length; at += 500) {
    const page = documents.slice(at, at + 500).map((json) => encode({ json }));
    await write(Buffer.concat([encode({ ...name, EOF: false, CRC: 0n }), ...page, terminator]));
  }
  await write(Buffer.concat([encode({ ...name, EOF: true, CRC: checkOf(documents) }), terminator]));
  say(`done dumping ${name.db}.${name.collection} (${documents.length} documents)`);
}
if (flags.has('oplog'))
  await write(Buffer.concat([encode({ db: '', collection: 'oplog', EOF: true, CRC: checkOf([]) }), terminator]));
