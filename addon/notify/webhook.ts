import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../storage-node/base/clock.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Carrier } from './message.ts';
import { post } from './post.ts';

/** Where events are posted to, and the secret that signs them. */
export interface WebhookTarget {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
  readonly privateToo: boolean;
}

/** Posts events as Standard Webhooks: a repetition carries the same id. `targetOf` answers undefined where none is set up any more. */
export function webhookCarrier(targetOf: (recipient: string) => WebhookTarget | undefined, clock: Clock): Carrier {
  return async (message, signal) => {
    const target = targetOf(message.recipient);
    if (target === undefined) throw new AddonError('message-refused', 'no webhook is set up any more');
    const at = clock();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(target.secret).sign(message.id, at, message.content),
    };
    const { url: address, privateToo } = target;
    await post({ address, method: 'POST', body: message.content, headers, privateToo }, signal);
  };
}
