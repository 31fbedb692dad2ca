import type { RedisServer } from '../../servers/redis.ts';
import { comparison, type Dataset } from '../dataset.ts';
import { scaleOf, script } from '../files.ts';
import { aclUsers, fingerprint } from './fingerprint.ts';

/** About 5 MB. */
const pagesPerScale = 10_000;
const pagesPerCall = 10_000;

/** Every kind of value with and without expiry, in several databases; a user and a function library beside them. */
export const redisDataset: Dataset<RedisServer> = {
  fill: async (server, size) => {
    const soon = `${(await today(server)) + 7 * 86_400}`;
    const pages = Math.ceil(pagesPerScale * Math.min(scaleOf[size], 40));
    for (let first = 1; first <= pages; first += pagesPerCall) {
      const last = Math.min(pages, first + pagesPerCall - 1);
      await server.cli('EVAL', script('redis/bulk.lua'), '0', `${first}`, `${last}`, soon);
    }
    for (const database of ['0', '3', '15']) {
      await server.cli('-n', database, 'EVAL', script('redis/kinds.lua'), '0', soon);
    }
    await server.cli('FUNCTION', 'LOAD', script('redis/library.lua'));
    await server.cli('ACL', 'SETUSER', 'shop', 'on', '>it\'s "secret" $HOME', '~page:*', '&news:*', '+@read', '-keys');
    await server.cli('ACL', 'SETUSER', 'reporter', 'off', 'nopass', '%R~*', '+get', '(+set ~report:*)');
  },
  change: async (server) => {
    await server.cli('EVAL', script('redis/change.lua'), '0', `${(await today(server)) + 86_400}`);
    await server.cli('-n', '3', 'FLUSHDB');
    await server.cli('-n', '7', 'SET', 'new', 'database');
    await server.cli('FUNCTION', 'FLUSH');
    await server.cli('ACL', 'SETUSER', 'intern', 'on', '>summer', 'allkeys', '+@all');
    await server.cli('ACL', 'SETUSER', 'shop', '+keys');
  },
  destroy: async (server) => {
    await server.cli('FLUSHALL');
    await server.cli('FUNCTION', 'FLUSH');
    const users = (await aclUsers(server)).filter((user) => user !== 'default');
    if (users.length > 0) await server.cli('ACL', 'DELUSER', ...users);
  },
  fingerprint,
  compare: comparison(['database', 'string', 'list', 'set', 'hash', 'zset', 'stream', 'function', 'user']),
};

/** The start of the server's day, in seconds. */
async function today(server: RedisServer): Promise<number> {
  const [seconds] = (await server.cli('TIME')).split('\n');
  return Math.floor(Number(seconds) / 86_400) * 86_400;
}
