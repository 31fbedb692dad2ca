import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { Redactor } from '../../storage-node/base/redact.ts';
import { createNews } from './compose.ts';
import { assertAddress } from './guarded-address.ts';
import type { News } from './happening.ts';
import { type MailServer, mailCarrier } from './mail.ts';
import type { MessageStore } from './message.ts';
import { pingCarrier } from './ping.ts';
import { createPostman, type Postman } from './postman.ts';
import { webhookCarrier } from './webhook.ts';

/** What the hoster says of messages. */
export interface NotifyPolicy {
  readonly mail?: MailServer | undefined;
  readonly hosterMail: readonly string[];
  readonly hosterWebhook?: { readonly url: string; readonly secretFile: string } | undefined;
  readonly allowPrivateAddresses: boolean;
}

/** The addresses of one environment, as they are set up when a message is sent. */
export interface CustomerAddresses {
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly pingUrl: string;
}

/** The room as others see it: where events are told, who sends them, and which addresses may be named. */
export interface Notify {
  readonly news: News;
  readonly postman: Postman;
  /** Whether there is a server that mail leaves by. */
  readonly mailIsSetUp: boolean;
  /** Throws `request-invalid` for an address that customers may not have called. */
  checkAddress(address: string): void;
}

/** Opens the room on an outbox. Files of secrets are named relative to the data directory, and read whenever they are needed. */
export function openNotify(parts: {
  readonly store: MessageStore;
  readonly policy: NotifyPolicy;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly addressesOf: (environment: string) => CustomerAddresses | undefined;
}): Notify {
  const { store, policy, clock, log, redactor, addressesOf } = parts;
  const fileOf = (path: string) => (path === '' || isAbsolute(path) ? path : join(parts.dataDirectory, path));
  const learn = (secret: string) => redactor.learn(secret);
  const privateToo = policy.allowPrivateAddresses;

  const webhookOf = (environment: string) => {
    if (environment === '') {
      const own = policy.hosterWebhook;
      return own && { url: own.url, secret: secretIn(fileOf(own.secretFile), learn), privateToo: true };
    }
    const addresses = addressesOf(environment);
    if (!addresses?.webhookUrl) return undefined;
    learn(addresses.webhookSecret);
    return { url: addresses.webhookUrl, secret: addresses.webhookSecret, privateToo };
  };
  const pingOf = (environment: string) => {
    const url = addressesOf(environment)?.pingUrl;
    return url ? { url, privateToo } : undefined;
  };
  const { mail } = policy;
  const carriers = {
    webhook: webhookCarrier(webhookOf, clock),
    ping: pingCarrier(pingOf),
    ...(mail === undefined
      ? {}
      : {
          mail: mailCarrier({ ...mail, passwordFile: fileOf(mail.passwordFile), caFile: fileOf(mail.caFile) }, learn),
        }),
  };
  const hoster = { mail: policy.hosterMail, webhook: policy.hosterWebhook !== undefined };
  return {
    news: createNews({ store, hoster, redact: (text) => redactor.redact(text) }),
    postman: createPostman({ store, carriers, clock, log }),
    mailIsSetUp: mail !== undefined,
    checkAddress(address) {
      try {
        assertAddress(new URL(address), privateToo);
      } catch (cause) {
        throw new AddonError('request-invalid', `the address cannot be used: ${(cause as Error).message}`, {
          hint: 'name an http or https address that the internet can reach.',
          cause,
        });
      }
    },
  };
}

function secretIn(file: string, learn: (secret: string) => void): string {
  try {
    const [secret = ''] = readFileSync(file, 'utf8').split('\n');
    learn(secret.trim());
    return secret.trim();
  } catch (cause) {
    const message = `the webhook secret ${file} cannot be read: ${(cause as Error).message}`;
    throw new AddonError('message-unsent', message, { cause, hint: 'put it there, or correct notify.hosterWebhook.' });
  }
}
