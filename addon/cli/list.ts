import type { Backup } from '../../storage-node/base/words.ts';
import type { Client } from './client.ts';
import type { VerbContext } from './context.ts';
import { size, table, when } from './output.ts';

/** A backup as the list tells of it. */
export type Listed = Backup & {
  /** Whether retention would keep it, why or why not, and when its last reason ends. */
  readonly keep: boolean;
  readonly kept: readonly string[];
  readonly expiresAt: string | null;
  /** The same in words for people. */
  readonly retention: readonly string[];
};

/** Which part of the list is asked for; all of it where no limit is given. */
export interface ListOptions {
  readonly limit?: number;
  readonly after?: string;
}

interface Page {
  readonly backups: readonly Listed[];
  readonly next: string | null;
}

/** `dbbackup list [ENVIRONMENT]`: the backups there are, newest first, and why each is kept. */
export async function list(
  environment: string | undefined,
  options: ListOptions,
  { client, output, json }: VerbContext,
): Promise<void> {
  const { backups, next } = await load(client, environment, options);
  if (json) output.line(JSON.stringify(backups));
  else if (backups.length === 0) output.note(options.after === undefined ? 'no backups yet' : 'no more backups');
  else output.line(tableOf(backups));
  if (next === null) return;
  const again = ['dbbackup list', ...(environment === undefined ? [] : [environment]), `--limit ${options.limit}`];
  output.note(`there are more; the next page: ${again.join(' ')} --after ${next}`);
}

async function load(client: Client, environment: string | undefined, { limit, after }: ListOptions): Promise<Page> {
  const backups: Listed[] = [];
  let next: string | null = after ?? null;
  do {
    const query = new URLSearchParams({
      ...(environment === undefined ? {} : { environment }),
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(next === null ? {} : { cursor: next }),
    });
    const page: Page = await client.call<Page>('GET', `/backups?${query}`);
    backups.push(...page.backups);
    next = page.next;
  } while (next !== null && limit === undefined);
  return { backups, next };
}

function tableOf(backups: readonly Listed[]): string {
  const rows = backups.map((backup) => [
    backup.id,
    backup.environment,
    when(backup.takenAt),
    backup.engine,
    backup.kind,
    String(backup.parts.filter((part) => part.kind === 'database').length),
    size(backup.bytes),
    size(backup.storedBytes),
    backup.retention.join('; '),
    backup.name,
  ]);
  const head = ['ID', 'ENVIRONMENT', 'TAKEN', 'ENGINE', 'KIND', 'DATABASES', 'SIZE', 'STORED', 'RETENTION', 'NAME'];
  return table(head, rows);
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
