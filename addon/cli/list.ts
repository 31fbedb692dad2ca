import type { Backup } from '../../storage-node/base/words.ts';
import type { VerbContext } from './context.ts';
import { size, table, when } from './output.ts';

type Listed = Backup & { readonly kept: readonly string[] };

/** `dbbackup list [ENVIRONMENT]`: the backups there are, newest first, and why each is kept. */
export async function list(environment: string | undefined, { client, output, json }: VerbContext): Promise<void> {
  const query = environment === undefined ? '' : `?environment=${encodeURIComponent(environment)}`;
  const { backups } = await client.call<{ backups: Listed[] }>('GET', `/backups${query}`);
  if (json) return output.line(JSON.stringify(backups));
  if (backups.length === 0) return output.note('no backups yet');
  const rows = backups.map((backup) => [
    backup.id,
    backup.environment,
    when(backup.takenAt),
    backup.engine,
    backup.kind,
    String(backup.parts.filter((part) => part.kind === 'database').length),
    size(backup.bytes),
    size(backup.storedBytes),
    backup.kept.join(', '),
    backup.name,
  ]);
  const head = ['ID', 'ENVIRONMENT', 'TAKEN', 'ENGINE', 'KIND', 'DATABASES', 'SIZE', 'STORED', 'KEPT', 'NAME'];
  output.line(table(head, rows));
}

interface ListedEnvironment {
  readonly name: string;
  readonly engine: string;
  readonly installed: boolean;
  readonly region: string;
  readonly owner: string;
}

/** `dbbackup list --environments`: what the add-on is, or was, installed on. */
export async function listEnvironments({ client, output, json }: VerbContext): Promise<void> {
  const { environments } = await client.call<{ environments: ListedEnvironment[] }>('GET', '/environments');
  if (json) return output.line(JSON.stringify(environments));
  const rows = environments.map((each) => [
    each.name,
    each.engine,
    each.installed ? 'yes' : 'no',
    each.region,
    each.owner,
  ]);
  output.line(table(['ENVIRONMENT', 'ENGINE', 'INSTALLED', 'REGION', 'OWNER'], rows));
}
