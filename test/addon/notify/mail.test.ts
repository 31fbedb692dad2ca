import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MailServer as MailSettings, mailCarrier } from '../../../addon/notify/mail.ts';
import { BY_MAIL, FAILED } from './happenings.ts';
import { type OutboxTrial, outboxTrial } from './outbox-trial.ts';
import { LOGIN, type MailServer, startMailServer } from './receivers.ts';

let server: MailServer;
let it: OutboxTrial;
beforeEach(async () => {
  server = await startMailServer();
  it = outboxTrial({ mailPort: server.port });
});
afterEach(async () => {
  await it[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const header = (raw: string, name: string) =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'mi').exec(raw)?.[1]?.replaceAll(/\r\n[ \t]/g, ' ');
const decoded = (raw: string) =>
  Buffer.from(
    raw
      .slice(raw.indexOf('\r\n\r\n'))
      .replaceAll(/=\r\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

test('a mail is sent once, to its recipient, with an id of its own', async () => {
  it.notify.news.tell(FAILED, BY_MAIL);
  await it.send();
  await it.send();
  expect(server.received.map(({ to }) => to)).toEqual(['admin@shop.example']);
  const [{ raw } = { raw: '' }] = server.received;
  expect(header(raw, 'Message-ID')).toMatch(/^<msg_[0-9a-f]{32}@hoster\.example>$/);
  expect(header(raw, 'Auto-Submitted')).toBe('auto-generated');
  expect(decoded(raw)).toContain('The last good backup is 20261118T030000Z-3f9a1c');
  expect(it.outbox.list(9)).toMatchObject([{ state: 'sent', attempts: 1, problem: null }]);
});

test('the same event told again, also by another daemon, is the same message', async () => {
  it.notify.news.tell(FAILED, BY_MAIL);
  await it.send();
  it.reopen().news.tell(FAILED, BY_MAIL);
  await it.send();
  expect(server.received).toHaveLength(1);
});

test('a mail that was sent but not marked is repeated under the same id', async () => {
  it.notify.news.tell(FAILED, BY_MAIL);
  await it.send();
  const [row] = it.outbox.list(1);
  it.outbox.forget('9999');
  it.notify.news.tell(FAILED, BY_MAIL);
  await it.send();
  const ids = server.received.map(({ raw }) => header(raw, 'Message-ID'));
  expect(ids).toHaveLength(2);
  expect(new Set(ids)).toEqual(new Set([`<${row?.id}@hoster.example>`]));
});

test.for([
  ['line breaks', 'shop\r\nBcc: thief@evil.example\r\n\r\nbody'],
  ['quotes and control characters', 'sh"op\u0000\u2028\u202e<x@y>'],
  ['a hundred words that are not ASCII', '日本語 '.repeat(100)],
] as const)('a name with %s adds no header and no recipient', async ([, displayName]) => {
  it.notify.news.tell({ ...FAILED, environment: { name: 'shop', displayName } }, BY_MAIL);
  await it.send();
  const [{ to, raw } = { to: '', raw: '' }] = server.received;
  expect(to).toBe('admin@shop.example');
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  expect(head).not.toMatch(/^(bcc|cc|x-injected):/im);
  expect(head.match(/^subject:/gim)).toHaveLength(1);
  expect(head.match(/^to: (.*)/im)?.[1]).toBe('admin@shop.example');
});

test('a server that asks to come later is asked again, with pauses that grow', async () => {
  server.behave('greylist');
  it.notify.news.tell(FAILED, BY_MAIL);
  await it.send();
  await it.send();
  expect(it.outbox.list(1)).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  expect(it.outbox.list(1)[0]?.problem).toContain('come back later');
  server.behave('accept');
  it.pass(1);
  await it.send();
  expect(server.received).toHaveLength(1);
  expect(it.outbox.list(1)).toMatchObject([{ state: 'sent', attempts: 2 }]);
});

test('a recipient that does not exist is given up at once, and others go on', async () => {
  server.behave('refuse-recipient');
  it.notify.news.tell(FAILED, BY_MAIL);
  await it.send();
  expect(it.outbox.list(1)).toMatchObject([{ state: 'given-up', attempts: 1 }]);
  expect(it.log.join()).toContain('no such user');
  server.behave('accept');
  it.notify.news.tell({ ...FAILED, key: 'another' }, BY_MAIL);
  await it.send();
  expect(server.received).toHaveLength(1);
});

test('a server that says nothing is left when the daemon stops, and the mail stays', async () => {
  server.behave('stall');
  it.notify.news.tell(FAILED, BY_MAIL);
  it.notify.postman.wake();
  await expect.poll(() => it.outbox.list(1)[0]?.attempts).toBe(1);
  const began = performance.now();
  await it.notify.postman.stop();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(it.outbox.list(1)).toMatchObject([{ state: 'waiting', problem: null }]);
  server.behave('accept');
  it.reopen();
  it.pass(2);
  await it.send();
  expect(server.received).toHaveLength(1);
});

test('a wrong password is told without the password, and is not the end', async () => {
  const other = outboxTrial({
    policy: {
      mail: {
        ...{
          host: '127.0.0.1',
          port: server.port,
          security: 'none',
          user: 'nobody',
          passwordFile: 'mail.password',
          caFile: '',
        },
        from: 'a@b.example',
      },
    },
  });
  other.notify.news.tell(FAILED, BY_MAIL);
  await other.send();
  const [row] = other.outbox.list(1);
  expect(row).toMatchObject({ state: 'waiting' });
  expect(row?.problem).toContain('did not take the mail');
  expect(`${row?.problem}${other.log}`).not.toContain('mail-p4ss');
  await other[Symbol.asyncDispose]();
});

test('without a mail server the message waits, says why, and is given up after about a day', async () => {
  const none = outboxTrial({});
  none.notify.news.tell(FAILED, BY_MAIL);
  for (let hour = 0; hour < 30; hour++) {
    await none.send();
    none.pass(60);
  }
  expect(none.outbox.list(1)).toMatchObject([{ state: 'given-up', problem: 'no mail server is set up' }]);
  await none[Symbol.asyncDispose]();
});

test('a server that only speaks in clear is sent nothing where starttls is asked for', async () => {
  const strict = outboxTrial({
    policy: {
      mail: {
        ...{ host: '127.0.0.1', port: server.port, security: 'starttls', user: '', passwordFile: '', caFile: '' },
        from: 'a@b.example',
      },
    },
  });
  strict.notify.news.tell(FAILED, BY_MAIL);
  await strict.send();
  expect(server.received).toEqual([]);
  expect(strict.outbox.list(1)).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  await strict[Symbol.asyncDispose]();
});

test('a storm of troubles is not a storm of mail: beyond thirty an hour one says so', async () => {
  const told = (number: number) =>
    it.notify.news.tell({ ...FAILED, key: `failing env${number}`, at: it.now() }, BY_MAIL);
  for (let number = 0; number < 60; number++) told(number);
  const events = () => it.outbox.list(999).map(({ event }) => event);
  expect(events().filter((event) => event === 'backup.failed')).toHaveLength(30);
  expect(events().filter((event) => event === 'news.many')).toHaveLength(1);
  it.pass(61);
  told(60);
  expect(events()[0]).toBe('backup.failed');
});

test('a server that stops answering in the middle is left at the time limit', async () => {
  server.behave('stall');
  it.notify.news.tell(FAILED, BY_MAIL);
  const [message] = it.outbox.list(1);
  if (message === undefined) throw new Error('nothing was written');
  const mail: MailSettings = {
    ...{ host: '127.0.0.1', port: server.port, security: 'none', user: LOGIN.user, from: 'a@b.example' },
    passwordFile: it.passwordFile,
    caFile: '',
  };
  const began = performance.now();
  const carry = mailCarrier(mail, () => undefined);
  await expect(carry(message, AbortSignal.timeout(500))).rejects.toMatchObject({ code: 'message-unsent' });
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('a server that asks for a login which is not set up is asked again: that is no fault of the recipient', async () => {
  const policy = {
    mail: {
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      user: '',
      passwordFile: '',
      caFile: '',
      from: 'a@b.example',
    },
  } as const;
  const without = outboxTrial({ policy });
  without.notify.news.tell(FAILED, BY_MAIL);
  await without.send();
  expect(without.outbox.list(1)).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  expect(without.outbox.list(1)[0]?.problem).toMatch(/530/);
  await without[Symbol.asyncDispose]();
});
