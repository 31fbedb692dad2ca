import {
  constants,
  createHash,
  createHmac,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';
import { parseRequest } from './request.ts';

const BITS = 3072;
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);

/** A text that only this daemon can open, as scripts/platform/door.js seals it: the platform keeps what is sent in its tasks log. */
export const sealedText = z.strictObject({ key: hex.length(BITS / 4), text: hex.max(65_536), mark: hex.length(64) });
export type SealedText = z.infer<typeof sealedText>;

let made: Promise<KeyObject> | undefined;

/** Made when first asked for and never stored: what was sealed for an earlier run of the daemon, nobody can open any more. */
function ownKey(): Promise<KeyObject> {
  made ??= promisify(generateKeyPair)('rsa', { modulusLength: BITS, publicExponent: 3 }).then(
    (pair) => pair.privateKey,
  );
  return made;
}

/** What a script needs to seal for this daemon. */
export async function sealingKey(): Promise<{ readonly modulus: string }> {
  const { n = '' } = (await ownKey()).export({ format: 'jwk' });
  return { modulus: Buffer.from(n, 'base64url').toString('hex') };
}

const sealedRequest = z.looseObject({ sealed: sealedText, settings: z.record(z.string(), z.unknown()).default({}) });
const secrets = z.record(z.string(), z.string());

/** The request with its sealed settings among the others; one without `sealed` as it is. */
export async function unsealed(request: unknown): Promise<unknown> {
  if (typeof request !== 'object' || request === null || !('sealed' in request)) return request;
  const { sealed, settings, ...rest } = parseRequest(sealedRequest, request);
  return { ...rest, settings: { ...settings, ...secrets.parse(JSON.parse(await openSealed(sealed))) } };
}

/** Opens a sealed text. Throws `request-invalid` for one that was altered, or sealed for another daemon. */
export async function openSealed({ key, text, mark }: SealedText): Promise<string> {
  const hidden = Buffer.from(text, 'hex');
  const secret = sha256(await decrypted(Buffer.from(key, 'hex')));
  if (!timingSafeEqual(createHmac('sha256', secret).update(hidden).digest(), Buffer.from(mark, 'hex'))) throw refused();
  const blocks = Array.from({ length: Math.ceil(hidden.length / 32) }, (_, block) =>
    sha256(Buffer.concat([secret, Buffer.from([0x74, block >> 8, block & 255])])),
  );
  const stream = Buffer.concat(blocks);
  return Buffer.from(hidden.map((byte, at) => byte ^ (stream[at] ?? 0))).toString('utf8');
}

async function decrypted(key: Buffer): Promise<Buffer> {
  try {
    return privateDecrypt({ key: await ownKey(), padding: constants.RSA_NO_PADDING }, key);
  } catch {
    // A number that is too large for this key was sealed for another one.
    throw refused();
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function refused(): AddonError {
  return new AddonError('request-invalid', 'sealed: this text was not sealed for this daemon', {
    hint: 'send the request again: the daemon was started anew, and has another key now.',
  });
}
