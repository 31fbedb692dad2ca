import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Command } from '../../machines/machine.ts';
import type { Server } from '../engine.ts';

/** One Redis server that answers on an address, and who asks it. */
export interface Seat {
  readonly host: string;
  readonly port: number;
  /** Empty: the default user. */
  readonly user: string;
  readonly password: string;
  /** Arguments of the client for TLS. */
  readonly tls: readonly string[];
}

/** The server that the user named. */
export function entrySeat({ access }: Server): Seat {
  const { tls, tlsCAFile, tlsCertificateFile, tlsKeyFile } = access.options;
  const file = (flag: string, path: string | undefined) => (path ? [flag, path] : []);
  return {
    host: access.host === '' ? '127.0.0.1' : access.host,
    port: access.port === 0 ? 6379 : access.port,
    user: access.user,
    password: access.password,
    tls:
      tls === 'true'
        ? ['--tls', ...file('--cacert', tlsCAFile), ...file('--cert', tlsCertificateFile), ...file('--key', tlsKeyFile)]
        : [],
  };
}

/** The client's argv up to its commands. */
export function clientOf(seat: Seat): readonly string[] {
  const user = seat.user === '' ? [] : ['--user', seat.user];
  return ['redis-cli', '-h', seat.host, '-p', `${seat.port}`, ...user, ...seat.tls];
}

/** What the client reads the password from. */
export function credentialsOf(seat: Seat): Readonly<Record<string, string>> {
  return seat.password === '' ? {} : { REDISCLI_AUTH: seat.password };
}

interface Asking {
  /** The words hold a secret or bytes that no argv can: they go by stdin. */
  readonly secret?: boolean;
  /** Works on after the job's signal, for tidying up. */
  readonly anyway?: boolean;
  readonly timeoutMs?: number;
}

/** One command; answers the reply without its last line feed. An error reply is thrown, with the code that it means. */
export async function ask(
  server: Server,
  seat: Seat,
  words: readonly string[],
  { secret = false, anyway = false, timeoutMs = 60_000 }: Asking = {},
): Promise<string> {
  const command: Command = {
    argv: secret ? clientOf(seat) : [...clientOf(seat), ...words],
    environment: credentialsOf(seat),
    ...(secret ? { input: `${words.map(quoted).join(' ')}\n` } : {}),
  };
  const limits = anyway ? { timeoutMs } : { timeoutMs, signal: server.signal };
  const { exitCode, stdout, stderr } = await server.machine.run(command, limits);
  const reply = stdout.replace(/\n$/, '');
  const refusal = /^(?:\(error\) )?[A-Z]{2,}[A-Z0-9]* .*/.exec(reply)?.[0];
  if (exitCode === 0 && refusal === undefined && !/AUTH failed/.test(stderr)) return reply;
  const said = `${stderr.trim()} ${refusal ?? ''}`.trim().replace(/, with args beginning with:.*/s, '');
  const hidden = secret ? words.slice(2).filter((word) => word.length > 2) : [];
  throw refusalOf(
    seat,
    words,
    hidden.reduce((text, word) => text.replaceAll(word, '…'), said),
    exitCode,
  );
}

/** The same, where the server may not know the command or may keep it from us: null then. */
export async function askIfAllowed(server: Server, seat: Seat, words: readonly string[]): Promise<string | null> {
  try {
    return await ask(server, seat, words);
  } catch (error) {
    if (
      error instanceof AddonError &&
      (error.code === 'privileges-missing' || /unknown (sub)?command/i.test(error.message))
    )
      return null;
    throw error;
  }
}

/** The fields of `INFO` of all sections. */
export async function infoOf(server: Server, seat: Seat, anyway = false): Promise<ReadonlyMap<string, string>> {
  return fieldsOf(await ask(server, seat, ['INFO'], { anyway }));
}

/** `name:value` lines as a map. */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon > 0 && !line.startsWith('#') ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
  });
  return new Map(fields);
}

/** One setting; null where the server does not know it or may not tell. */
export async function settingOf(server: Server, seat: Seat, name: string): Promise<string | null> {
  const reply = await askIfAllowed(server, seat, ['CONFIG', 'GET', name]);
  return reply === null || reply === '' ? null : reply.slice(reply.indexOf('\n') + 1);
}

/** Changes one setting of the running server; its configuration file stays as it is. */
export async function setSetting(
  server: Server,
  seat: Seat,
  name: string,
  value: string,
  anyway = false,
): Promise<void> {
  await ask(server, seat, ['CONFIG', 'SET', name, value], { secret: true, anyway });
}

/** A word as the client's and the server's own reader takes it, whatever bytes are in it. */
export function quoted(word: string): string {
  const escaped = [...Buffer.from(word)].map((byte) => {
    const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92;
    return plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

/** Number in a reply or a field; 0 where there is none. */
export const numberOf = (text: string | undefined | null): number => Number.parseInt(text ?? '0', 10) || 0;

function refusalOf(seat: Seat, words: readonly string[], said: string, exitCode: number): AddonError {
  const who = `redis on ${seat.host}:${seat.port}`;
  // Only the command's name: what follows may be a secret.
  const name = words
    .slice(0, 2)
    .join(' ')
    .replace(/ .*/s, (second) => (/^ [A-Za-z]+$/.test(second) ? second : ''));
  if (/NOAUTH|WRONGPASS|AUTH failed|invalid password/.test(said)) {
    const needless = /without any password configured/.test(said);
    return new AddonError(
      'credentials-refused',
      needless ? `${who} asks for no password, but one was given` : `${who} refuses the user and password`,
    );
  }
  if (/NOPERM/.test(said)) return new AddonError('privileges-missing', `${who} does not allow us the command ${name}`);
  if (/DENIED/.test(said)) {
    return new AddonError('privileges-missing', `${who} is in protected mode and talks to loopback only`, {
      hint: 'set a password for redis, or let it listen on loopback and name 127.0.0.1.',
    });
  }
  if (exitCode === 127) return new AddonError('node-tools', 'redis-cli is not installed on the master');
  if (said === '')
    return new AddonError('database-unreachable', `${who}: redis-cli ended with ${exitCode} and no answer to ${name}`);
  if (/Could not connect|refused|closed the connection|LOADING|MASTERDOWN|BUSY|timed out/i.test(said))
    return new AddonError('database-unreachable', `${who} does not answer: ${said.slice(0, 200)}`);
  return new AddonError('restore-failed', `${who} refused the command ${name}: ${said.slice(0, 300)}`);
}
