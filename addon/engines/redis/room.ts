import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server, StoredPart } from '../engine.ts';
import { infoOf, numberOf, type Seat, settingOf } from './client.ts';
import type { Second } from './second.ts';

const spareBytes = 64 * 1024 * 1024;
const megabytes = (bytes: number) => `${Math.ceil(bytes / 1_000_000)} MB`;

/** Refuses before anything is touched when the live server, its machine's memory or its disk could not hold the data. */
export async function refuseWithoutRoom(
  server: Server,
  live: Seat,
  second: Second,
  part: StoredPart,
  sameMachine: boolean,
): Promise<void> {
  const now = await infoOf(server, live);
  const needed = numberOf((await second.info()).get('used_memory'));
  const limit = numberOf(now.get('maxmemory'));
  if (limit > 0 && needed > limit) {
    throw new AddonError(
      'node-space',
      `the data of ${part.name} need ${megabytes(needed)}, redis may use ${megabytes(limit)}`,
      { hint: 'raise maxmemory of redis, then restore again.' },
    );
  }
  if (!sameMachine) return;
  const besides = (await settingOf(server, live, 'repl-diskless-load')) === 'swapdb';
  const growth = besides ? needed : Math.max(0, needed - numberOf(now.get('used_memory')));
  const directory = (await settingOf(server, live, 'dir')) ?? '/';
  const script = `awk '/^MemAvailable/ { print $2 }' /proc/meminfo; df -Pk -- "$1" | awk 'NR == 2 { print $4 }'`;
  const { stdout } = await server.machine.run({ argv: ['sh', '-c', script, 'sh', directory] });
  const [memory, disk] = stdout.split('\n').map((line) => (/^\d+$/.test(line) ? Number(line) * 1024 : null));
  if (typeof memory === 'number' && memory < growth + spareBytes)
    throw new AddonError('node-space', `redis needs ${megabytes(growth)} more memory, ${megabytes(memory)} are free`);
  // It receives the data in a file, and writes them once more into its append-only file.
  const files = part.bytes * 2 + spareBytes;
  if (typeof disk === 'number' && disk < files) {
    throw new AddonError(
      'node-space',
      `redis needs ${megabytes(files)} of disk for the restore, ${megabytes(disk)} are free in its directory`,
    );
  }
}
