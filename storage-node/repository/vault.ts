import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AddonError } from '../base/errors.ts';

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps secrets unreadable at rest. */
export interface Vault {
  seal(text: string): string;
  /** Rejects what was not sealed by this vault's key, or altered since. */
  unseal(sealed: string): string;
}

/** AES-256-GCM under a master key of 32 bytes. */
export function createVault(masterKey: Buffer): Vault {
  return {
    seal(text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', masterKey, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${VERSION}:${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')}`;
    },
    unseal(sealed) {
      const bytes = Buffer.from(sealed.slice(VERSION.length + 1), 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(0, IV_BYTES));
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const body = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
        return Buffer.concat([body, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new AddonError('key-missing', 'a sealed secret does not open with the master key', {
          hint: 'bring back the file keys/master.key of the data directory that belongs to it.',
          cause,
        });
      }
    },
  };
}
