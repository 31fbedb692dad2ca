import { readFileSync } from 'node:fs';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createTransport } from 'nodemailer';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Carrier } from './message.ts';

/** The mail server that messages leave by. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte; `starttls` or nothing is sent; `none` for a server of the same machine. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  /** File whose first line is the password; empty without one. */
  readonly passwordFile: string;
  /** File of the authority that its certificate comes from; empty where the whole world knows it. */
  readonly caFile: string;
  readonly from: string;
}

/** What a mail says: the content of its message. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
}

type Trust = { readonly ca?: string };

const STEP_MS = 10_000;
const NO_SUCH_RECIPIENT = [550, 551, 553, 556];

/** Sends mail by SMTP, one connection a message, under the message's own Message-ID, so that a repetition is known as one. */
export function mailCarrier(server: MailServer, learnSecret: (secret: string) => void): Carrier {
  return async (message, signal) => {
    signal.throwIfAborted();
    const { subject, text } = JSON.parse(message.content) as MailContent;
    const login = server.user === '' ? {} : { auth: { user: server.user, pass: passwordOf(server, learnSecret) } };
    const tls: Trust = server.caFile === '' ? {} : { ca: textOf('certificate authority', server.caFile) };
    const socket = await connected(server, tls, signal);
    const transport = createTransport({
      host: server.host,
      port: server.port,
      secure: server.security === 'tls',
      secured: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      ...login,
      tls,
      greetingTimeout: STEP_MS,
      socketTimeout: STEP_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      connection: socket,
    });
    try {
      const sent = transport.sendMail({
        from: server.from,
        to: { name: '', address: message.recipient },
        subject,
        text,
        messageId: `<${message.id}@${domainOf(server.from)}>`,
        date: new Date(message.createdAt),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
      sent.catch(() => undefined); // what comes after the time limit is the end that we made ourselves
      await Promise.race([sent, outOfTime(signal)]);
    } catch (thrown) {
      throw explained(thrown, message.recipient, server);
    } finally {
      // Below the library's own TLS a socket must not be destroyed, which can crash the process: the library closes it, at its time limits.
      if (server.security === 'starttls') socket.unref();
      else socket.destroy();
    }
  };
}

function outOfTime(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const late = () => reject(new Error('no answer within the time limit'));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
  });
}

/** Connected here and not by the library, which would connect a socket again that was given up. */
function connected(server: MailServer, tls: Trust, signal: AbortSignal): Promise<Socket> {
  const { host, port, security } = server;
  return new Promise((resolve, reject) => {
    const socket =
      security === 'tls'
        ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls })
        : connect({ host, port });
    // It stays, since the library hears the first error only, and a later one would end the daemon.
    socket.on('error', (cause) => {
      const words = signal.aborted ? 'no answer within the time limit' : cause.message;
      reject(new AddonError('message-unsent', `mail server ${host}:${port} was not reached: ${words}`, { cause }));
    });
    const giveUp = () => void socket.destroy();
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('close', () => reject(new AddonError('message-unsent', `mail server ${host}:${port} was not reached`)));
    socket.on(security === 'tls' ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', giveUp);
      resolve(socket);
    });
    if (signal.aborted) giveUp();
  });
}

function passwordOf({ passwordFile }: MailServer, learnSecret: (secret: string) => void): string {
  if (passwordFile === '') return '';
  const [password = ''] = textOf('mail password', passwordFile).split('\n');
  learnSecret(password);
  return password;
}

function textOf(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `the ${what} ${file} cannot be read: ${(cause as Error).message}`;
    throw new AddonError('message-unsent', message, { cause, hint: 'put it there, or correct notify.mail.' });
  }
}

/** Only the refusal of this recipient is final; a server that wants another password may be given it. */
function explained(thrown: unknown, recipient: string, { host, port }: MailServer): AddonError {
  if (thrown instanceof AddonError) return thrown;
  const refusal = thrown as { command?: string; responseCode?: number; message: string };
  const { command = '', responseCode = 0, message } = refusal;
  const words = message.replaceAll(/\s+/g, ' ').slice(0, 300);
  const isFinal = command === 'RCPT TO' && NO_SUCH_RECIPIENT.includes(responseCode);
  const said = `mail server ${host}:${port} did not take the mail to ${recipient}: ${words}`;
  return new AddonError(isFinal ? 'message-refused' : 'message-unsent', said, { cause: thrown });
}

function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)>?$/.exec(from)?.[1] ?? 'dbbackup.invalid';
}
