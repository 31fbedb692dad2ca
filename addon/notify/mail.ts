import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
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
  readonly from: string;
}

/** What a mail says: the content of its message. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
}

const STEP_MS = 10_000;
const NO_SUCH_RECIPIENT = [550, 551, 553, 556];

/** Sends mail by SMTP, one connection a message, under the message's own Message-ID, so that a repetition is known as one. */
export function mailCarrier(server: MailServer, learnSecret: (secret: string) => void): Carrier {
  return async (message, signal) => {
    signal.throwIfAborted();
    const { subject, text } = JSON.parse(message.content) as MailContent;
    const login = server.user === '' ? {} : { auth: { user: server.user, pass: passwordOf(server, learnSecret) } };
    const socket = await connected(server, signal);
    const transport = createTransport({
      host: server.host,
      port: server.port,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      ...login,
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
      socket.destroy();
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
function connected({ host, port }: MailServer, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    // It stays, since the library hears the first error only, and a later one would end the daemon.
    socket.on('error', (cause) => {
      const words = signal.aborted ? 'no answer within the time limit' : cause.message;
      reject(new AddonError('message-unsent', `mail server ${host}:${port} was not reached: ${words}`, { cause }));
    });
    socket.on('connect', () => resolve(socket));
  });
}

function passwordOf({ passwordFile }: MailServer, learnSecret: (secret: string) => void): string {
  if (passwordFile === '') return '';
  try {
    const [password = ''] = readFileSync(passwordFile, 'utf8').split('\n');
    learnSecret(password);
    return password;
  } catch (cause) {
    const message = `the mail password ${passwordFile} cannot be read: ${(cause as Error).message}`;
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
