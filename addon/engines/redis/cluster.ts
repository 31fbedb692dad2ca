import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server, StoredPart } from '../engine.ts';
import { ask, clientOf, credentialsOf, infoOf } from './client.ts';
import { keyspaceOf, librariesOf, totalOf } from './keyspace.ts';
import { refuseWithoutRoom } from './room.ts';
import { type Second, startSecond } from './second.ts';
import type { Shard } from './shards.ts';
import { persisted } from './takeover.ts';

/** A part and the primary that it goes to. */
export interface ShardPart {
  readonly shard: Shard;
  readonly part: StoredPart;
}

/**
 * Fills the primaries of a cluster, one after the other. A member of a cluster refuses `REPLICAOF`, so each is emptied and the second
 * server migrates its keys to it (MIGRATE COPY: serialized by Redis itself, any bytes, any type, times to live to the millisecond or so).
 * Before the first one is emptied all parts have been read whole by `redis-check-rdb`; from then on this is not "beside": a failure
 * leaves the shard at hand in part, and the safety backup is the way back. Clients that write meanwhile add to what is restored.
 */
export async function restoreShards(server: Server, pairs: readonly ShardPart[]): Promise<readonly string[]> {
  for (const { part } of pairs) await checkWhole(server, part);
  const warnings: string[] = [];
  for (const { shard, part } of pairs) {
    server.tell(`loading ${part.name}`);
    await using second = await startSecond(server, part, shard.seat);
    await refuseWithoutRoom(server, shard.seat, second, part, false);
    const slow = { timeoutMs: 3_600_000 };
    await ask(server, shard.seat, ['FLUSHALL', 'SYNC'], slow);
    server.tell(`restoring ${part.name}`);
    await migrate(server, second, shard);
    await copyFunctions(server, second, shard);
    const wanted = keyspaceOf(await second.info());
    const found = keyspaceOf(await infoOf(server, shard.seat));
    const surplus = totalOf(found.keys) - totalOf(wanted.keys);
    // Keys with a time to live may have expired here and not yet there.
    if (surplus < -wanted.expiring) {
      const figures = `${totalOf(found.keys)} of ${totalOf(wanted.keys)} keys`;
      throw new AddonError('restore-mismatch', `${part.name} holds ${figures} of the backup`);
    }
    if (surplus > 0) warnings.push(`${part.name}: clients wrote ${surplus} keys while it was restored; they were kept`);
    await persisted(server, shard.seat);
  }
  return warnings;
}

/** Reads the whole RDB on the master without keeping it. */
async function checkWhole(server: Server, part: StoredPart): Promise<void> {
  server.tell(`checking ${part.name}`);
  // The stdin of a session may be a socket, which cannot be opened by name; a pipe can.
  const script = 'cat | { redis-check-rdb /dev/stdin >&2; s=$?; cat >/dev/null; exit $s; }';
  try {
    await part.pourInto({ argv: ['sh', '-c', script] });
  } catch (error) {
    if (error instanceof AddonError && /handle RDB format version/.test(error.message))
      throw new AddonError('version-refused', `redis is too old for the RDB of ${part.name}`, { cause: error });
    throw error;
  }
}

/** Works through the keys for a few seconds and answers the cursor, so that the job can be stopped in between. */
const migrateSome = `
local cursor, user, password = KEYS[1], KEYS[2], KEYS[3]
local clock = function() return tonumber(redis.call('TIME')[1]) end
local stop = clock() + 5
repeat
  local page = redis.call('SCAN', cursor, 'COUNT', 500)
  cursor = page[1]
  if #page[2] > 0 then
    local words = { 'MIGRATE', ARGV[1], ARGV[2], '', '0', '600000', 'COPY', 'REPLACE' }
    for _, word in ipairs(password == '' and {} or user == '' and { 'AUTH', password } or { 'AUTH2', user, password }) do
      words[#words + 1] = word
    end
    words[#words + 1] = 'KEYS'
    for _, key in ipairs(page[2]) do words[#words + 1] = key end
    local reply = redis.pcall(unpack(words))
    if type(reply) == 'table' and reply.err then return reply end
  end
until cursor == '0' or clock() > stop
return cursor`;

async function migrate(server: Server, second: Second, { seat, name }: Shard): Promise<void> {
  if (seat.tls.length > 0)
    throw new AddonError(
      'restore-failed',
      `${name} cannot be restored: MIGRATE into a cluster with TLS is not possible`,
    );
  let cursor = '0';
  do {
    const words = ['EVAL', migrateSome, '3', cursor, seat.user, seat.password, seat.host, `${seat.port}`];
    // The password of the cluster is among the words.
    cursor = await ask(server, second.seat, words, { secret: true, timeoutMs: 3_600_000 });
    if (!/^\d+$/.test(cursor)) throw new AddonError('restore-failed', `${name}: ${cursor.slice(0, 300)}`);
  } while (cursor !== '0');
}

/** Both ends are clients of their own with a password of their own, so the second one's comes by descriptor. */
const pipeFunctions = `
theirs=$(cat <&3)
n=$1; shift
payload() { REDISCLI_AUTH=$theirs redis-cli -h 127.0.0.1 -p "$n" FUNCTION DUMP | head -c -1; }
payload | "$@" -x FUNCTION RESTORE`;

async function copyFunctions(server: Server, second: Second, { seat, name }: Shard): Promise<void> {
  const wanted = await librariesOf(server, second.seat);
  if (wanted === 0 && (await librariesOf(server, seat)) === 0) return;
  await ask(server, seat, ['FUNCTION', 'FLUSH', 'SYNC']);
  if (wanted === 0) return;
  const argv = ['sh', '-c', pipeFunctions, 'sh', `${second.seat.port}`, ...clientOf(seat)];
  const { stdout, stderr } = await server.machine.run(
    { argv, environment: credentialsOf(seat), secrets: [second.seat.password] },
    { signal: server.signal },
  );
  if ((await librariesOf(server, seat)) !== wanted)
    throw new AddonError('restore-mismatch', `the functions of ${name} were not restored: ${stdout} ${stderr}`.trim());
}
