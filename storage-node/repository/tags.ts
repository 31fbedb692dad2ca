import type { EngineName } from '../base/words.ts';

/** What a snapshot is: the accounts, one database, the commit record of a backup, or a note on how long to hold it. */
export type Role =
  | { readonly kind: 'globals' | 'manifest' | 'pin' }
  | { readonly kind: 'database'; readonly name: string };

/** What the tags of one of our snapshots say. */
export interface Tags {
  readonly environment: string;
  readonly backup: string;
  readonly role: Role;
  readonly engine: EngineName | '';
}

const RESERVED = ['globals', 'manifest', 'pin'] as const;

/** Restic splits tags at commas, and a database may be called `manifest`: both are percent-encoded away. */
function roleText(role: Role): string {
  if (role.kind !== 'database') return role.kind;
  const text = encodeURIComponent(role.name);
  return RESERVED.some((word) => word === text) ? `%${text.charCodeAt(0).toString(16)}${text.slice(1)}` : text;
}

/** The tags of a snapshot, one text each. */
export function tagsOf({ environment, backup, role, engine }: Tags): readonly string[] {
  const tags = [`env=${encodeURIComponent(environment)}`, `backup=${backup}`, `part=${roleText(role)}`];
  return engine === '' ? tags : [...tags, `engine=${engine}`];
}

/** Reads the tags of a snapshot; undefined where it is none of ours. */
export function readTags(tags: readonly string[]): Tags | undefined {
  const value = (name: string) => tags.find((tag) => tag.startsWith(`${name}=`))?.slice(name.length + 1);
  const [environment, backup, part] = [value('env'), value('backup'), value('part')];
  if (environment === undefined || backup === undefined || part === undefined) return undefined;
  const reserved = RESERVED.find((word) => word === part);
  try {
    return {
      environment: decodeURIComponent(environment),
      backup,
      role: reserved === undefined ? { kind: 'database', name: decodeURIComponent(part) } : { kind: reserved },
      engine: (value('engine') ?? '') as EngineName | '',
    };
  } catch {
    // Not our encoding, so not our snapshot.
    return undefined;
  }
}
