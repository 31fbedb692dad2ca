import { AddonError } from '../../storage-node/base/errors.ts';
import type { NotifySettings } from '../flows/configuration.ts';

/** The fields of the dialogs that say who is told. */
export interface NotifyFields {
  readonly notifyEmail: string;
  readonly notifyOn: 'problems' | 'all';
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly pingUrl: string;
}

const MAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*\.?[A-Za-z0-9])*$/;
const MOST_ADDRESSES = 10;
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

function refused(setting: string, reason: string, example: string): AddonError {
  return new AddonError('request-invalid', `settings.${setting}: ${reason}`, { hint: `for example: ${example}.` });
}

function mailOf(text: string): string[] {
  const addresses = text
    .split(/[,;\s]+/)
    .map((address) => address.trim())
    .filter((address) => address !== '');
  for (const address of addresses) {
    if (address.length > 254 || !MAIL.test(address))
      throw refused('notifyEmail', `${JSON.stringify(address)} is not a mail address`, 'admin@example.com');
  }
  if (addresses.length > MOST_ADDRESSES)
    throw refused('notifyEmail', `names more than ${MOST_ADDRESSES} addresses`, 'admin@example.com');
  return [...new Set(addresses)];
}

function webAddress(setting: string, text: string, example: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const protocol = URL.parse(trimmed)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:')
    throw refused(setting, 'is not a web address that begins with http:// or https://', example);
  return trimmed;
}

/** Who is to be told, as the fields say. Throws `request-invalid` with the field, the reason and an example. */
export function toNotify(fields: NotifyFields): NotifySettings {
  const webhookUrl = webAddress('webhookUrl', fields.webhookUrl, 'https://example.com/hooks/dbbackup');
  const webhookSecret = webhookUrl === '' ? '' : fields.webhookSecret.trim();
  if (webhookUrl !== '' && !SECRET.test(webhookSecret)) {
    const reason = webhookSecret === '' ? 'is needed with a webhookUrl' : 'is not whsec_ and 24 to 64 bytes in base64';
    throw refused('webhookSecret', reason, 'what this prints: echo whsec_$(openssl rand -base64 32)');
  }
  return {
    mail: mailOf(fields.notifyEmail),
    all: fields.notifyOn === 'all',
    webhookUrl,
    webhookSecret,
    pingUrl: webAddress('pingUrl', fields.pingUrl, 'https://hc-ping.com/your-uuid'),
  };
}

/** The fields that a configuration came from, but for the secret. */
export function fromNotify(notify: NotifySettings | undefined): Omit<NotifyFields, 'webhookSecret'> {
  return {
    notifyEmail: notify?.mail.join(', ') ?? '',
    notifyOn: notify?.all ? 'all' : 'problems',
    webhookUrl: notify?.webhookUrl ?? '',
    pingUrl: notify?.pingUrl ?? '',
  };
}

/** Who is told of a clone: as of its source, but for the dead-man address, which called for both would say that a dead one lives. */
export function notifyOfClone(notify: NotifySettings): NotifySettings {
  return { ...notify, pingUrl: '' };
}
