import type { Host } from '../../test/support/hosts.ts';
import type { Actor } from './cast.ts';
import type { Outcome } from './story.ts';

interface Played {
  readonly actor: Actor;
  readonly host: Host;
  readonly outcome: Outcome | undefined;
}

/** Whole commands for a machine where the demo's hosts go on. */
export function lookAround(data: string, played: readonly Played[]): string[] {
  const [one] = played;
  if (one?.outcome === undefined) return [];
  const { actor, outcome } = one;
  const command = (...words: readonly string[]) => `  scripts/dbbackup ${words.join(' ')} --data ${data}`;
  return [
    'The hosts and the daemon go on. What there is, and what can be done with it:',
    command('list'),
    command('show', outcome.second.id),
    command('backup', actor.environment, '--name', '"my own"'),
    command('restore', actor.environment, '--backup', outcome.second.id, '--yes'),
    command('delete', outcome.first.id, '--yes'),
    command('jobs'),
    'The databases, each on its host:',
    ...played.map(({ actor, host }) => `  ${host.enter.join(' ')} env HOME=/root ${actor.client}`),
    'The end of it:',
    '  npm run demo -- --stop',
  ];
}
