import type { StandInPlatform } from '../../test/platform/platform.ts';
import type { Release } from '../../test/platform/release.ts';
import { type Actor, cast } from './cast.ts';
import { bytes, table } from './figures.ts';
import { lookAround } from './look-around.ts';
import type { DemoOptions } from './options.ts';
import type { Screen } from './screen.ts';
import { installStorage } from './storage.ts';
import { type Outcome, play } from './story.ts';

interface Theatre {
  readonly release: Release;
  readonly platform: StandInPlatform;
  /** Address of the platform's pages, where they are served. */
  readonly pages: string | undefined;
  readonly screen: Screen;
  /** Aborted when the platform is taken down: what fails then is no news. */
  readonly signal: AbortSignal;
}

/** One story and what came of it; no outcome where it failed. */
interface Played {
  readonly actor: Actor;
  readonly outcome: Outcome | undefined;
}

/** The marketplace, a storage from it, a story on each of three databases side by side, and a table. Answers whether all went well. */
export async function demonstrate({ size, keep }: DemoOptions, theatre: Theatre): Promise<boolean> {
  const { release, platform, screen, signal } = theatre;
  const offers = await screen.step('platform', 'both packages on the marketplace', async () => ({
    storage: (await platform.publish(release.storage)).id,
    addon: (await platform.publish(release.addon)).id,
  }));
  const storage = await screen.step('storage', 'installed from the marketplace', () =>
    installStorage(platform, offers.storage),
  );
  const played = await Promise.all(
    cast.map(async (actor): Promise<Played> => {
      const scene = { platform, offer: offers.addon, storage, size, keep, screen };
      // The screen has told already what went wrong.
      const outcome = await play(actor, scene).catch(() => undefined);
      return { actor, outcome };
    }),
  );
  if (signal.aborted) return false;
  for (const line of ['', ...resultTable(played, screen), '']) screen.say(line);
  const failed = played.filter(({ outcome }) => outcome === undefined).map(({ actor }) => actor.engine);
  if (failed.length > 0) {
    screen.say(`demo: failed for ${failed.join(', ')}`);
    return false;
  }
  if (keep) for (const line of [...lookAround(storage, theatre.pages, played), '']) screen.say(line);
  screen.say(`demo: ${played.length} engines backed up, destroyed and restored; all content equal`);
  return true;
}

function resultTable(played: readonly Played[], { good, bad }: Screen): string[] {
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const headings = ['engine', 'databases', 'bytes', 'stored', 'backup', 'again', 'stored', 'restore', 'verdict'];
  const rows = played.map(({ actor, outcome }) =>
    outcome === undefined
      ? [actor.engine, ...Array<string>(7).fill('–'), bad('failed')]
      : [
          actor.engine,
          `${outcome.databases}`,
          bytes(outcome.first.bytes),
          bytes(outcome.first.storedBytes),
          seconds(outcome.firstSeconds),
          seconds(outcome.secondSeconds),
          bytes(outcome.second.storedBytes),
          seconds(outcome.restoreSeconds),
          good('equal'),
        ],
  );
  return table(headings, rows);
}
