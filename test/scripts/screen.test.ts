import { describe, expect, it } from 'vitest';
import { bytes, table } from '../../scripts/demonstration/figures.ts';
import { createScreen } from '../../scripts/demonstration/screen.ts';

function recorded(isTTY: boolean) {
  let text = '';
  const screen = createScreen({
    isTTY,
    columns: 80,
    write: (chunk: string | Uint8Array) => {
      text += chunk.toString();
      return true;
    },
  });
  return { screen, text: () => text };
}

describe('the screen of the demo', () => {
  it('writes one plain line for each step where nobody watches', async () => {
    const { screen, text } = recorded(false);
    await screen.step(
      'redis',
      'backup',
      async () => 7,
      (count) => `${count} parts`,
    );
    await expect(screen.step('redis', 'restore', () => Promise.reject(new Error('no such backup')))).rejects.toThrow();
    screen.say(screen.good('done'));
    screen.close();
    expect(text()).toMatch(
      /^ +0\.\d s {2}✓ redis {7}backup: 7 parts \(0\.\d s\)\n +0\.\d s {2}✗ redis {7}restore: no such backup\ndone\n$/,
    );
  });

  it('shows what is under way on a terminal, and takes that line away at the end', async () => {
    const { screen, text } = recorded(true);
    await screen.step('mariadb', 'filling', () => new Promise((done) => setTimeout(done, 500)));
    screen.close();
    expect(text()).toContain('… mariadb: filling 0.');
    expect(text().endsWith('\r\x1b[2K')).toBe(true);
  });
});

describe('the figures of the demo', () => {
  it.each([
    [999, '999 B'],
    [21_300, '21.3 kB'],
    [21_300_000, '21.3 MB'],
    [2_130_000_000, '2.13 GB'],
  ])('tells %d bytes as %s', (count, words) => {
    expect(bytes(count)).toBe(words);
  });

  it('puts rows under their headings', () => {
    expect(table(['engine', 'bytes', 'verdict'], [['redis', '5.0 MB', 'equal']])).toEqual([
      '  engine   bytes  verdict',
      '  ──────  ──────  ───────',
      '  redis   5.0 MB  equal',
    ]);
  });
});
