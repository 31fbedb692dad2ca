import { AddonError } from '../../storage-node/base/errors.ts';
import type { Share } from '../../storage-node/base/line.ts';
import type { Log } from '../../storage-node/base/log.ts';
import { channel } from './channel.ts';
import { within } from './conversation.ts';
import type { Attachment, Machine } from './machine.ts';
import { mount, type Route } from './mount.ts';
import { type SshTarget, sshClient } from './openssh.ts';
import { prepareSite, runFixed, stay, takeAway, WHY_NO_MOUNT } from './site.ts';

/** What is attached to what, and how. */
export interface AttachOptions {
  readonly machine: Machine;
  /** The same node, for the ssh sessions that carry the data. */
  readonly ssh: SshTarget;
  readonly share: Share;
  readonly transport: 'mount' | 'channel' | 'auto';
  /** The environment that it is for: what its killed runs left is taken away by this name. */
  readonly scope: string;
  /** A place below the account's home to mount at, instead of a private one that goes with the attachment. */
  readonly mountpoint?: string;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

/** A master that does not answer is left to its own watch, which takes everything away within a minute. */
const FAREWELL_MS = 20_000;

/**
 * Attaches a share to a machine, and proves it. Rejects with `mount-failed` or `mount-unproven` when it cannot be, and has then taken
 * everything back.
 */
export async function attach(options: AttachOptions): Promise<Attachment> {
  const { machine, share, log, signal } = options;
  const limits = signal === undefined ? {} : { signal };
  const transport = await choose(options);
  const site = await prepareSite(machine, options.scope, options.mountpoint, limits);
  const lost = new AbortController();
  const leaving = new AbortController();
  const ssh = sshClient(options.ssh);
  let open = true;
  const onLost = (reason: AddonError) => {
    if (!open || lost.signal.aborted) return;
    log.warn('storage was lost', { node: machine.name, transport, reason: reason.message });
    lost.abort(reason.code === 'connection-lost' ? reason : new AddonError('connection-lost', reason.message));
  };
  const farewell = new AddonError('bug', 'the attachment is over');
  const watch = stay(machine, site.id, leaving.signal).then(
    () => onLost(new AddonError('connection-lost', `the watch on ${machine.name} has ended`)),
    (reason: unknown) => reason === farewell || onLost(asLoss(machine, reason)),
  );
  let route: Route | undefined;
  const dispose = async () => {
    if (!open) return;
    open = false;
    await route?.end();
    ssh[Symbol.dispose]();
    await within(
      takeAway(machine, site.id, { timeoutMs: FAREWELL_MS / 2 }).catch((reason: unknown) =>
        log.warn('storage is taken away later', { node: machine.name, reason: String(reason) }),
      ),
      FAREWELL_MS,
    );
    leaving.abort(farewell);
    await watch;
  };
  try {
    route = await (transport === 'mount' ? mount : channel)({ machine, ssh, share, site, onLost, limits });
  } catch (error) {
    await dispose();
    throw error;
  }
  log.info('storage attached', { node: machine.name, transport });
  const { link } = route;
  return { transport, lost: lost.signal, link, [Symbol.asyncDispose]: dispose };
}

async function choose({ machine, transport, log, signal }: AttachOptions): Promise<'mount' | 'channel'> {
  if (transport !== 'auto') return transport;
  const { stdout } = await runFixed(machine, WHY_NO_MOUNT, [], signal === undefined ? {} : { signal });
  if (stdout === '') return 'mount';
  log.info('the channel is used, because the node cannot mount', { node: machine.name, reason: stdout.trim() });
  return 'channel';
}

function asLoss(machine: Machine, reason: unknown): AddonError {
  const message = reason instanceof Error ? reason.message : String(reason);
  return new AddonError('connection-lost', `the watch on ${machine.name} was lost: ${message}`);
}
