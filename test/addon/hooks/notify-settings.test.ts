import { describe, expect, test } from 'vitest';
import { fromNotify, type NotifyFields, notifyOfClone, toNotify } from '../../../addon/hooks/notify-settings.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NOBODY: NotifyFields = { notifyEmail: '', notifyOn: 'problems', webhookUrl: '', webhookSecret: '', pingUrl: '' };
const fields = (change: Partial<NotifyFields>) => ({ ...NOBODY, ...change });

test('nobody is told where nothing is entered', () => {
  expect(toNotify(NOBODY)).toEqual({ mail: [], all: false, webhookUrl: '', webhookSecret: '', pingUrl: '' });
});

test('what is entered comes back into the dialog, but for the secret', () => {
  const wanted = fields({
    ...{ notifyEmail: 'a@shop.example; b@shop.example,\n a@shop.example', notifyOn: 'all' },
    ...{ webhookUrl: 'https://shop.example/hook', webhookSecret: SECRET, pingUrl: 'https://hc.example/u' },
  });
  const notify = toNotify(wanted);
  expect(notify).toMatchObject({ mail: ['a@shop.example', 'b@shop.example'], all: true, webhookSecret: SECRET });
  expect(fromNotify(notify)).toEqual({
    ...{ notifyEmail: 'a@shop.example, b@shop.example', notifyOn: 'all' },
    ...{ webhookUrl: 'https://shop.example/hook', pingUrl: 'https://hc.example/u' },
  });
});

describe('is refused, with the field, the reason and an example:', () => {
  test.for([
    ['notifyEmail', { notifyEmail: 'admin' }],
    ['notifyEmail', { notifyEmail: 'a@b.example,c' }],
    ['notifyEmail', { notifyEmail: 'a@b.example>\r\nRCPT' }],
    ['notifyEmail', { notifyEmail: '"x y"@b.example' }],
    [
      'notifyEmail',
      { notifyEmail: 'a@b.example '.repeat(1) + Array.from({ length: 10 }, (_, n) => `u${n}@b.example`).join(' ') },
    ],
    ['webhookUrl', { webhookUrl: 'shop.example/hook', webhookSecret: SECRET }],
    ['webhookUrl', { webhookUrl: 'ftp://shop.example/hook', webhookSecret: SECRET }],
    ['webhookSecret', { webhookUrl: 'https://shop.example/hook' }],
    ['webhookSecret', { webhookUrl: 'https://shop.example/hook', webhookSecret: 'whsec_short' }],
    ['webhookSecret', { webhookUrl: 'https://shop.example/hook', webhookSecret: 'a password' }],
    ['pingUrl', { pingUrl: 'javascript:alert(1)' }],
  ] as const)('%s %j', ([field, change]) => {
    expect(() => toNotify(fields(change))).toThrow(
      expect.objectContaining({
        code: 'request-invalid',
        message: expect.stringContaining(`settings.${field}: `),
        hint: expect.stringContaining('for example'),
      }),
    );
  });
});

test('a secret without an address is kept for nobody', () => {
  expect(toNotify(fields({ webhookSecret: SECRET })).webhookSecret).toBe('');
});

test('a clone calls no dead-man address of its source’s', () => {
  const notify = toNotify(fields({ notifyEmail: 'a@b.example', pingUrl: 'https://hc.example/u' }));
  expect(notifyOfClone(notify)).toEqual({ ...notify, pingUrl: '' });
});
