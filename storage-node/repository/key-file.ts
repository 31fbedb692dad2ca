import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { AddonError } from '../base/errors.ts';

/** A file in a repository's `keys` folder (restic's design document, "Keys, Encryption and MAC"). */
interface KeyFile {
  readonly kdf: string;
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly data: string;
}

const CHEAP = { N: 1024, r: 8, p: 1 };
const SALT_BYTES = 64;
const BLOCK = 16;
const PRIME = (1n << 130n) - 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;

const littleEndian = (bytes: Uint8Array) => BigInt(`0x0${Buffer.from(bytes).reverse().toString('hex')}`);

/** Poly1305-AES as Bernstein defined it; Node offers it only as a part of other ciphers. */
function authenticate(k: Buffer, r: Buffer, nonce: Buffer, message: Buffer): Buffer {
  const factor = littleEndian(r) & CLAMP;
  let sum = 0n;
  for (let at = 0; at < message.length; at += BLOCK) {
    const block = Buffer.concat([message.subarray(at, at + BLOCK), Buffer.from([1])]);
    sum = ((sum + littleEndian(block)) * factor) % PRIME;
  }
  const pad = createCipheriv('aes-128-ecb', k, null).setAutoPadding(false).update(nonce);
  const tag = (sum + littleEndian(pad)) & ((1n << 128n) - 1n);
  return Buffer.from(tag.toString(16).padStart(2 * BLOCK, '0'), 'hex').reverse();
}

function derive(password: string, salt: Buffer, { N, r, p }: Pick<KeyFile, 'N' | 'r' | 'p'>) {
  const bytes = scryptSync(password, salt, 64, { N, r, p, maxmem: 256 * N * r });
  return { encryption: bytes.subarray(0, 32), k: bytes.subarray(32, 48), r: bytes.subarray(48, 64) };
}

/**
 * The same key file with a cheap derivation. Restic makes deriving slow (half a second of CPU for each process) to protect passwords
 * that people think of; ours are 32 random bytes, which nothing can guess, so the time buys nothing. Any restic opens the result.
 */
export function lighten(content: Buffer, password: string): { readonly name: string; readonly content: Buffer } {
  const file = JSON.parse(content.toString('utf8')) as KeyFile;
  if (file.kdf !== 'scrypt') throw new AddonError('repository-damaged', `key file has the derivation ${file.kdf}`);
  const sealed = Buffer.from(file.data, 'base64');
  const [nonce, body, tag] = [sealed.subarray(0, BLOCK), sealed.subarray(BLOCK, -BLOCK), sealed.subarray(-BLOCK)];
  const slow = derive(password, Buffer.from(file.salt, 'base64'), file);
  if (!timingSafeEqual(authenticate(slow.k, slow.r, nonce, body), tag))
    throw new AddonError('key-missing', 'the key does not open the repository');
  const master = createDecipheriv('aes-256-ctr', slow.encryption, nonce).update(body);

  const [salt, freshNonce] = [randomBytes(SALT_BYTES), randomBytes(BLOCK)];
  const fast = derive(password, salt, CHEAP);
  const freshBody = createCipheriv('aes-256-ctr', fast.encryption, freshNonce).update(master);
  const data = Buffer.concat([freshNonce, freshBody, authenticate(fast.k, fast.r, freshNonce, freshBody)]);
  const light = { ...file, ...CHEAP, salt: salt.toString('base64'), data: data.toString('base64') };
  const text = Buffer.from(JSON.stringify(light));
  return { name: createHash('sha256').update(text).digest('hex'), content: text };
}
