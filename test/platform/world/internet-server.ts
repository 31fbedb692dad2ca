/** Runs in the namespace of the switch: answers HTTP and HTTPS there with what the process that started it says over its channel. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

/** What is asked of the process behind. */
export interface Question {
  readonly id: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly body: string;
  readonly from: string;
}

/** What it answers: a text, or a file of the machine. */
export interface Reply {
  readonly id: number;
  readonly status: number;
  readonly type: string;
  readonly text?: string;
  readonly file?: string;
}

const [address = '', key = '', certificate = ''] = process.argv.slice(2);
const waiting = new Map<number, ServerResponse>();
let count = 0;

process.on('disconnect', () => process.exit());
process.on('message', (reply: Reply) => {
  const response = waiting.get(reply.id);
  waiting.delete(reply.id);
  if (response === undefined) return;
  const headOnly = response.req.method === 'HEAD';
  const size = reply.file === undefined ? Buffer.byteLength(reply.text ?? '') : statSync(reply.file).size;
  response.writeHead(reply.status, { 'content-type': reply.type, 'content-length': size });
  if (headOnly) response.end();
  else if (reply.file === undefined) response.end(reply.text);
  else createReadStream(reply.file).pipe(response);
});

function ask(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const id = ++count;
    waiting.set(id, response);
    const question: Question = {
      id,
      method: request.method ?? 'GET',
      host: (request.headers.host ?? '').split(':')[0] ?? '',
      path: request.url ?? '/',
      body: Buffer.concat(pieces).toString(),
      from: request.socket.remoteAddress ?? '',
    };
    process.send?.(question);
  });
}

const plain = createServer(ask);
const secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, ask);
plain.listen(80, address, () => secure.listen(443, address, () => process.send?.('ready')));
