import type { Backup, JobRow } from '../../storage-node/base/words.ts';
import type { StandInPlatform } from '../../test/platform/platform.ts';
import type { Host } from '../../test/support/hosts.ts';
import { accepted, filledIn, opened } from './dialogs.ts';

/** The storage environment of the demo, and what its own command says of the backups on it. */
export interface Storage {
  readonly name: string;
  readonly host: Host;
  /** Newest first. */
  backups(environment: string): Promise<readonly Backup[]>;
  /** Waits until no job of the environment runs or waits; rejects with what the newest one failed of. */
  settled(environment: string): Promise<void>;
}

/** Gets the storage package from the marketplace, as its dialog proposes. */
export async function installStorage(platform: StandInPlatform, offer: string): Promise<Storage> {
  const dialog = opened(await platform.openInstall(offer));
  const values = filledIn(dialog, { envName: 'backups' });
  accepted(await platform.submit(dialog.id, values));
  const host = platform.estate.environments.get('backups')?.nodes.find(({ master }) => master)?.host;
  if (host === undefined) throw new Error('the storage environment has no master node');
  const ask = async (...argv: readonly string[]) => JSON.parse(await host.must(['dbbackup', ...argv, '--json']));
  return {
    name: 'backups',
    host,
    backups: (environment) => ask('list', environment),
    settled: async (environment) => {
      for (;;) {
        const jobs: readonly JobRow[] = await ask('jobs', environment);
        if (!jobs.some(({ state }) => state === 'running' || state === 'queued')) {
          const error = jobs[0]?.error;
          if (error) throw new Error(`${error.message}; ${error.hint}`);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
  };
}
