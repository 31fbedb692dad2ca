import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Dumpable, DumpPlan, Server } from '../engine.ts';
import { accountsText, END_OF_ACCOUNTS } from './accounts.ts';
import { login } from './client.ts';
import { countDatabase, lookInto } from './objects.ts';
import { identifier } from './text.ts';
import { toolsOf } from './tools.ts';

/**
 * Where rows are added or change their length, all later borders between statements move; the fewer there are, the more of two dumps is
 * the same. (Measured on a day's work of 1 %: new bytes of 95 MB were 51 MB with 1 MB statements, 15 MB with 16 MB.) A
 * statement stays below this, and below what the server takes at once; only a single row that is longer makes a longer one.
 */
const STATEMENT_BYTES = 16 * 1024 * 1024;
/** What a packet holds beside its statement. */
const PACKET_OVERHEAD_BYTES = 65_536;

const SCHEMA_CHANGED = `table definition has changed|\\((1412|1146|1051|1049|1356|1305|1360|1539)\\)|error:? (1412|1146|1051|1049|1356|1305|1360|1539)|doesn't exist`;

const COMPLAINT = `error|couldn't|lost connection|gone away`;

const FIXED = [
  '--single-transaction',
  '--quick',
  '--routines',
  '--events',
  '--triggers',
  '--hex-blob',
  '--tz-utc',
  '--skip-lock-tables',
  '--skip-add-locks',
  '--skip-dump-date',
  '--no-tablespaces',
  '--default-character-set=utf8mb4',
  '--max-allowed-packet=1G',
];

/** Options that only some of the programs have, with the reason to want them. */
const WHERE_KNOWN = [
  ['column-statistics', '--column-statistics=0'], // a query that MariaDB does not know
  ['set-gtid-purged', '--set-gtid-purged=OFF'], // a statement that a server with a history refuses
] as const;

/** Output of the C library's own size costs a switch between programs for each 4 KiB; where `stdbuf` is, it makes it this. */
const OUTPUT_BYTES = 65_536;

const RUN = `printf "%s\\n" "$1"; shift
! command -v stdbuf >/dev/null || exec stdbuf -o${OUTPUT_BYTES} "$@"
exec "$@"`;

/** How one part is dumped. Its first statement gives the database that it is loaded into the character set of the one dumped. */
export async function planDump(server: Server, part: Dumpable): Promise<DumpPlan> {
  if (part.kind === 'globals') {
    const input = await accountsText(server);
    return {
      counts: null,
      command: { argv: ['cat'], input },
      expect: { bytes: Buffer.byteLength(input), endMarker: END_OF_ACCOUNTS },
    };
  }
  const tools = await toolsOf(server);
  const { arguments: first, secret } = login(server.access);
  const interior = await lookInto(server, part.name);
  const counts = await countDatabase(server, part.name, interior);
  const ignored = interior.brokenViews.map((view) => `--ignore-table=${part.name}.${view}`);
  const options = WHERE_KNOWN.filter(([name]) => tools.dumpKnows(name)).map(([, option]) => option);
  const longest = Math.min(STATEMENT_BYTES, interior.packetBytes - PACKET_OVERHEAD_BYTES);
  const statements = `--net-buffer-length=${Math.max(65_536, longest)}`;
  const dump = [tools.dump, ...first, ...FIXED, statements, ...options, ...ignored, '--', part.name];
  return {
    counts,
    command: { argv: ['sh', '-c', RUN, 'sh', alter(part.name, interior.created), ...dump], secrets: [secret] },
    expect: { endMarker: '-- Dump completed', complaint: COMPLAINT },
    changed: SCHEMA_CHANGED,
  };
}

/** All that the server says to create the database with, as a statement about the database in use. */
function alter(database: string, created: string): string {
  const start = `CREATE DATABASE ${identifier(database)}`;
  if (!created.startsWith(start)) throw new AddonError('bug', `unexpected words for the database: ${created}`);
  return `ALTER DATABASE${created.slice(start.length)};`;
}
