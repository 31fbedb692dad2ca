import { AddonError } from '../../storage-node/base/errors.ts';
import type { Carrier } from './message.ts';
import { post } from './post.ts';

/** The dead-man address of an environment: it raises the alarm when it is not called in time. */
export interface PingTarget {
  readonly url: string;
  readonly privateToo: boolean;
}

/** Calls the dead-man address; after a failure its `/fail`, as such services have it. */
export function pingCarrier(targetOf: (recipient: string) => PingTarget | undefined): Carrier {
  return async (message, signal) => {
    const target = targetOf(message.recipient);
    if (target === undefined) throw new AddonError('message-refused', 'no dead-man address is set up any more');
    const { outcome } = JSON.parse(message.content) as { outcome: 'success' | 'fail' };
    const url = URL.parse(target.url);
    if (url === null) throw new AddonError('message-refused', 'the dead-man address is no web address');
    if (outcome === 'fail') url.pathname = `${url.pathname.replace(/\/$/, '')}/fail`;
    const { privateToo } = target;
    await post({ address: url.href, method: 'GET', body: '', headers: {}, privateToo }, signal);
  };
}
