import type { VerbContext } from './context.ts';
import type { Listed } from './list.ts';
import { size, table, visible, when } from './output.ts';

/** `dbbackup show BACKUP`: one backup with its databases, tables counted, and warnings. */
export async function show(id: string, { client, output, json }: VerbContext): Promise<void> {
  const backup = await client.call<Listed>('GET', `/backups/${encodeURIComponent(id)}`);
  if (json) return output.line(JSON.stringify(backup));
  const facts: readonly (readonly [string, string])[] = [
    ['backup', backup.id],
    ['name', backup.name || '-'],
    ['description', backup.description || '-'],
    ['environment', backup.environment],
    ['taken', when(backup.takenAt)],
    ['kind', `${backup.kind}, asked for by ${backup.requestedBy}`],
    ['engine', `${backup.engine} ${backup.serverVersion}`],
    ['size', `${size(backup.bytes)}, ${size(backup.storedBytes)} stored`],
    ['transport', backup.transport],
    ['pinned until', when(backup.pinnedUntil)],
  ];
  for (const [name, value] of facts) output.line(`${name.padEnd(13)} ${visible(value)}`);
  const rows = backup.parts.map((part) => {
    const counted = Object.entries(part.counts?.objects ?? {}).filter(([, count]) => count > 0);
    const total = Object.values(part.counts?.rows ?? {}).reduce((sum, each) => sum + each, 0);
    const objects = counted.map(([kind, count]) => `${count} ${kind}`).join(', ');
    return [
      part.name,
      part.kind,
      size(part.bytes),
      size(part.storedBytes),
      `${part.seconds} s`,
      String(total),
      objects,
    ];
  });
  output.line(`\n${table(['PART', 'KIND', 'SIZE', 'STORED', 'TIME', 'ROWS', 'OBJECTS'], rows)}`);
  for (const words of backup.retention) output.line(visible(words));
  if ((backup.flags ?? []).length > 0 && backup.acceptedAt === null)
    output.line(`is this as it should be? then: dbbackup accept ${backup.id}`);
  for (const warning of backup.warnings) output.line(`warning: ${visible(warning)}`);
}
