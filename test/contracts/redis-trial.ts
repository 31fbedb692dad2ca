import { redis } from '../../addon/engines/redis.ts';
import { engineMachine } from '../support/engineMachine.ts';
import type { Fleet } from '../support/fleet.ts';
import { type RedisOptions, type RedisServer, startRedis } from '../support/servers/redis.ts';
import { type FileBackup, serverOf } from './engine-backup.ts';
import type { EngineTrial } from './engine-trial.ts';

const password = `pass 'word' $HOME ä`;

/** 5000 incompressible kilobytes and a bit of every type, in three logical databases; always the same. */
const fillScript = `
redis.call('SELECT', '0')
local seed = 42
local byte = function() seed = (seed * 1103515245 + 12345) % 2147483648; return string.char(math.floor(seed / 65536) % 256) end
for i = 1, 5000 do
  local bytes = {}
  for j = 1, 1000 do bytes[j] = byte() end
  redis.call('SET', 'blob:' .. i, table.concat(bytes))
end
redis.call('SET', 'bin\\0key\\255 \\n"', 'value\\0\\r\\n\\255', 'PXAT', '4102444800123')
redis.call('SET', 'empty', '')
redis.call('SET', 'ünï-🙂', 'код')
for i = 1, 3000 do
  redis.call('RPUSH', 'list', 'item ' .. i)
  redis.call('SADD', 'set', 'member ' .. i)
  redis.call('SADD', 'integers', i * 7)
  redis.call('ZADD', 'board', i / 3, 'player ' .. i)
  redis.call('HSET', 'hash', 'field ' .. i, i)
  redis.call('PFADD', 'visitors', 'visitor ' .. i)
end
redis.call('ZADD', 'small board', '-inf', 'a', '+inf', 'b', '1e-300', 'c')
redis.call('HSET', 'small hash', 'f\\0', 'v\\0')
redis.call('SETBIT', 'bits', 1000000, 1)
redis.call('GEOADD', 'places', '13.4', '52.5', 'Berlin')
redis.call('PEXPIREAT', 'hash', '4102444800456')
for i = 1, 200 do redis.call('XADD', 'stream', i .. '-1', 'n', i, 'text', 'ä' .. i) end
redis.call('XDEL', 'stream', '7-1')
redis.call('XGROUP', 'CREATE', 'stream', 'workers', '10-1')
redis.call('XREADGROUP', 'GROUP', 'workers', 'worker one', 'COUNT', '5', 'STREAMS', 'stream', '>')
redis.call('XACK', 'stream', 'workers', '12-1')
redis.call('SELECT', '3')
redis.call('SET', 'empty', 'not so empty here')
redis.call('SELECT', '15')
redis.call('HSET', 'last', 'database', '15')
return 'filled'`;

const library = `#!lua name=shop
redis.register_function('answer', function() return 42 end)`;

const listScript = `
local lines = {}
for database = 0, 15 do
  redis.call('SELECT', database)
  for _, key in ipairs(redis.call('KEYS', '*')) do
    lines[#lines + 1] = database .. ' ' .. key .. ' ' .. redis.call('TYPE', key).ok .. ' ' .. redis.call('PEXPIRETIME', key)
  end
end
table.sort(lines)
return #lines .. ' keys ' .. redis.sha1hex(table.concat(lines, '\\n'))`;

/** All that there is: values by the server's own digest, keys with their times to live, streams' groups, functions, users. */
export async function redisFingerprint(server: RedisServer): Promise<string> {
  const answers = [
    ['DEBUG', 'DIGEST'],
    ['EVAL', listScript, '0'],
    ['EXISTS', 'stream'],
    ['FUNCTION', 'LIST', 'WITHCODE'],
    ['ACL', 'LIST'],
  ];
  const texts: string[] = [];
  for (const words of answers) texts.push(await server.cli(...words));
  if (texts[2] === '1') texts.push(await server.cli('XINFO', 'STREAM', 'stream', 'FULL', 'COUNT', '0'));
  return texts.join('\n');
}

