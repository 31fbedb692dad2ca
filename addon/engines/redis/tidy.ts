import type { Server } from '../engine.ts';
import { ask, entrySeat, infoOf, type Seat, setSetting } from './client.ts';
import { stagePrefix } from './second.ts';

/** A stage with the port that its server had, and the settings of the live one to set back, if it was made our replica. */
const listStages = `
for d in "$PWD/${stagePrefix}"*; do
  [ -d "$d" ] || continue
  printf 'stage %s\\n' "$d"
  [ -e "$d/undo" ] && printf 'port %s\\n' "$(cat "$d/port")" && sed 's/^/undo /' "$d/undo"
done
true`;

/** Ends a second server by its pid file, if the process still works in that directory. */
const removeStages = `
for d in "$PWD/${stagePrefix}"*; do
  [ -d "$d" ] || continue
  pid=$(cat "$d/pid" 2>/dev/null)
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$d" ] && kill -KILL "$pid"
  rm -rf -- "$d"
done
true`;

/**
 * Takes away what a restore left that was killed: a server that still is our second server's replica becomes a primary with its
 * former settings again, second servers end, their directories go. A replica of anybody else is left alone.
 */
export async function tidyRedis(server: Server): Promise<readonly string[]> {
  const { machine, signal } = server;
  const { stdout } = await machine.run({ argv: ['sh', '-c', listStages] }, { signal });
  if (!stdout.includes('stage ')) return [];
  const done: string[] = [];
  const ports = [...stdout.matchAll(/^port (\d+)$/gm)].map(([, port]) => port);
  if (ports.length > 0) {
    const live = entrySeat(server);
    const info = await infoOf(server, live);
    if (info.get('master_host') === '127.0.0.1' && ports.includes(info.get('master_port'))) {
      await ask(server, live, ['REPLICAOF', 'NO', 'ONE']);
      done.push('made redis a primary again, which an interrupted restore had left as a replica');
    }
    await setBack(server, live, stdout);
  }
  await machine.run({ argv: ['sh', '-c', removeStages] }, { signal });
  done.push('removed the second redis server of an interrupted restore');
  return done;
}

async function setBack(server: Server, live: Seat, listing: string): Promise<void> {
  for (const [, name = '', value = ''] of listing.matchAll(/^undo (\S+) (.*)$/gm)) {
    await setSetting(server, live, name, value);
  }
}
