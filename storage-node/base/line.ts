import type { AddonError } from './errors.ts';

/** Where the served folder stands in the file server’s own root. */
export const SHARED_FOLDER = '/share';

/**
 * A file server of the storage node's for one folder and one operation, seen as two descriptors.
 * Whoever takes the line hands both descriptors to a child process and closes them here.
 */
export interface ServedLine {
  /** What the server answers: becomes the peer's stdin. */
  readonly fromServer: number;
  /** What the server is asked: becomes the peer's stdout. */
  readonly toServer: number;
  /** Settles when the server has ended, for whatever reason; never rejects. */
  readonly ended: Promise<void>;
  /** Ends the server and waits until it is gone: from then on nobody can write through it. */
  end(): Promise<void>;
}

/** One environment's repository folder, served to one master for one operation. */
export interface Share extends AsyncDisposable {
  readonly environment: string;
  readonly writable: boolean;
  /** A file in the folder's root and its random content, by which a master proves that it looks at this folder. */
  readonly proof: { readonly file: string; readonly content: string };
  /** Why the storage itself gave up, such as a full disk: more to the point than what the master saw of it. */
  trouble(): AddonError | undefined;
  /** Starts one file server for the folder. The mount needs one in all, the channel one for each restic process. */
  serve(): Promise<ServedLine>;
}
