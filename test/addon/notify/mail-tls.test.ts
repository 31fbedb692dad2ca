import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mailCarrier } from '../../../addon/notify/mail.ts';
import type { Message } from '../../../addon/notify/message.ts';
import { BY_MAIL, FAILED } from './happenings.ts';
import { outboxTrial } from './outbox-trial.ts';
import { LOGIN, type MailServer, startMailServer } from './receivers.ts';

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mail-tls-'));
  writeFileSync(file('mail.password'), LOGIN.password);
  const subject = ['-subj', '/CN=mail', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
  const files = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...files, ...subject], { stdio: 'ignore' });
});
afterAll(() => rmSync(folder, { recursive: true }));

type Security = 'tls' | 'starttls';
const encryption = (security: Security) => ({
  key: readFileSync(file('key.pem'), 'utf8'),
  cert: readFileSync(file('cert.pem'), 'utf8'),
  secure: security === 'tls',
});
const mailOf = ({ port }: MailServer, security: Security, caFile: string) => ({
  ...{ host: '127.0.0.1', port, security, user: LOGIN.user, passwordFile: file('mail.password'), caFile },
  from: 'dbbackup@hoster.example',
});
const MESSAGE: Message = {
  ...{ id: 'msg_1', environment: 'shop', event: 'backup.failed', channel: 'mail', recipient: 'admin@shop.example' },
  content: '{"subject":"s","text":"t"}',
  ...{ createdAt: FAILED.at, expiresAt: FAILED.at, attempts: 0, problem: null },
};

async function sent(security: 'tls' | 'starttls', caFile: string) {
  await using server = await startMailServer(encryption(security));
  await using trial = outboxTrial({ policy: { mail: mailOf(server, security, caFile) } });
  trial.notify.news.tell(FAILED, BY_MAIL);
  await trial.send();
  return { received: server.received.length, row: trial.outbox.list(1)[0] };
}

test.for(['tls', 'starttls'] as const)('mail goes by %s to a server whose certificate is known', async (security) => {
  expect(await sent(security, file('cert.pem'))).toMatchObject({ received: 1, row: { state: 'sent' } });
});

test.for(['tls', 'starttls'] as const)(
  'neither mail nor password goes by %s to a server whose certificate is unknown',
  async (security) => {
    const { received, row } = await sent(security, '');
    expect(received).toBe(0);
    expect(row).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(row?.problem).toMatch(/certificate/);
  },
);

test('an authority that cannot be read is named, and the mail waits', async () => {
  const { row } = await sent('tls', '/nowhere/ca.pem');
  expect(row).toMatchObject({ state: 'waiting', problem: expect.stringContaining('/nowhere/ca.pem cannot be read') });
});

test.for(['tls', 'starttls'] as const)(
  'a server that stalls behind %s is left at the time limit, and the process lives on',
  async (security) => {
    await using server = await startMailServer(encryption(security));
    server.behave('stall');
    for (let attempt = 0; attempt < 3; attempt++) {
      const began = performance.now();
      const carry = mailCarrier(mailOf(server, security, file('cert.pem')), () => undefined);
      await expect(carry(MESSAGE, AbortSignal.timeout(300 + attempt))).rejects.toMatchObject({
        code: 'message-unsent',
      });
      expect(performance.now() - began).toBeLessThan(5_000);
    }
  },
);
