import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Notify, type NotifyPolicy, openNotify } from '../../../addon/notify/open.ts';
import type { Log } from '../../../storage-node/base/log.ts';
import { createRedactor } from '../../../storage-node/base/redact.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';
import { type OutboxStore, outboxStore } from '../../../storage-node/catalog/outbox.ts';
import { LOGIN } from './receivers.ts';

export const SECRET = `whsec_${Buffer.from('a secret of exactly 32 bytes ok!').toString('base64')}`;

/** The room of messages on a real catalog, by a clock that stands still until it is moved. */
export interface OutboxTrial extends AsyncDisposable {
  readonly notify: Notify;
  readonly outbox: OutboxStore;
  readonly log: string[];
  readonly passwordFile: string;
  /** A daemon that starts again on the same catalog. */
  reopen(): Notify;
  pass(minutes: number): void;
  now(): string;
  /** Sends what is due, and waits until it was sent or has failed. */
  send(): Promise<void>;
}

/** Opens one. */
export function outboxTrial(options: {
  readonly mailPort?: number;
  readonly webhookUrl?: string;
  readonly pingUrl?: string;
  readonly policy?: Partial<NotifyPolicy>;
}): OutboxTrial {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'outbox-'));
  writeFileSync(join(dataDirectory, 'mail.password'), `${LOGIN.password}\n`);
  writeFileSync(join(dataDirectory, 'hoster.secret'), `${SECRET}\n`);
  const outbox = outboxStore(openCatalog(join(dataDirectory, 'catalog.sqlite')));
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const log: Log = { info: say, warn: say, error: say, with: () => log };
  const redactor = createRedactor();
  redactor.learn('hunter2-secret');
  let at = Date.parse('2026-11-21T12:00:00Z');
  const { mailPort: port, webhookUrl = '', pingUrl = '' } = options;
  const from = 'Backups <dbbackup@hoster.example>';
  const mail = {
    host: '127.0.0.1',
    security: 'none',
    user: LOGIN.user,
    passwordFile: 'mail.password',
    caFile: '',
    from,
  } as const;
  const open = () =>
    openNotify({
      store: outbox,
      policy: {
        hosterMail: [],
        allowPrivateAddresses: true,
        ...(port === undefined ? {} : { mail: { ...mail, port } }),
        ...options.policy,
      },
      ...{ dataDirectory, log, redactor, clock: () => new Date(at) },
      addressesOf: () => ({ webhookUrl, webhookSecret: SECRET, pingUrl }),
    });
  let notify = open();
  return {
    get notify() {
      return notify;
    },
    outbox,
    log: said,
    passwordFile: join(dataDirectory, 'mail.password'),
    reopen() {
      notify = open();
      return notify;
    },
    pass(minutes) {
      at += minutes * 60_000;
    },
    now: () => new Date(at).toISOString(),
    async send() {
      notify.postman.wake();
      await notify.postman.idle();
    },
    async [Symbol.asyncDispose]() {
      await notify.postman.stop();
      rmSync(dataDirectory, { recursive: true });
    },
  };
}
