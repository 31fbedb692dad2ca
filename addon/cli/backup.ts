import type { Backup, JobRow } from '../../storage-node/base/words.ts';
import type { VerbContext } from './context.ts';
import { followJob } from './follow.ts';
import { size } from './output.ts';

/** `dbbackup backup ENVIRONMENT`: takes a backup now and waits for it. */
export async function backup(
  environment: string,
  options: { readonly name: string; readonly description: string; readonly wait: boolean },
  context: VerbContext,
): Promise<void> {
  const { client, output, json } = context;
  const { name, description } = options;
  const started = await client.call<JobRow>('POST', `/environments/${encodeURIComponent(environment)}/backup`, {
    name,
    description,
  });
  if (!options.wait)
    return output.line(
      json
        ? JSON.stringify(started)
        : `job ${started.id} ${started.state === 'queued' ? 'waits' : 'runs'}; follow it: dbbackup jobs --follow ${started.id}`,
    );
  const job = await followJob(started, context);
  const taken = await client.call<Backup>('GET', `/backups/${job.backup}`);
  if (json) return output.line(JSON.stringify(taken));
  output.line(`backup ${taken.id} is complete: ${size(taken.bytes)}, ${size(taken.storedBytes)} stored`);
}
