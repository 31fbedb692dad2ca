import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type ServerHostKeyAlgorithm } from 'ssh2';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import { type Conversation, within } from './conversation.ts';
import type { Machine } from './machine.ts';
import { bootstrap } from './session.ts';
import { machineOver } from './shell-machine.ts';
import { createSlots } from './slots.ts';

/** How a node is reached, and by which key it is known. */
export interface SshOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly account: string;
  /** The node's public host key, as the platform knows it: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** Our private key, as the text of an OpenSSH key file. */
  readonly privateKey: string;
  readonly log: Log;
  readonly readyTimeoutMs?: number;
}

/** OpenSSH serves ten sessions on one connection unless told otherwise. */
const PARALLEL = 8;
/** A node that is gone does not say goodbye. */
const PARTING_MS = 3_000;
const KEEPALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 3 };

/**
 * Connects with the node's pinned host key. Rejects with `node-host-key` when another answers (which learns nothing but our name for it),
 * `node-account` when it does not let us in, `node-unreachable` when nobody answers.
 */
export async function connectSsh(options: SshOptions): Promise<Machine> {
  const { name, host, port, account, privateKey, log } = options;
  const [algorithm, blob] = hostKeyOf(options.hostKey);
  const client = new ssh2.Client();
  let stranger = false;
  let over: AddonError | undefined;
  // A reset that follows the first failure says nothing new; unheard, it would end the daemon.
  client.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error & { level?: string }) => reject(explain(error, options, stranger));
    client.once('ready', () => {
      client.off('error', fail);
      resolve();
    });
    client.once('error', fail);
    client.connect({
      ...KEEPALIVE,
      host,
      port,
      username: account,
      privateKey,
      authHandler: ['publickey'],
      readyTimeout: options.readyTimeoutMs ?? 20_000,
      algorithms: {
        serverHostKey:
          algorithm === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [algorithm as ServerHostKeyAlgorithm],
      },
      hostVerifier: (offered: Buffer) => {
        stranger = !(offered.length === blob.length && timingSafeEqual(offered, blob));
        return !stranger;
      },
    });
  }).catch((reason: unknown) => {
    client.destroy();
    throw reason;
  });
  client.setNoDelay(true);
  let lost: () => void = () => undefined;
  const broken = new Promise<void>((resolve) => {
    lost = resolve;
  });
  client.on('error', (error) => {
    over ??= new AddonError('connection-lost', `connection to ${name} was lost: ${error.message}`);
    log.warn('connection lost', { node: name, reason: error.message });
    client.destroy();
    lost();
  });
  client.once('close', () => {
    over ??= new AddonError('connection-lost', `connection to ${name} has ended`);
    lost();
  });
  const slots = createSlots(PARALLEL);
  return machineOver({
    name,
    log,
    open: async () => {
      await slots.take();
      if (over !== undefined) {
        slots.give();
        throw over;
      }
      try {
        const conversation = await openShell(client, name, broken);
        conversation.closed.then(() => slots.give());
        return conversation;
      } catch (error) {
        slots.give();
        throw over ?? error;
      }
    },
    close: async () => {
      client.end();
      await within(broken, PARTING_MS);
      client.destroy();
    },
  });
}

/** A server that is busy closing sessions refuses new ones for a moment. */
async function openShell(client: ssh2.Client, name: string, broken: Promise<void>): Promise<Conversation> {
  for (let waitMs = 20; ; waitMs *= 2) {
    try {
      return await openOnce(client, broken);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (waitMs > 3_000) throw new AddonError('connection-lost', `connection to ${name} gives no session: ${why}`);
      await Promise.race([sleep(waitMs), broken]);
    }
  }
}

function openOnce(client: ssh2.Client, broken: Promise<void>): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    broken.then(() => reject(new Error('it is broken')));
    client.exec(bootstrap(), (error, channel) => {
      if (error) return reject(error);
      const closed = new Promise<{ exitCode?: number }>((settle) => {
        let status: { exitCode?: number } = {};
        channel.once('exit', (code: number | null) => {
          if (code !== null) status = { exitCode: code };
        });
        channel.once('close', () => settle(status));
        broken.then(() => settle({}));
      });
      resolve({ stdin: channel, stdout: channel, stderr: channel.stderr, closed, destroy: () => channel.destroy() });
    });
  });
}

function hostKeyOf(line: string): readonly [algorithm: string, blob: Buffer] {
  const [algorithm = '', text = ''] = line.trim().split(/\s+/);
  const blob = Buffer.from(text, 'base64');
  if (algorithm === '' || blob.length < 32 || blob.toString('latin1', 4, 4 + algorithm.length) !== algorithm)
    throw new AddonError('request-invalid', 'hostKey is no public key like "ssh-ed25519 AAAA…"');
  return [algorithm, blob];
}

function explain(error: Error & { level?: string }, options: SshOptions, stranger: boolean): AddonError {
  const where = `${options.name} (${options.host} port ${options.port})`;
  if (stranger || /no matching host key/i.test(error.message))
    return new AddonError('node-host-key', `node ${where} shows another host key than the one known`);
  if (error.level === 'client-authentication')
    return new AddonError('node-account', `node ${where} does not let account ${options.account} in with our key`);
  return new AddonError('node-unreachable', `node ${where} does not answer: ${error.message}`, { cause: error });
}
