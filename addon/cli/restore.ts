import type { JobRow } from '../../storage-node/base/words.ts';
import { confirmByName, type VerbContext } from './context.ts';
import { followJob } from './follow.ts';

/** The options of `dbbackup restore`. */
export interface RestoreOptions {
  readonly backup: string;
  readonly from: string;
  readonly database: readonly string[];
  readonly safetyBackup: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
}

/** `dbbackup restore ENVIRONMENT --backup ID`: overwrites its databases with what a backup holds. */
export async function restore(environment: string, options: RestoreOptions, context: VerbContext): Promise<void> {
  const { client, output, json } = context;
  const what = options.database.length === 0 ? 'all databases' : `database ${options.database.join(', ')}`;
  await confirmByName(`this overwrites ${what} of ${environment}; later changes are lost`, environment, options.yes);
  const started = await client.call<JobRow>('POST', `/environments/${encodeURIComponent(environment)}/restore`, {
    backup: options.backup,
    from: options.from,
    databases: options.database,
    safetyBackup: options.safetyBackup,
  });
  if (!options.wait)
    return output.line(
      json
        ? JSON.stringify(started)
        : `job ${started.id} ${started.state === 'queued' ? 'waits' : 'runs'}; follow it: dbbackup jobs --follow ${started.id}`,
    );
  const job = await followJob(started, context);
  output.line(json ? JSON.stringify(job) : `${environment} holds what backup ${job.backup} holds`);
}
