import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../storage-node/base/redact.ts';

const knowing = (...secrets: string[]) => {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.learn(secret);
  return redactor;
};

describe('a redactor', () => {
  test.for([
    ['as it is', (secret: string) => secret],
    ['in JSON', (secret: string) => JSON.stringify({ secret })],
    ['in an address', (secret: string) => `mongodb://u:${encodeURIComponent(secret)}@db/`],
    ['in JSON in JSON', (secret: string) => JSON.stringify(JSON.stringify({ secret }))],
    ['in a form', (secret: string) => new URLSearchParams({ p: secret }).toString()],
    ['in SQL quotes', (secret: string) => `PASSWORD '${secret.replaceAll("'", "''")}'`],
    ['in shell quotes in JSON', (secret: string) => JSON.stringify(`'${secret.replaceAll("'", "'\\''")}'`)],
    ['in base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['in shell quotes', (secret: string) => `'${secret.replaceAll("'", "'\\''")}'`],
  ] as const)('takes out a secret %s', ([, write]) => {
    for (const secret of ['plain-canary', 'ca"na\'ry\\ $x &%/ü', 'tab\tand\nline']) {
      const clean = knowing(secret).redact(`before ${write(secret)} after`);
      expect(clean).toContain('***');
      expect(clean).toMatch(/^before .* after$/);
      expect(clean).not.toContain(write(secret));
    }
  });

  test('takes out every occurrence, and the longer of two that overlap', () => {
    const redactor = knowing('canary', 'canary-of-the-mine');
    expect(redactor.redact('canary-of-the-mine, canary, canary')).toBe('***, ***, ***');
  });

  test('takes a secret literally', () => {
    expect(knowing('.*$&').redact('abc .*$& def')).toBe('abc *** def');
  });

  test('leaves a text without secrets alone, and does not learn words too short to be any', () => {
    const redactor = knowing('', 'abc', 'long-enough');
    expect(redactor.redact('abc and so on')).toBe('abc and so on');
  });

  test('leaves none of any secret in any text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        const mask = '***';
        fc.pre(!mask.includes(secret) && !secret.includes('*'));
        expect(knowing(secret).redact(before + secret + after)).not.toContain(secret);
      }),
    );
  });
});

test('a redactor learns a secret that is no well-formed text', () => {
  expect(knowing('half \ud800 pair').redact('it is half \ud800 pair')).toBe('it is ***');
});