/** Users go too, but the default one stays. */
export async function emptyRedis(server: RedisServer): Promise<void> {
  await server.commands('FLUSHALL\nFUNCTION FLUSH\n');
  const users = (await server.cli('ACL', 'USERS')).split('\n').filter((user) => user !== 'default');
  if (users.length > 0) await server.cli('ACL', 'DELUSER', ...users);
}

export async function fillRedis(server: RedisServer): Promise<void> {
  await emptyRedis(server);
  await server.cli('EVAL', fillScript, '0');
  await server.cli('FUNCTION', 'LOAD', library);
  await server.cli(
    'ACL',
    'SETUSER',
    'alice',
    'on',
    '>wonder',
    '~a:*',
    '%R~b"*',
    '&news',
    '+@read',
    '-get',
    '(~c:* +set)',
  );
  await server.cli('ACL', 'SETUSER', 'idle');
}

/** What every server of the trials is started with: the digest needs DEBUG, and the wait for more replicas only costs time. */
export const trialSettings = ['enable-debug-command yes', 'repl-diskless-sync-delay 0'] as const;

export async function redisTrial(fleet: Fleet): Promise<EngineTrial> {
  const host = await fleet.host('redis');
  const aclfile = '/etc/redis/users.acl';
  await host.sh(`install -o redis -g redis -m 640 /dev/null ${aclfile}`);
  const server = await startRedis(host, { password, appendonly: true, settings: trialSettings });
  const machine = await engineMachine(host);
  const access = { user: '', password, host: '127.0.0.1', port: 0, nodes: [host.address], options: {} };
  return {
    host,
    machine,
    access,
    fill: () => fillRedis(server),
    fingerprint: () => redisFingerprint(server),
    destroy: () => emptyRedis(server),
    change: async () => {
      await server.commands('DEL list\nSET blob:1 other\nSET later 1\nSELECT 5\nSET later 2\nSELECT 3\nDEL empty\n');
      await server.cli('FUNCTION', 'LOAD', library.replace('shop', 'later').replace('answer', 'question'));
      await server.cli('ACL', 'SETUSER', 'alice', 'resetpass', '>land', '~*', '+@all');
    },
    stop: () => server.stop(),
    start: () => server.start(),
    weak: async () => {
      await server.cli('ACL', 'SETUSER', 'weak', 'on', '>feeble', '+info', '+ping');
      const missing = ['ACL LIST', 'ACL SETUSER', 'CONFIG SET', 'REPLICAOF', 'BGSAVE', 'SYNC'];
      return { access: { ...access, user: 'weak', password: 'feeble' }, missing };
    },
    replica: async () => {
      const other = await fleet.host('redis-replica');
      const settings = [...trialSettings, `replicaof ${host.address} 6379`];
      await startRedis(other, { password, settings });
      return { machine: await engineMachine(other), access };
    },
  };
}

/** One server on a host of that name, with the password `secret`, and what tests need around it. */
export async function redisOn(fleet: Fleet, name: string, options: RedisOptions = {}) {
  const host = await fleet.host(name);
  const settings = [...trialSettings, ...(options.settings ?? [])];
  const live = await startRedis(host, { password: 'secret', ...options, settings });
  const machine = await engineMachine(host);
  const access = { user: '', password: 'secret', host: '127.0.0.1', port: 0, nodes: [host.address], options: {} };
  const server = serverOf(machine, access);
  const restore = (backup: FileBackup) => redis.restore(server, backup.parts, { version: backup.version });
  /** Directories and processes of ours on the host; empty when there are none. */
  const traces = () => host.sh('ls -A /home/dbbackup | grep redis || true; pgrep -u dbbackup -a || true');
  return { host, live, machine, access, server, restore, traces };
}
