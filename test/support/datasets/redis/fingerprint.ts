import { createHash } from 'node:crypto';
import type { RedisServer } from '../../servers/redis.ts';
import type { Fingerprint } from '../dataset.ts';
import { script } from '../files.ts';

/** Every key of every database: kind, value and absolute expiry. Keys that differ in their number only are told together. */
export async function fingerprint(server: RedisServer): Promise<Fingerprint> {
  const facts = new Map<string, string>();
  for (const database of await databases(server)) {
    const groups = groupsOf(await keysOf(server, database));
    const keys = [...groups.values()].reduce((sum, lines) => sum + lines.length, 0);
    facts.set(`database ${database}`, `${keys} keys`);
    for (const [group, lines] of groups) {
      const digest = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
      const [kind = '', name = ''] = JSON.parse(group) as [string, string];
      facts.set(`${kind} ${database}: ${name}`, lines.length === 1 ? `${lines[0]}` : `${lines.length} keys, ${digest}`);
    }
  }
  for (const name of await aclUsers(server)) facts.set(`user ${name}`, await server.cli('ACL', 'GETUSER', name));
  const functions = await server.cli('FUNCTION', 'LIST', 'WITHCODE');
  if (functions !== '') facts.set('function libraries', functions);
  return facts;
}

/** Names of the users, the server's own `default` among them. */
export async function aclUsers(server: RedisServer): Promise<string[]> {
  return (await server.cli('ACL', 'USERS')).split('\n').filter((name) => name !== '');
}

async function databases(server: RedisServer): Promise<string[]> {
  const info = await server.cli('INFO', 'keyspace');
  return [...info.matchAll(/^db(\d+):/gm)].map(([, database = '']) => database);
}

/** One line of JSON for each key. */
async function keysOf(server: RedisServer, database: string): Promise<string[]> {
  const describe = script('redis/fingerprint.lua');
  const lines = new Set<string>();
  let cursor = '0';
  do {
    const answer = (await server.cli('-n', database, 'EVAL', describe, '0', cursor)).split('\n');
    cursor = answer[0] ?? '0';
    for (const line of answer.slice(1)) lines.add(line);
  } while (cursor !== '0');
  return [...lines];
}

function groupsOf(lines: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const [name = '', kind] = JSON.parse(line) as [string, string];
    const group = JSON.stringify([kind, name.replace(/\d+$/, '*')]);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [line]);
    else known.push(line);
  }
  return groups;
}
