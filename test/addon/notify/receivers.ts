import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** What an HTTP receiver was sent. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real HTTP receiver. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly calls: Call[];
  /** A status to answer with, or `stall` to say nothing for ever. */
  behave(how: number | 'stall', headers?: Readonly<Record<string, string>>): void;
}

/** Starts an HTTP receiver on this machine. */
export async function startReceiver(): Promise<Receiver> {
  const calls: Call[] = [];
  let answer: number | 'stall' = 200;
  let extra: Readonly<Record<string, string>> = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      calls.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      if (answer !== 'stall') response.writeHead(answer, extra).end('thank you');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    calls,
    behave(how, headers = {}) {
      answer = how;
      extra = headers;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A letter that a mail server took. */
export interface Received {
  readonly to: string;
  readonly raw: string;
}

/** A real SMTP server. */
export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly received: Received[];
  behave(how: 'accept' | 'refuse-recipient' | 'greylist' | 'stall'): void;
}

export const LOGIN = { user: 'dbbackup', password: 'mail-p4ss "word"' };

/** A certificate for 127.0.0.1 and its key: `secure` speaks TLS from the first byte, else STARTTLS is offered. */
export interface Encryption {
  readonly key: string;
  readonly cert: string;
  readonly secure: boolean;
}

/** Starts an SMTP server on this machine that asks for a login. */
export async function startMailServer(encryption?: Encryption): Promise<MailServer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let behaviour: Parameters<MailServer['behave']>[0] = 'accept';
  const refusal = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });
  const server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: encryption === undefined ? ['STARTTLS'] : [],
    ...encryption,
    closeTimeout: 500,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === LOGIN.user && password === LOGIN.password
        ? done(null, { user: username })
        : done(refusal(535, 'authentication failed')),
    onRcptTo: (_address, _session, done) => {
      if (behaviour === 'refuse-recipient') return done(refusal(550, 'no such user'));
      if (behaviour === 'greylist') return done(refusal(451, 'come back later'));
      if (behaviour === 'accept') done();
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(',');
        received.push({ to, raw: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  server.on('error', () => undefined); // clients that break off are what some tests are about
  // Destroying a socket below its TLS crashes the process: those are left to the server's own end.
  if (encryption === undefined) server.server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    behave(how) {
      behaviour = how;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
