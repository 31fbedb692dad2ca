import type { Host } from '../../test/support/hosts.ts';
import type { Actor } from './cast.ts';
import type { Outcome } from './story.ts';

/** Whole commands for a machine where the demo's hosts go on. */
export function lookAround(
  data: string,
  played: readonly { readonly actor: Actor; readonly host: Host; readonly outcome: Outcome }[],
): string[] {
  const [one] = played;
  if (one === undefined) return [];
  const dbbackup = (verb: string, ...rest: readonly string[]) =>
    `  scripts/dbbackup ${[verb, '--data', data, ...rest].join(' ')}`;
  const enter = (host: Host) => `  ${host.enter.join(' ')} env HOME=/root`;
  const { actor, outcome } = one;
  return [
    'The hosts and the daemon go on. The backups:',
    dbbackup('list'),
    dbbackup('show', outcome.first.id),
    dbbackup('backup', actor.environment, '--name', '"my own"'),
    dbbackup('restore', actor.environment, '--backup', outcome.second.id, '--yes'),
    dbbackup('delete', outcome.first.id, '--yes'),
    dbbackup('jobs'),
    'The databases, each on its host:',
    ...played.map(({ actor, host }) => `${enter(host)} ${actor.client}`),
    `The end of it:`,
    '  npm run demo -- --stop',
  ];
}
