import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyCheckout } from './checkout-copy.ts';

let root: string;
const FILES = {
  'product.ts': 'export const safe = () => true;\n',
  'test/guard.test.ts': `import { expect, test } from 'vitest';
    import { safe } from '../product.ts';
    test('is (quite) safe', () => expect(safe()).toBe(true));
    test('is something else', () => expect(1).toBe(1));`,
  'test/slow.test.ts': `import { spawn } from 'node:child_process';
    import { expect, test } from 'vitest';
    test('takes its time', async () => {
      spawn('setsid', ['sleep', '617.3'], { detached: true, stdio: 'ignore' });
      await new Promise((resolve) => setTimeout(resolve, 50_000));
    });`,
  'package.json': '{ "type": "module" }',
};
const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('dbbackup-guards-'));
const running = (mark: string) =>
  readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`sleep\0${mark}`);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
  execFileSync('git', ['-C', root, 'init', '-q']);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a copy of a checkout', () => {
  test('turns red without the guard, and the checkout itself stays as it is', async () => {
    const before = left();
    const wanted = { file: 'test/guard.test.ts', name: 'is (quite) safe' };
    {
      using copy = copyCheckout(root);
      expect(await copy.run(wanted)).toMatchObject({ passed: 1, failed: 0 });
      copy.write('product.ts', 'export const safe = () => false;\n');
      expect(await copy.run(wanted)).toMatchObject({
        passed: 0,
        failed: 1,
        said: expect.stringContaining('expected false'),
      });
      copy.write('product.ts', 'export const safe = () => {');
      expect(await copy.run(wanted)).toMatchObject({
        passed: 0,
        failed: 0,
        said: expect.stringContaining('Transform failed'),
      });
      expect(await copy.run({ ...wanted, name: 'is nowhere' })).toMatchObject({ passed: 0, failed: 0 });
    }
    expect(readFileSync(join(root, 'product.ts'), 'utf8')).toBe(FILES['product.ts']);
    expect(left()).toEqual(before);
  });

  test('leaves nothing running and no file when it is stopped in the middle', async () => {
    const before = left();
    {
      using copy = copyCheckout(root);
      const run = copy.run({ file: 'test/slow.test.ts', name: 'takes its time' });
      await expect.poll(() => running('617.3'), { timeout: 20_000 }).toBe(true);
      await copy.stop();
      expect(await run).toMatchObject({ passed: 0, failed: 0 });
      await expect.poll(() => running('617.3'), { timeout: 5_000 }).toBe(false);
    }
    expect(left()).toEqual(before);
  });
});
