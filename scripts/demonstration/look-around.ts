import type { Actor } from './cast.ts';
import type { Storage } from './storage.ts';
import type { Outcome } from './story.ts';

interface Played {
  readonly actor: Actor;
  readonly outcome: Outcome | undefined;
}

/** Whole commands for a machine where the demo's platform goes on. */
export function lookAround(storage: Storage, pages: string | undefined, played: readonly Played[]): string[] {
  const [one] = played;
  if (one?.outcome === undefined) return [];
  const { actor, outcome } = one;
  const command = (...words: readonly string[]) => `  ${storage.host.enter.join(' ')} dbbackup ${words.join(' ')}`;
  return [
    ...(pages === undefined ? [] : [`The platform goes on; its pages: ${pages}`]),
    'The command of the storage node, what there is, and what can be done with it:',
    command('list'),
    command('show', outcome.second.id),
    command('backup', actor.environment, '--name', '"my own"'),
    command('restore', actor.environment, '--backup', outcome.second.id, '--yes'),
    command('delete', outcome.first.id, '--yes'),
    command('jobs'),
    'The databases, each on its host:',
    ...played.flatMap(({ outcome }) =>
      outcome === undefined ? [] : [`  ${outcome.host.enter.join(' ')} env HOME=/root ${outcome.client}`],
    ),
    'The end of it:',
    '  npm run demo -- --stop',
  ];
}
