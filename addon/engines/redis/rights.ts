import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { clientOf, credentialsOf, numberOf, type Seat } from './client.ts';
import type { Deployment } from './shards.ts';

/** Each is refused for its arguments and does nothing, but not before Redis has looked whether we may run it. */
const always = {
  'ACL LIST': 'ACL LIST',
  'ACL DELUSER': 'ACL DELUSER default',
  'ACL SETUSER': 'ACL SETUSER nobody no-such-rule',
  BGSAVE: 'BGSAVE no-such-word',
  'CONFIG GET': 'CONFIG GET save',
  'MODULE LIST': 'MODULE LIST',
  REPLCONF: 'REPLCONF no-such-word 1',
};
const alone = { 'CONFIG SET': 'CONFIG SET no-such-setting 1', REPLICAOF: 'REPLICAOF nowhere no-port' };
const clustered = {
  FLUSHALL: 'FLUSHALL no-such-word',
  RESTORE: 'RESTORE dbbackup-trial 0 no-such-payload',
  'FUNCTION FLUSH': 'FUNCTION FLUSH no-such-word',
  'FUNCTION RESTORE': 'FUNCTION RESTORE no-such-payload',
};
const sync = { SYNC: 'ACL DRYRUN %user SYNC' };

const tryAll = `set -f; while IFS= read -r line; do printf '>%s\\n' "$line"; "$@" $line </dev/null 2>&1; done`;

/** Names each command that a backup or a restore needs and that this server has renamed or keeps from our user. Changes nothing. */
export async function refuseWithoutRights(server: Server, seat: Seat, deployment: Deployment): Promise<void> {
  const major = numberOf(deployment.version);
  const user = seat.user === '' ? 'default' : seat.user;
  const trials = Object.entries({ ...always, ...(deployment.cluster ? clustered : alone), ...sync })
    .filter(([name]) => (major >= 6 || !name.startsWith('ACL')) && (major >= 7 || !/^FUNCTION|SYNC/.test(name)))
    .map(([name, line]) => ({ name, line: line.replace('%user', user) }));
  const { stdout } = await server.machine.run(
    {
      argv: ['sh', '-c', tryAll, 'sh', ...clientOf(seat)],
      environment: credentialsOf(seat),
      input: trials.map(({ line }) => `${line}\n`).join(''),
    },
    { signal: server.signal, timeoutMs: 60_000 },
  );
  const answers = new Map(stdout.split(/^>/m).map((block) => [block.split('\n', 1)[0] ?? '', block]));
  const missing = trials.filter(({ line }) =>
    /NOPERM|no permissions|unknown (sub)?command/i.test(answers.get(line)?.slice(line.length) ?? 'NOPERM'),
  );
  if (missing.length === 0) return;
  const list = missing.map(({ name }) => name).join(', ');
  throw new AddonError(
    'privileges-missing',
    `redis on ${seat.host}:${seat.port} keeps these commands from us: ${list}`,
    {
      hint: 'allow the redis user these commands, or take their rename-command lines out of redis.conf.',
    },
  );
}
