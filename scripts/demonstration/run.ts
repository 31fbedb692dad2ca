import { type Host, type HostNetwork, writeKept } from '../../test/support/hosts.ts';
import { startDaemon } from '../../test/support/installation.ts';
import { type Actor, cast } from './cast.ts';
import { bytes, table } from './figures.ts';
import { lookAround } from './look-around.ts';
import type { DemoOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Screen } from './screen.ts';
import { type Outcome, play } from './story.ts';

interface Theatre {
  readonly place: Place;
  readonly network: HostNetwork;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** One story and what came of it; no outcome where it failed. */
interface Played {
  readonly actor: Actor;
  readonly host: Host;
  readonly outcome: Outcome | undefined;
}

/** One storage host and three database hosts, a story on each of these side by side, and a table. Answers whether all went well. */
export async function demonstrate({ size, keep }: DemoOptions, theatre: Theatre): Promise<boolean> {
  const { place, network, screen, signal } = theatre;
  const [storage, ...hosts] = await screen.step('hosts', 'one for storage, one for each database', () =>
    bootAll(place, network),
  );
  if (keep) writeKept(place.kept, network.record());
  signal.throwIfAborted();
  // From here on nothing outlives the hosts, so an interruption need not wait for what was under way.
  const interrupted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const starting = screen.step('storage', 'daemon started', () => startDaemon(storage, place.data));
  const daemon = await Promise.race([starting, interrupted]);
  const playing = Promise.all(
    cast.map(async (actor, position): Promise<Played> => {
      const host = hosts[position] as Host;
      // The screen has told already what went wrong.
      const outcome = await play(actor, { daemon, host, size, screen }).catch(() => undefined);
      return { actor, host, outcome };
    }),
  );
  const played = await Promise.race([playing, interrupted]);
  for (const line of ['', ...resultTable(played, screen), '']) screen.say(line);
  const failed = played.filter(({ outcome }) => outcome === undefined).map(({ actor }) => actor.engine);
  if (failed.length > 0) {
    screen.say(`demo: failed for ${failed.join(', ')}`);
    return false;
  }
  if (keep) for (const line of [...lookAround(place.data, played), '']) screen.say(line);
  screen.say(`demo: ${played.length} engines backed up, destroyed and restored; all content equal`);
  return true;
}

async function bootAll(place: Place, network: HostNetwork): Promise<[Host, ...Host[]]> {
  const disk = place.disks === undefined ? {} : { upper: place.disks };
  const booting = [
    network.addHost({ ...disk, name: 'storage', binds: [{ from: place.data, to: place.data }] }),
    ...cast.map(({ engine }) => network.addHost({ ...disk, name: engine })),
  ];
  // All of them are waited for, so that none is still booting when the others are stopped because one failed.
  await Promise.allSettled(booting);
  return (await Promise.all(booting)) as [Host, ...Host[]];
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
