import { expect, it } from 'vitest';
import { syntaxOf } from './published.ts';

it.for([
  ['a manifest that somebody published', 'https://raw.githubusercontent.com/them/app/main/', null, 'vendor'],
  ['one that a network of copies has', null, 'https://cdn.jsdelivr.net/gh/them/app@1/app.jps', 'vendor'],
  ['one of another place', 'https://example.test/github.com/', null, 'es5'],
  ['one that was pasted', null, null, 'es5'],
] as const)('runs newer scripts only of what runs on real platforms: %s', ([, baseUrl, address, syntax]) => {
  expect(syntaxOf({ baseUrl, address })).toBe(syntax);
});

it('runs newer scripts that were left with an account', () => {
  expect(syntaxOf(null)).toBe('vendor');
});
