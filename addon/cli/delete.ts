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
