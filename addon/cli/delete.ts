import type { Backup } from '../../storage-node/base/words.ts';
import { confirmByName, type VerbContext } from './context.ts';

/** `dbbackup delete BACKUP…`: removes backups for good. */
export async function remove(
  ids: readonly string[],
  options: { readonly yes: boolean },
  { client, output, json }: VerbContext,
): Promise<void> {
  await confirmByName(
    `this deletes ${ids.length === 1 ? `backup ${ids[0]}` : `${ids.length} backups`} for good`,
    ids[0] ?? '',
    options.yes,
  );
  const removed: string[] = [];
  for (const id of ids) {
    await client.call('DELETE', `/backups/${encodeURIComponent(id)}`);
    removed.push(id);
    if (!json) output.line(`deleted ${id}`);
  }
  if (json) output.line(JSON.stringify({ removed }));
}

/** `dbbackup pin BACKUP` and `unpin`: holds a backup against retention and deletion. */
export async function pin(id: string, until: string | null, { client, output, json }: VerbContext): Promise<void> {
  const backup = await client.call('POST', `/backups/${encodeURIComponent(id)}/pin`, { until });
  output.line(
    json ? JSON.stringify(backup) : until === null ? `${id} is not pinned any more` : `${id} is pinned until ${until}`,
  );
}

/** `dbbackup accept BACKUP`: says that a flagged backup is good, which lets go of the last good one before it. */
export async function accept(id: string, { client, output, json }: VerbContext): Promise<void> {
  const backup = await client.call<Backup>('POST', `/backups/${encodeURIComponent(id)}/accept`);
  if (json) return output.line(JSON.stringify(backup));
  output.line(backup.acceptedAt === null ? `${id} was not flagged` : `${id} counts as good from now on`);
}
