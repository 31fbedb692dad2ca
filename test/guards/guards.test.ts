import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Guard, takenOut } from './guard.ts';
import { GUARDS } from './guards.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the table of guards', () => {
  test('names each guard once', () => {
    expect(GUARDS.length).toBeGreaterThan(40);
    expect(new Set(GUARDS.map(({ name }) => name)).size).toBe(GUARDS.length);
  });

  test.for(GUARDS.map((guard): [string, Guard] => [guard.name, guard]))('finds where it stands: %s', ([, guard]) => {
    expect(takenOut(guard, read(guard.file))).not.toBe(read(guard.file));
  });

  test.for(GUARDS.map((guard): [string, Guard] => [guard.name, guard]))('finds the test of it: %s', ([, guard]) => {
    const { file, name, writtenIn = file } = guard.test;
    expect(file).toMatch(/^test\/.*\.test\.ts$/);
    expect(read(file)).toMatch(/\b(?:test|it|describe|engineContract)\b/);
    expect(read(writtenIn)).toContain(name);
  });
});

describe('taking a guard out', () => {
  const guard: Guard = { name: 'x', file: 'f', text: 'guard();', without: '', test: { file: '', name: '' } };

  test('leaves the rest as it is', () => {
    expect(takenOut(guard, 'before\nguard();\nafter $& $1\n')).toBe('before\n\nafter $& $1\n');
    expect(takenOut({ ...guard, without: '$&' }, 'a guard();')).toBe('a $&');
  });

  test.for(['', 'guard(); guard();'])('fails where it does not stand once: %j', (content) => {
    expect(() => takenOut(guard, content)).toThrow(/"x" stands \d times in f/);
  });
});
