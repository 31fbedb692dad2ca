import { request } from 'node:http';
import { join } from 'node:path';
import { AddonError, ERRORS, type ErrorCode } from '../../storage-node/base/errors.ts';

/** Where a daemon listens, below its data directory. */
export function socketOf(dataDirectory: string): string {
  return join(dataDirectory, 'daemon.sock');
}

/** Speaks to the daemon of one data directory. */
export interface Client {
  /** The answer's JSON. Throws the daemon's own error, or `daemon-unreachable`. */
  call<Answer>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
}

/** A client; it connects anew for each call. */
export function createClient(dataDirectory: string): Client {
  return {
    call: <Answer>(method: string, path: string, body?: unknown) =>
      new Promise<Answer>((resolve, reject) => {
        const unreachable = (cause: Error) => {
          const message = `no daemon answers for the data directory ${dataDirectory}: ${cause.message}`;
          const hint = `start it: dbbackup serve --data ${dataDirectory}`;
          reject(new AddonError('daemon-unreachable', message, { hint, cause }));
        };
        const text = body === undefined ? undefined : JSON.stringify(body);
        const headers =
          text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
        const asked = request({ socketPath: socketOf(dataDirectory), method, path, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', unreachable);
          response.on('end', () => {
            try {
              resolve(answerOf<Answer>(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')));
            } catch (error) {
              reject(error);
            }
          });
        });
        asked.on('error', unreachable);
        asked.end(text);
      }),
  };
}

function answerOf<Answer>(status: number, text: string): Answer {
  const answer = JSON.parse(text) as { error?: { code: string; message: string; hint: string } };
  if (status < 400) return answer as Answer;
  const { code, message, hint } = answer.error ?? { code: 'bug', message: text, hint: '' };
  throw new AddonError(code in ERRORS ? (code as ErrorCode) : 'bug', message, { hint });
}
