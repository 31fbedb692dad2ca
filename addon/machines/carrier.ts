import { AddonError } from '../../storage-node/base/errors.ts';
import type { ServedLine, Share } from '../../storage-node/base/line.ts';
import { accompany, type Companion } from '../../storage-node/base/run.ts';
import type { SshClient } from './openssh.ts';
import { MARK, type Site } from './site.ts';

/** A file server joined by an ssh session to a script of ours on the master. */
export interface Carrier {
  readonly line: ServedLine;
  readonly session: Companion;
  /** The fence first, then the session. Twice is fine. */
  end(): Promise<void>;
}

/** Starts a file server and carries it to the site's script of this name. The command line holds fixed words and our own id. */
export async function carry(ssh: SshClient, share: Share, site: Site, script: string): Promise<Carrier> {
  const line = await share.serve();
  const remote = `exec env ${MARK}=${site.id} /bin/sh ${site.folder}/${script}`;
  const session = accompany(ssh.command(remote), line.fromServer, line.toServer);
  return {
    line,
    session,
    async end() {
      await line.end();
      await session.kill();
    },
  };
}

/** Why a session ended, in its own last words. */
export function lostBecause(subject: string, { stderr }: { stderr: string } = { stderr: '' }): AddonError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (/host key verification failed|no matching host key/i.test(stderr))
    return new AddonError('node-host-key', `${subject}: the node shows another host key than the one known`);
  if (/permission denied/i.test(stderr)) return new AddonError('node-account', `${subject}: ${said}`);
  return new AddonError(
    'connection-lost',
    `${subject} was lost: ${said || 'the file server or its ssh session has ended'}`,
  );
}
