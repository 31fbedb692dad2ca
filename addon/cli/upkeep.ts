import type { JobRow } from '../../storage-node/base/words.ts';
import type { VerbContext } from './context.ts';
import { followJob } from './follow.ts';

/** `dbbackup check ENVIRONMENT`: proves the repository, and with --read-data every stored byte of it. */
export async function check(
  environment: string,
  options: { readonly readData: boolean },
  context: VerbContext,
): Promise<void> {
  const path = `/environments/${encodeURIComponent(environment)}/check`;
  const job = await followJob(await context.client.call<JobRow>('POST', path, { readData: options.readData }), context);
  context.output.line(context.json ? JSON.stringify(job) : `the repository of ${environment} is sound`);
}

/** `dbbackup prune ENVIRONMENT`: frees what removed backups held. */
export async function prune(environment: string, context: VerbContext): Promise<void> {
  const path = `/environments/${encodeURIComponent(environment)}/prune`;
  const job = await followJob(await context.client.call<JobRow>('POST', path), context);
  context.output.line(context.json ? JSON.stringify(job) : job.step);
}

/** `dbbackup reconcile`: makes the catalog say what the repositories hold. */
export async function reconcile({ client, output, json }: VerbContext): Promise<void> {
  const answer = await client.call<{ adopted: string[]; lost: string[]; discarded: string[] }>('POST', '/reconcile');
  if (json) return output.line(JSON.stringify(answer));
  output.line(`adopted ${answer.adopted.length}, lost ${answer.lost.length}, discarded ${answer.discarded.length}`);
  for (const id of answer.lost) output.line(`lost: ${id}`);
}

/** `dbbackup export-key ENVIRONMENT`: the repository's password, with which plain restic opens it. */
export async function exportKey(environment: string, { client, output, json }: VerbContext): Promise<void> {
  const answer = await client.call<{ key: string }>('GET', `/environments/${encodeURIComponent(environment)}/key`);
  output.line(json ? JSON.stringify(answer) : answer.key);
}

/** `dbbackup import-key ENVIRONMENT`: gives a repository its exported key back, read from stdin. */
export async function importKey(
  environment: string,
  key: string,
  { client, output, json }: VerbContext,
): Promise<void> {
  const answer = await client.call('PUT', `/environments/${encodeURIComponent(environment)}/key`, { key: key.trim() });
  output.line(json ? JSON.stringify(answer) : `the key of ${environment} is in place`);
}
