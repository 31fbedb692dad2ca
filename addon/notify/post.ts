import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { AddonError } from '../../storage-node/base/errors.ts';
import { assertAddress, publicLookup } from './guarded-address.ts';

/** One request to an address that a customer or the hoster chose. */
export interface Post {
  readonly address: string;
  readonly method: 'GET' | 'POST';
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Also addresses of private networks: for those that the hoster chose. */
  readonly privateToo: boolean;
}

/**
 * Sends a request, follows no redirect, reads nothing of the answer but its status. Throws `message-unsent`, or `message-refused`
 * where another attempt would end the same; neither names more of the address than its host, since the rest may be a secret.
 */
export async function post({ address, method, body, headers, privateToo }: Post, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const url = URL.parse(address);
  if (url === null) throw new AddonError('message-refused', 'the address is no web address');
  assertAddress(url, privateToo);
  const status = await statusOf(url, { method, body, headers, privateToo }, signal);
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400)
    throw new AddonError('message-unsent', `${url.host} answered ${status}: redirects are not followed`);
  // By the Standard Webhooks, 410 is how a receiver says that it wants no more.
  throw new AddonError(status === 410 ? 'message-refused' : 'message-unsent', `${url.host} answered ${status}`);
}

function statusOf(url: URL, what: Omit<Post, 'address'>, signal: AbortSignal): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => {
      if (cause instanceof AddonError) return reject(cause);
      const words = signal.aborted ? 'no answer within the time limit' : cause.message;
      reject(new AddonError('message-unsent', `${url.host} was not reached: ${words}`, { cause }));
    };
    const asked = request(
      url,
      {
        method: what.method,
        headers: {
          ...what.headers,
          'user-agent': 'dbbackup',
          ...(what.method === 'POST' ? { 'content-length': String(Buffer.byteLength(what.body)) } : {}),
        },
        agent: false,
        signal,
        ...(what.privateToo ? {} : { lookup: publicLookup }),
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.on('error', failed).destroy();
      },
    );
    asked.on('error', failed);
    asked.end(what.method === 'POST' ? what.body : undefined);
  });
}
