import { AddonError } from '../../storage-node/base/errors.ts';
import type { Dumpable, DumpPlan, Engine, RestoreReport, Server, StoredPart } from './engine.ts';
import { addressOf, evaluate, toolCommand } from './mongodb/client.ts';
import { countMongodb, primaryFacts, probeMongodb, withOplog } from './mongodb/probe.ts';

/**
 * MongoDB, a server of its own or the primary of a replica set, by mongodump and mongorestore. One archive holds all databases with
 * users and roles. Its end is checked while it is dumped; each collection's CRC is checked by mongorestore. A restore replaces
 * collection by collection, so a failure half-way leaves some old and some new.
 */
export const mongodb: Engine = {
  name: 'mongodb',
  abilities: { credentials: 'optional', restoresBeside: false, partsInParallel: false },
  probe: probeMongodb,
  dump: async (server, part) => ({ ...howToDump(server, part), counts: await countMongodb(server) }),
  restore,
  tidy,
};

/**
 * Copies the archive to stdout and ends with 0 only when mongodump did and the last bytes are the mark that ends a collection
 * (`EOF: true`, its CRC) and the terminator, as the archive's specification has it.
 */
const streamArchive = `
exec 8>&1
said=$(
  {
    {
      { "$@"; echo "client $?" >&6; } | { tee /dev/fd/7 >&8; echo "copy $?" >&6; }
    } 7>&1 | tail -c 23 | od -An -v -tx1 | tr -d ' \\n'
  } 6>&1
)
case $said in
  *'client 0'*) ;;
  *) exit 1 ;;
esac
case $said in
  *'copy 0'*454f460001124352430*00ffffffff) exit 0 ;;
esac
echo "Failed: the archive does not end as an archive ends: $said" >&2
exit 1`;

function howToDump(server: Server, part: Dumpable): Omit<DumpPlan, 'counts'> {
  const options = ['--archive', ...(part.extension === withOplog ? ['--oplog'] : [])];
  const tool = toolCommand(server, 'mongodump', options, addressOf(server));
  return {
    command: { ...tool, argv: ['sh', '-c', streamArchive, 'sh', ...tool.argv] },
    expect: { complaint: '(^|[^A-Za-z])Failed:' },
    changed: 'oplog overflow|while renames occur',
  };
}

async function restore(
  server: Server,
  parts: readonly StoredPart[],
  source: { readonly version: string },
): Promise<RestoreReport> {
  const { version } = await primaryFacts(server);
  const major = (text: string) => text.split('.').slice(0, 2).map(Number);
  const [from = [0], to = [0]] = [major(source.version), major(version)];
  if ((from[0] ?? 0) > (to[0] ?? 0) || (from[0] === to[0] && (from[1] ?? 0) > (to[1] ?? 0)))
    throw new AddonError('version-refused', `the backup is of mongodb ${source.version}, the server is ${version}`);
  const warnings: string[] = [];
  for (const part of parts) {
    const kept = Object.keys(part.counts?.rows ?? {});
    server.tell(`restoring ${part.name}`);
    await evaluate(server, dropViews, kept);
    const options = [
      '--archive',
      '--drop',
      '--stopOnError',
      ...(part.extension === withOplog ? ['--oplogReplay'] : []),
    ];
    const { stderr } = await part.pourInto(toolCommand(server, 'mongorestore', options, addressOf(server)));
    const failed = /(\d+) document\(s\) failed to restore/.exec(stderr)?.[1];
    if (failed === undefined || failed !== '0')
      throw new AddonError('restore-failed', `mongorestore left out ${failed ?? 'an unknown number of'} documents`);
    warnings.push(...(await comparedWith(server, part, kept).catch((error: unknown) => explained(server, error))));
  }
  return { restored: parts.map(({ name }) => name), warnings };
}

/** Views hold no data; the ones of the backup come back with it. A view in the place of a collection would stop the restore. */
const dropViews = `
for (const name of new Set(input.data.map((row) => row.slice(0, row.indexOf('.'))))) {
  const one = db.getSiblingDB(name);
  for (const info of one.getCollectionInfos()) if (info.type === 'view') one.getCollection(info.name).drop();
}`;

/** In the databases of the backup, what came later: --drop only knows the collections of the archive. */
const dropLater = `
answer.dropped = [];
for (const name of new Set(input.data.map((row) => row.slice(0, row.indexOf('.'))))) {
  const one = db.getSiblingDB(name);
  for (const info of one.getCollectionInfos()) {
    if (info.type === 'view' || info.name.indexOf('system.') === 0) continue;
    if (input.data.indexOf(name + '.' + info.name) >= 0) continue;
    one.getCollection(info.name).drop();
    answer.dropped.push(name + '.' + info.name);
  }
}`;

/** Every collection of the backup has to be there. Documents may be more or fewer by what was written while the backup ran. */
async function comparedWith(server: Server, part: StoredPart, kept: readonly string[]): Promise<readonly string[]> {
  if (part.counts === null) return [`${part.name} was not counted when it was backed up: nothing to compare with`];
  const { dropped } = await evaluate<{ readonly dropped: readonly string[] }>(server, dropLater, kept);
  for (const name of dropped) server.log(`dropped the collection ${name}, which is not in the backup`);
  const now = (await countMongodb(server)).rows;
  const missing = kept.filter((name) => now[name] === undefined);
  if (missing.length > 0) throw new AddonError('restore-mismatch', `collections are missing: ${missing.join(', ')}`);
  const { rows } = part.counts;
  return kept
    .filter((name) => now[name] !== rows[name])
    .map((name) => `${name} holds ${now[name]} documents, ${rows[name]} were counted when the backup began`);
}

/** The users of the backup include the one that we come in as, with the password that it had then. */
function explained({ access }: Server, error: unknown): never {
  if (!(error instanceof AddonError) || error.code !== 'credentials-refused') throw error;
  const message = `the data are restored, and with the users the former password of ${access.user}: nothing could be compared`;
  throw new AddonError('credentials-refused', message, {
    cause: error,
    hint: 'enter the password of the time of the backup with configure, or set the present one in mongodb again.',
  });
}

const leftovers = `
answer.dropped = [];
const primary = db.adminCommand({ isMaster: 1 }).ismaster === true;
for (const name of primary ? ['tempusers', 'temproles'] : []) {
  if (db.getSiblingDB('admin').getCollectionInfos({ name: name }).length === 0) continue;
  db.getSiblingDB('admin').getCollection(name).drop();
  answer.dropped.push(name);
}`;

async function tidy(server: Server): Promise<readonly string[]> {
  const { dropped } = await evaluate<{ readonly dropped: readonly string[] }>(server, leftovers);
  return dropped.map((name) => `dropped admin.${name}, which an interrupted restore had left`);
}
