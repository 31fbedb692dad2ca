import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Dumpable, DumpPlan, Server } from '../engine.ts';
import { accountsText, END_OF_ACCOUNTS } from './accounts.ts';
import { login, query } from './client.ts';
import { brokenViews } from './objects.ts';
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

/** How one part is dumped. Its first statement gives the database that it is loaded into the character set of the one dumped. */
export async function planDump(server: Server, part: Dumpable): Promise<DumpPlan> {
  if (part.kind === 'globals') {
    const input = await accountsText(server);
    return {
      command: { argv: ['cat'], input },
      expect: { bytes: Buffer.byteLength(input), endMarker: END_OF_ACCOUNTS },
    };
  }
  const tools = await toolsOf(server);
  const { arguments: first, secret } = login(server.access);
  const ignored = ((await brokenViews(server, [part.name])).get(part.name) ?? []).map(
    (view) => `--ignore-table=${part.name}.${view}`,
  );
  const options = WHERE_KNOWN.filter(([name]) => tools.dumpKnows(name)).map(([, option]) => option);
  const { alter, packetBytes } = await settings(server, part.name);
  const statements = `--net-buffer-length=${Math.max(65_536, Math.min(STATEMENT_BYTES, packetBytes - PACKET_OVERHEAD_BYTES))}`;
  const dump = [tools.dump, ...first, ...FIXED, statements, ...options, ...ignored, '--', part.name];
  const heading = 'printf "%s\\n" "$1"; shift; exec "$@"';
  return {
    command: { argv: ['sh', '-c', heading, 'sh', alter, ...dump], secrets: [secret] },
    expect: { endMarker: '-- Dump completed', complaint: COMPLAINT },
    changed: SCHEMA_CHANGED,
  };
}

/** All that the server says to create the database with, as a statement about the database in use; and its largest packet. */
async function settings(server: Server, database: string): Promise<{ alter: string; packetBytes: number }> {
  const sql = `SHOW CREATE DATABASE ${identifier(database)}; SELECT @@global.max_allowed_packet;`;
  const [[, created = ''] = [], [packetBytes = ''] = []] = await query(server, sql, 'dump-changed');
  const start = `CREATE DATABASE ${identifier(database)}`;
  if (!created.startsWith(start)) throw new AddonError('bug', `unexpected words for the database: ${created}`);
  return { alter: `ALTER DATABASE${created.slice(start.length)};`, packetBytes: Number(packetBytes) };
}
