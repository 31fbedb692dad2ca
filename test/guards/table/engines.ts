// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
import type { Guard, TestOfGuard } from '../guard.ts';

const CONTRACT = 'test/contracts/engine.ts';
const promised = (engine: string, name: string): TestOfGuard => ({
  ...{ file: `test/contracts/${engine}.test.ts`, name, writtenIn: CONTRACT },
});
const dumped = (name: string) => ({ file: 'test/guards/mariadb-dump.test.ts', name });
const restored = (name: string) => ({ file: 'test/addon/engines/postgresql-restore.test.ts', name });
const redis = (name: string) => ({ file: 'test/addon/engines/redis.test.ts', name });

/** What each engine knows of its server: whom it may not dump, what a whole dump is, and how a restore fails without harm. */
export const engineGuards: readonly Guard[] = [
  {
    name: 'a MariaDB replica is refused',
    file: 'addon/engines/mariadb/probe.ts',
    text: "if (rows.length > 0) throw new AddonError('node-replica'",
    without: "if (rows.length < 0) throw new AddonError('node-replica'",
    test: promised('mariadb', 'refuses a replica'),
  },
  {
    name: 'a PostgreSQL replica is refused',
    file: 'addon/engines/postgresql/probe.ts',
    text: '  if (facts.replica) {',
    without: '  if (facts.replica && facts.major < 0) {',
    test: promised('postgresql', 'refuses a replica'),
  },
  {
    name: 'a Redis replica is refused',
    file: 'addon/engines/redis/shards.ts',
    text: "if (info.get('role') !== 'master') {",
    without: "if (info.get('role') === 'none') {",
    test: promised('redis', 'refuses a replica'),
  },
  {
    name: 'a MongoDB secondary is refused',
    file: 'addon/engines/mongodb/probe.ts',
    text: "if (!facts.primary) throw new AddonError('node-replica'",
    without: "if (!facts) throw new AddonError('node-replica'",
    test: promised('mongodb', 'refuses a replica'),
  },
  {
    name: 'end marker of a MariaDB dump',
    file: 'addon/engines/mariadb/dump.ts',
    text: "endMarker: '-- Dump completed', ",
    without: '',
    test: dumped('is none when its last lines are missing'),
  },
  {
    name: 'complaint of a MariaDB dump',
    file: 'addon/engines/mariadb/dump.ts',
    text: ', complaint: COMPLAINT }',
    without: ' }',
    test: dumped('is none when it complained'),
  },
  {
    name: 'MariaDB’s objects are compared after a restore',
    file: 'addon/engines/mariadb/restore.ts',
    text: "if (words.length > 0) throw new AddonError('restore-mismatch'",
    without: "if (words.length < 0) throw new AddonError('restore-mismatch'",
    test: { file: 'test/addon/engines/mariadb.test.ts', name: 'fails when objects are missing or too many' },
  },
  {
    name: 'PostgreSQL loads beside the database that is there',
    file: 'addon/engines/postgresql/restore.ts',
    text: '  const loaded = await loadSide(server, side, part);\n',
    without: `  await swapIn(server, side, aside, present.databases.includes(part.name));
  const loaded = await loadSide(server, { ...side, name: part.name }, part);
`,
    test: restored('leaves the old database whole and in use wherever the stream is cut'),
  },
  {
    name: 'PostgreSQL swaps in one transaction',
    file: 'addon/engines/postgresql/swap.ts',
    text: 'const rename = `BEGIN;\n',
    without: 'const rename = `\n',
    test: restored('opens the old database again when the swap fails'),
  },
  {
    name: 'an interrupted swap of PostgreSQL’s is put right',
    file: 'addon/engines/postgresql/tidy.ts',
    text: "mark.dbbackup === 'swapping' && ",
    without: "mark.dbbackup === 'aside' && ",
    test: restored('leaves the old or the new database when the server dies between the two renames'),
  },
  {
    name: 'PostgreSQL’s objects are compared before the swap',
    file: 'addon/engines/postgresql/side.ts',
    text: '  if (missing.length > 0) {',
    without: '  if (missing.length < 0) {',
    test: restored('refuses what lacks objects, and tells of rows that differ'),
  },
  {
    name: 'a Redis dump is read along by redis-check-rdb',
    file: 'addon/engines/redis/dump.ts',
    text: '[ "$client$cut$copy$check" = 0000 ] && { [ "$told" = 0 ] || [ "$told" = "$found" ]; } && exit 0',
    without: '[ "$client$cut$copy" = 000 ] && exit 0',
    test: redis('does not call a dump complete that its client cut off without a word'),
  },
  {
    name: 'a Redis restore begins when the whole RDB was found good',
    file: 'addon/engines/redis/second.ts',
    text: "fields.get('complete') === 'yes' && ",
    without: '',
    test: redis('leaves the data alone when the RDB is damaged, too new, not proven whole'),
  },
];
