import { randomBytes } from 'node:crypto';
import type { Server, StoredPart } from '../engine.ts';
import { numberOf, type Seat } from './client.ts';
import { keyspaceOf, totalOf } from './keyspace.ts';
import { refuseWithoutRoom } from './room.ts';
import { startSecond } from './second.ts';
import { introductionOf, persisted, takeOver } from './takeover.ts';

/**
 * Replaces everything in a server of its own: all logical databases and functions. Nothing of it is touched before a second server
 * has read the whole part, verified its checksum and found room for it.
 */
export async function restoreAlone(server: Server, part: StoredPart, live: Seat): Promise<readonly string[]> {
  const warnings: string[] = [];
  const introduction = await introductionOf(server, live);
  const door = { ...introduction, password: introduction.password ?? randomBytes(24).toString('hex') };
  server.tell(`loading ${part.name} into a second server`);
  {
    await using second = await startSecond(server, part, live, door);
    const info = await second.info();
    const loaded = totalOf(keyspaceOf(info).keys);
    const expired = numberOf(info.get('rdb_last_load_keys_expired'));
    const counted = part.counts?.objects.keys;
    server.log(`${part.name}: ${loaded} keys loaded, ${expired} expired since, ${counted ?? 'none'} counted at backup`);
    // Keys with a time to live may have gone between the counting and the dump.
    if (counted !== undefined && Math.abs(counted - loaded - expired) > (part.counts?.objects.expiring ?? 0))
      warnings.push(`${part.name} holds ${loaded + expired} keys, ${counted} were counted when the backup began`);
    await refuseWithoutRoom(server, live, second, part, true);
    server.tell(`handing ${part.name} over to the live server`);
    await takeOver(server, live, second, door);
  }
  server.tell(`waiting until ${part.name} is on disk`);
  await persisted(server, live);
  return warnings;
}
