import { describe, expect, test } from 'vitest';
import { SCOPE } from './fakeWorld.ts';
import type { Manifest, Syntax } from './index.ts';
import { run } from './kit.ts';
import { BASE, scriptStep, valueOfCode } from './script-step.ts';

describe('the syntax of scripts', () => {
  const newer = [
    ['let', 'let a = 1;\nreturn a;', 1],
    ['an arrow function', 'return (() => 1)();', 1],
    ['a template', 'return `a`;', 1],
    ['a class', '\nclass A {}\nreturn 1;', 2],
    ['for of', 'var s = 0;\nfor (var a of [1]) s += a;\nreturn s;', 2],
    ['a default', 'function f(a = 1) { return a; }\nreturn f();', 1],
    ['a comma at the end of arguments', 'return Math.max(1,\n2,\n);', 3],
  ] as const;

  test.for(newer)('refuses %s with its line', async ([, code, line]) => {
    const { outcome } = await run(scriptStep(code));
    expect(outcome.answer).toMatchObject({
      result: 99,
      error: expect.stringMatching(new RegExp(`^actions\\.go script:${line}: newer than ES5: `)),
    });
  });

  test.for(newer)('lets vendors have %s, and says so', async ([, code, line]) => {
    const { outcome, told } = await run(scriptStep(code), { options: { syntax: 'vendor' } });
    expect(outcome.answer.error ?? '').not.toContain('newer than ES5');
    expect(told(`actions.go script:${line} is newer than ES5: `)).toHaveLength(1);
  });

  test('names a built-in that ES5 has not, with its line', async () => {
    const { outcome } = await run(scriptStep('var a = [1];\nreturn { result: 0, value: a.includes(1) };'));
    expect(outcome.answer).toMatchObject({
      error: expect.stringContaining('is not a function: includes is newer than ES5 (actions.go script:2)'),
    });
    const mine = await run(scriptStep('return { result: mine() };'));
    expect(mine.outcome.answer.error).toBe('ReferenceError: mine is not defined (actions.go script:1)');
  });

  test('is decided for each manifest where that is wanted', async () => {
    const seen: unknown[] = [];
    const options = {
      syntax: (manifest: Manifest | null): Syntax => {
        seen.push(manifest?.id);
        return manifest === null ? 'es5' : 'vendor';
      },
    };
    const { outcome, language } = await run(scriptStep('let a = 1;\nreturn { result: 0, value: a };'), { options });
    expect(outcome.answer).toEqual({ result: 0, value: 1 });
    expect((await language.script('let a = 1;', 'nightly', {}, SCOPE)).error).toBe(
      'nightly:1: newer than ES5: let a = 1;',
    );
    expect(seen).toEqual(['app', undefined]);
  });

  test('names file and line of what is no JavaScript at all', async () => {
    const { outcome } = await run('- script: a.js', {
      options: { syntax: 'vendor' },
      prepare: (world) => {
        world.files[`${BASE}a.js`] = 'var a;\nvar b = ;';
      },
    });
    expect(outcome.answer.error).toBe(`${BASE}a.js:2: Unexpected token: var b = ;`);
  });

  test('refuses imports of whole packages', async () => {
    expect((await run(scriptStep('import java.util.*;\nreturn 1;'))).outcome.answer.error).toContain(
      'import java.util.* is not known',
    );
  });

  test.for([
    ['[1].includes(1)', 'TypeError'],
    ['"a".startsWith("a")', 'TypeError'],
    ['Object.assign({}, {})', 'TypeError'],
    ['Array.from([1])', 'TypeError'],
    ['typeof Promise + typeof Map + typeof Symbol', 'undefinedundefinedundefined'],
  ] as const)('has no built-ins newer than ES5: %s', async ([code, expected]) => {
    expect(await valueOfCode(`return ${code};`)).toContain(expected);
    expect(await valueOfCode(`return ${code};`, { options: { syntax: 'vendor' } })).not.toContain?.('TypeError');
  });

  test('has what ES5 has', async () => {
    expect(
      await valueOfCode(
        'return [Object.keys({ a: 1 })[0], [3, 1].sort().map(String).join(), JSON.stringify([1]), " a ".trim()];',
      ),
    ).toEqual(['a', '1,3', '[1]', 'a']);
  });
});
