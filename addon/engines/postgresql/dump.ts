import type { DumpPlan, Server } from '../engine.ts';
import { connection, findClient, PREFACE } from './client.ts';
import { countDatabase, OBJECTS } from './count.ts';
import { literal } from './quote.ts';

// psql's own exit status tells nothing of what it ran: the dump's comes by descriptor 3, the dump itself by 4.
const HOLDING = `exec 4>&1
status=$("$1" -X -q -A -t -w -v ON_ERROR_STOP=1 -f - 3>&1 1>&4) || exit
[ "$status" = 0 ]`;

const CHANGED = 'objects changed between counting and dumping';

/**
 * A dump in pg_dump's custom format, uncompressed so that equal rows are equal bytes. The format has no end marker: what tells a whole
 * dump from a cut one is the exit status, which the pump waits for; its length, which the storage keeps; and pg_restore, which fails
 * on an archive that lacks blocks its table of contents names.
 *
 * A session of psql holds the snapshot that is dumped, and looks there first whether the objects are still those that were counted:
 * else the backup's record would contradict the dump, and no restore would accept it.
 */
export async function dumpDatabase(server: Server, database: string): Promise<DumpPlan> {
  const { directory } = await findClient(server);
  const { asText, ...counts } = await countDatabase(server, database);
  const input = `${PREFACE}SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
  WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout') \\g /dev/null
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_catalog.pg_export_snapshot() AS snapshot, objects = ${literal(asText)} AS same FROM (${OBJECTS}) now \\gset
\\if :same
\\setenv DUMPED_SNAPSHOT :snapshot
\\! "$DUMP_PROGRAM" --format=custom --compress=0 --no-password --lock-wait-timeout=60s --snapshot="$DUMPED_SNAPSHOT" >&4 3>&-; echo $? >&3
\\else
\\! echo 'pg_dump: error: ${CHANGED}' >&2
\\endif
`;
  return {
    counts,
    command: {
      argv: ['sh', '-c', HOLDING, 'sh', `${directory}/psql`],
      environment: { ...connection(server.access, database), DUMP_PROGRAM: `${directory}/pg_dump` },
      input,
    },
    expect: { complaint: '^pg_dump: error:' },
    changed: `${CHANGED}|could not obtain lock|lock timeout|relation .* does not exist|could not open relation|cache lookup failed|concurrently (dropped|updated)`,
  };
}
