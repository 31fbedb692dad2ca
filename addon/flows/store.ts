import type { Share } from '../../storage-node/base/line.ts';
import type { Attachment } from '../machines/machine.ts';
import type { Rooms } from './rooms.ts';
import { attachTo, type Target } from './target.ts';

/** A repository as the master has it: within reach, and with the restic that works on it. */
export interface Store extends AsyncDisposable {
  /** Path on the master: the storage node's own program, checked. */
  readonly restic: string;
  readonly share: Share;
  readonly attachment: Attachment;
}

/** Whose repository, and for what. */
export interface StoreRequest {
  readonly environment: string;
  readonly mode: 'read' | 'write';
}

/** Brings a repository within the master's reach. Disposing it fences the share and seals what was written. */
export async function openStore(
  target: Target,
  { environment, mode }: StoreRequest,
  rooms: Rooms,
  signal: AbortSignal,
): Promise<Store> {
  const placing = target.machine.place({ source: rooms.resticPath, name: 'restic', mode: 0o700 }, { signal });
  // Its failure is met when the share is attached, which takes as long.
  placing.catch(() => undefined);
  await using stack = new AsyncDisposableStack();
  const share = stack.use(await rooms.storage.share(environment, mode));
  const attachment = stack.use(await attachTo(target, share, rooms, signal));
  const restic = await placing;
  const owned = stack.move();
  return { restic, share, attachment, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Begins to open a store that is needed later. Disposing of the answer waits for the opening and closes what came of it. */
export function beginStore(
  ...request: Parameters<typeof openStore>
): AsyncDisposable & { readonly opened: Promise<Store> } {
  const opened = openStore(...request);
  // Whoever comes to use it hears of its failure.
  const settled = opened.catch(() => undefined);
  return { opened, [Symbol.asyncDispose]: async () => await (await settled)?.[Symbol.asyncDispose]() };
}
