import { checkOf, decode, type Fields, magic, terminator } from './mongo-archive.ts';
import { collections, type StoredCollection, writeCollection } from './mongo-store.ts';
import { begin, fail, say } from './mongo-tool.ts';

const { flags } = begin('mongorestore', ['archive', 'drop', 'stopOnError', 'oplogReplay', 'ssl']);
let bytes = Buffer.alloc(0);
const source = process.stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;

async function more(): Promise<void> {
  const { value, done } = await source.next();
  if (done) fail('corrupted archive: stream or file ended in the middle: unexpected EOF');
  bytes = Buffer.concat([bytes, value]);
}

/** The next document, or null for a terminator. */
async function next(): Promise<Fields | null> {
  while (bytes.length < 4) await more();
  if (bytes.subarray(0, 4).equals(terminator)) {
    bytes = bytes.subarray(4);
    return null;
  }
  for (;;) {
    const found = decode(bytes, 0);
    if (found !== null) {
      bytes = bytes.subarray(found.end);
      return found.fields;
    }
    await more();
  }
}

while (bytes.length < 4) await more();
if (!bytes.subarray(0, 4).equals(magic)) fail('stream or file does not appear to be a mongodump archive');
bytes = bytes.subarray(4);
await next();
const waiting = new Map<string, Fields>();
for (let entry = await next(); entry !== null; entry = await next())
  waiting.set(`${entry.db}.${entry.collection}`, entry);
if (flags.has('oplogReplay') && !waiting.has('.oplog'))
  fail('no oplog file to replay; make sure you run mongodump with --oplog');

const documents = new Map<string, string[]>();
const begun = new Set<string>();
let restored = 0;
while (waiting.size > 0) {
  const header = await next();
  if (header === null) fail('corrupted archive: a header was expected');
  const name = `${header.db}.${header.collection}`;
  const entry = waiting.get(name);
  if (entry === undefined) fail(`corrupted archive: ${name} is not in the prelude`);
  const seen = documents.get(name) ?? [];
  documents.set(name, seen);
  if (header.EOF === true) {
    if (header.CRC !== checkOf(seen)) fail(`${name}: error restoring from archive on stdin: CRC mismatch`);
    await next();
    waiting.delete(name);
    say(`finished restoring ${name} (${seen.length} documents, 0 failures)`);
  } else {
    for (let document = await next(); document !== null; document = await next()) seen.push(`${document.json}`);
  }
  if (header.db !== '') put(entry, seen);
}
say(`${restored} document(s) restored successfully. 0 document(s) failed to restore.`);

/** Collections change while the archive still comes, as with the real one. */
function put(entry: Fields, seen: readonly string[]): void {
  const [db, collection] = [`${entry.db}`, `${entry.collection}`];
  const first = !begun.has(`${db}.${collection}`);
  begun.add(`${db}.${collection}`);
  if (first && !flags.has('drop') && collections(db).includes(collection))
    fail(`${db}.${collection}: E11000 duplicate key error`);
  const { type, indexes } = JSON.parse(`${entry.metadata}`) as Pick<StoredCollection, 'type' | 'indexes'>;
  writeCollection(db, collection, { type, indexes, documents: seen });
  restored = [...documents.values()].reduce((sum, list) => sum + list.length, 0);
}
