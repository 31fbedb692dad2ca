import type { Server } from '../engine.ts';
import { ask, numberOf, quoted, type Seat, settingOf } from './client.ts';

/** What a second server is started with. `databases` and modules are the live server's: without them the RDB could not be loaded, here as little as there. */
export async function secondConfiguration(server: Server, live: Seat, seat: Seat, stage: string): Promise<string> {
  const databases = (await settingOf(server, live, 'databases')) ?? '16';
  const modules = modulesOf(await ask(server, live, ['MODULE', 'LIST']).catch(() => ''));
  const door =
    seat.user === ''
      ? [`requirepass ${quoted(seat.password)}`]
      : [`user default off`, `user ${seat.user} on ${quoted(`>${seat.password}`)} ~* &* +@all`];
  return `${[
    'bind 127.0.0.1',
    `port ${seat.port}`,
    ...door,
    'daemonize no',
    `dir ${quoted(stage)}`,
    'dbfilename dump.rdb',
    `pidfile ${quoted(`${stage}/pid`)}`,
    'save ""',
    'appendonly no',
    `databases ${numberOf(databases) || 16}`,
    'maxmemory 0',
    'repl-diskless-sync yes',
    'repl-diskless-sync-delay 0',
    'repl-timeout 3600',
    'client-output-buffer-limit replica 0 0 0',
    ...modules.map((path) => `loadmodule ${quoted(path)}`),
  ].join('\n')}\n`;
}

/** Redis 7 tells the files of its modules. */
function modulesOf(list: string): readonly string[] {
  const lines = list.split('\n');
  return lines.flatMap((line, index) => (line === 'path' ? (lines[index + 1] ?? '') : [])).filter((path) => path);
}
