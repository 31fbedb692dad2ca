import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRedactor } from '../../../storage-node/base/redact.ts';
import { openKeys } from '../../../storage-node/repository/keys.ts';

let folder: string;
const redactor = createRedactor();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dbbackup-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const missing = expect.objectContaining({ code: 'key-missing' });

describe('keys', () => {
  test('are random, made once, and survive a new start', () => {
    const keys = openKeys(folder, redactor);
    const key = keys.getOrMake('shop');
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(keys.getOrMake('shop')).toBe(key);
    expect(keys.getOrMake('blog')).not.toBe(key);
    expect(openKeys(folder, redactor).get('shop')).toBe(key);
  });

  test('lie sealed, for root alone, and never reach a log', () => {
    const key = openKeys(folder, redactor).getOrMake('shop');
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name), 'latin1')).not.toContain(key);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o400);
    }
    expect(redactor.redact(`key ${key}`)).toBe('key ***');
    const other = createRedactor();
    openKeys(folder, other).get('shop');
    expect(other.redact(key)).toBe('***');
  });

  test('are refused without the master key, instead of being replaced', () => {
    openKeys(folder, redactor).getOrMake('shop');
    rmSync(join(folder, 'master.key'));
    expect(() => openKeys(folder, redactor)).toThrow(missing);
    expect(readdirSync(folder)).toEqual(['repository-shop.key']);
  });

  test('under another master key do not open', () => {
    const keys = openKeys(folder, redactor);
    const sealed = keys.seal('secret');
    keys.getOrMake('shop');
    rmSync(join(folder, 'master.key'));
    writeFileSync(join(folder, 'master.key'), Buffer.alloc(32, 7));
    expect(() => openKeys(folder, redactor).get('shop')).toThrow(missing);
    expect(() => openKeys(folder, redactor).unseal(sealed)).toThrow(missing);
  });

  test('that are brought in leave the one before beside them', () => {
    const keys = openKeys(folder, redactor);
    keys.getOrMake('shop');
    keys.put('shop', 'another key of the shop');
    expect(keys.get('shop')).toBe('another key of the shop');
    expect(readdirSync(folder)).toContain('repository-shop.key.previous');
  });

  test('of an environment called master do not meet the master key', () => {
    const keys = openKeys(folder, redactor);
    keys.remove('master');
    keys.getOrMake('master');
    expect(readFileSync(join(folder, 'master.key'))).toHaveLength(32);
  });
});

describe('a sealed text', () => {
  test('opens as it was, and is different each time', () => {
    const keys = openKeys(folder, redactor);
    expect(keys.unseal(keys.seal('pässwörd "$x\n'))).toBe('pässwörd "$x\n');
    expect(keys.seal('x')).not.toBe(keys.seal('x'));
  });

  test('that was altered is refused', () => {
    const keys = openKeys(folder, redactor);
    const sealed = keys.seal('password');
    for (const at of [5, 25, sealed.length - 3]) {
      const altered = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      expect(() => keys.unseal(altered)).toThrow(missing);
    }
    expect(() => keys.unseal('')).toThrow(missing);
  });
});
