import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openSealed, type SealedText, sealingKey, unsealed } from '../../../addon/hooks/sealed.ts';

const DOOR = readFileSync(join(import.meta.dirname, '../../../scripts/platform/door.js'), 'utf8');

/** The functions of the platform's script, without its last lines, which act. */
function scriptOf() {
  const context = { session: 'session-1' } as { seal?: (text: string, key: object) => SealedText };
  runInNewContext(DOOR.slice(0, DOOR.indexOf('function answer()')), context);
  return context.seal as (text: string, key: object) => SealedText;
}
const seal = scriptOf();

test.each([
  ['nothing', ''],
  ['a letter', 'x'],
  ['quotes, dollars and other alphabets', `p'a"s$s \\w#rd \${settings.dbpass} ü€😀\n`],
  ['more than one block', 'y'.repeat(4096)],
])('what the platform’s script seals, the daemon opens: %s', async (_, text) => {
  expect(await openSealed(seal(text, await sealingKey()))).toBe(text);
});

test('the same secret never looks the same, and is nowhere to be read', async () => {
  const key = await sealingKey();
  const [one, other] = [seal('hunter2', key), seal('hunter2', key)];
  expect(one.key).not.toBe(other.key);
  expect(one.text).not.toBe(other.text);
  expect(JSON.stringify(one)).not.toContain(Buffer.from('hunter2').toString('hex'));
});

test.each(['key', 'text', 'mark'] as const)('a sealed text whose %s was altered is refused', async (part) => {
  const sealed = seal('hunter2', await sealingKey());
  const flipped = (Number.parseInt(sealed[part].slice(-1), 16) ^ 1).toString(16);
  const altered = { ...sealed, [part]: sealed[part].slice(0, -1) + flipped };
  await expect(openSealed(altered)).rejects.toMatchObject({ code: 'request-invalid' });
});

test('a request gets its sealed settings among the others, and without any stays as it is', async () => {
  const sealed = seal(JSON.stringify({ dbpass: 'hunter2' }), await sealingKey());
  const request = { environment: { name: 'shop' }, settings: { dbuser: 'root' }, sealed };
  expect(await unsealed(request)).toEqual({
    environment: { name: 'shop' },
    settings: { dbuser: 'root', dbpass: 'hunter2' },
  });
  expect(await unsealed({ settings: {} })).toEqual({ settings: {} });
  await expect(unsealed({ sealed: { key: 'x' } })).rejects.toThrow(/sealed\.key/);
});
