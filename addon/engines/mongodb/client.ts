import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Command } from '../../machines/machine.ts';
import type { Server } from '../engine.ts';

/** `host:port`, with the replica set's name before it where the user gave one: the tools then find the primary themselves. */
export function addressOf({ access }: Server): string {
  const address = `${access.host || '127.0.0.1'}:${access.port || 27017}`;
  return access.options.replicaSet ? `${access.options.replicaSet}/${address}` : address;
}

/** One of the database tools (mongodump, mongorestore). The password is in a configuration file that is a descriptor. */
export function toolCommand({ access }: Server, program: string, options: readonly string[], address: string): Command {
  const { tls, tlsCAFile, tlsCertificateKeyFile } = access.options;
  const argv = [
    program,
    `--host=${address}`,
    ...(tls === 'true' ? ['--ssl'] : []),
    ...(tls === 'true' && tlsCAFile ? [`--sslCAFile=${tlsCAFile}`] : []),
    ...(tls === 'true' && tlsCertificateKeyFile ? [`--sslPEMKeyFile=${tlsCertificateKeyFile}`] : []),
  ];
  if (access.user === '') return { argv: [...argv, ...options] };
  const login = [
    `--username=${access.user}`,
    `--authenticationDatabase=${access.options.authenticationDatabase || 'admin'}`,
    '--config=/dev/fd/3',
  ];
  // JSON is YAML.
  return { argv: [...argv, ...login, ...options], secrets: [`password: ${JSON.stringify(access.password)}\n`] };
}

const answerMark = 'dbbackup-answer:';

/** Both shells run this: mongosh with its own Node.js, and the older mongo. `input` holds names and the like, as data. */
const prelude = `
const input = JSON.parse(typeof require === 'function'
  ? require('fs').readFileSync('/dev/fd/3', 'utf8') : cat('/dev/fd/3'));
if (input.user !== '' && !db.getSiblingDB(input.authenticationDatabase).auth(input.user, input.password)) {
  throw new Error('Authentication failed.');
}
const answer = {};
`;

/** Runs a script of ours in the shell; it fills `answer`, and finds `data` in `input.data`. Nothing of the user's is part of the script. */
export async function evaluate<Answer>(server: Server, script: string, data: unknown = null): Promise<Answer> {
  const { access, machine, signal } = server;
  const { tls, tlsCAFile, tlsCertificateKeyFile } = access.options;
  const shell = [
    '--quiet',
    '--norc',
    '--host',
    addressOf(server),
    ...(tls === 'true' ? ['--tls'] : []),
    ...(tls === 'true' && tlsCAFile ? ['--tlsCAFile', tlsCAFile] : []),
    ...(tls === 'true' && tlsCertificateKeyFile ? ['--tlsCertificateKeyFile', tlsCertificateKeyFile] : []),
    '--eval',
    `${prelude}${script}\nprint('${answerMark}' + JSON.stringify(answer));`,
  ];
  const input = {
    user: access.user,
    password: access.password,
    authenticationDatabase: access.options.authenticationDatabase || 'admin',
    data,
  };
  const either = 'if command -v mongosh >/dev/null; then exec mongosh "$@"; else exec mongo "$@"; fi';
  const { exitCode, stdout, stderr } = await machine.run(
    { argv: ['sh', '-c', either, 'sh', ...shell], secrets: [JSON.stringify(input)] },
    { signal },
  );
  const line = stdout.split('\n').find((one) => one.includes(answerMark));
  if (exitCode === 0 && line !== undefined)
    return JSON.parse(line.slice(line.indexOf(answerMark) + answerMark.length)) as Answer;
  throw refusalOf(server, exitCode, `${stderr}\n${stdout}`);
}

/** What a client program's words mean. */
export function refusalOf(server: Server, exitCode: number, said: string): AddonError {
  const who = `mongodb on ${addressOf(server)}`;
  if (exitCode === 127) return new AddonError('node-tools', 'neither mongosh nor mongo is installed on the master');
  if (/Authentication failed|AuthenticationFailed|requires authentication/i.test(said))
    return new AddonError('credentials-refused', `${who} refuses the user and password`);
  if (/ECONNREFUSED|couldn't connect|could not connect|ENOTFOUND|server selection|timed out|no reachable/i.test(said))
    return new AddonError('database-unreachable', `${who} does not answer`);
  const words = said.split('\n').find((line) => /error|not authorized|failed/i.test(line)) ?? said;
  if (/not authorized|Unauthorized/i.test(said))
    return new AddonError('privileges-missing', `${who}: ${words.trim().slice(0, 300)}`);
  return new AddonError('database-unreachable', `${who} gave no answer: ${words.trim().slice(0, 300)}`);
}
