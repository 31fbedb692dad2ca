import { createNetwork, type Host, type HostNetwork, writeKept } from '../test/support/hosts.ts';
import { startDaemon } from '../test/support/installation.ts';
import { type Actor, cast } from './demonstration/cast.ts';
import { bytes, table } from './demonstration/figures.ts';
import { lookAround } from './demonstration/look-around.ts';
import { type DemoOptions, parseOptions } from './demonstration/options.ts';
import { endFormerRuns, makePlace, type Place } from './demonstration/place.ts';
import { createScreen } from './demonstration/screen.ts';
import { type Outcome, play } from './demonstration/story.ts';

const screen = createScreen(process.stdout);
const options = parseOptions(process.argv.slice(2));

/** One storage host and three database hosts, a story on each of these, and a table. Answers whether all went well. */
async function demonstrate({ size, keep }: DemoOptions, place: Place, network: HostNetwork): Promise<boolean> {
  const disk = place.disks === undefined ? {} : { upper: place.disks };
  const boot = (name: string, binds: readonly { from: string; to: string }[] = []) =>
    network.addHost({ name, binds, ...disk });
  const [storage, ...hosts] = (await screen.step('hosts', 'one for storage, one for each database', () =>
    Promise.all([boot('storage', [{ from: place.data, to: place.data }]), ...cast.map(({ engine }) => boot(engine))]),
  )) as [Host, ...Host[]];
  if (keep) writeKept(place.kept, network.record());
  const daemon = await screen.step('storage', 'daemon started', () => startDaemon(storage, place.data));

  const played: { readonly actor: Actor; readonly host: Host; readonly outcome: Outcome }[] = [];
  const stories = cast.map(async (actor, position) => {
    const host = hosts[position] as Host;
    played.push({ actor, host, outcome: await play(actor, { daemon, host, size, screen }) });
  });
  const ends = await Promise.allSettled(stories);
  const rows = cast.map((actor, position) =>
    ends[position]?.status === 'fulfilled'
      ? rowOf(actor, played.find((story) => story.actor === actor)?.outcome as Outcome)
      : [actor.engine, ...Array<string>(7).fill('–'), screen.bad('failed')],
  );
  const headings = ['engine', 'databases', 'bytes', 'stored', 'backup', 'second', 'stored', 'restore', 'verdict'];
  for (const line of ['', ...table(headings, rows), '']) screen.say(line);
  const failed = cast.filter((_, position) => ends[position]?.status === 'rejected').map(({ engine }) => engine);
  if (failed.length > 0) {
    screen.say(`demo: failed for ${failed.join(', ')}`);
    return false;
  }
  if (keep) for (const line of [...lookAround(place.data, played), '']) screen.say(line);
  screen.say(`demo: ${cast.length} engines backed up, destroyed and restored; all content equal`);
  return true;
}

function rowOf({ engine }: Actor, { first, second, ...seconds }: Outcome): string[] {
  const duration = (value: number) => `${value.toFixed(1)} s`;
  return [
    engine,
    `${first.parts.filter((part) => part.kind === 'database').length}`,
    bytes(first.bytes),
    bytes(first.storedBytes),
    duration(seconds.firstSeconds),
    duration(seconds.secondSeconds),
    bytes(second.storedBytes),
    duration(seconds.restoreSeconds),
    screen.good('equal'),
  ];
}

async function main(): Promise<number> {
  const ended = await endFormerRuns();
  if (options.stop) {
    screen.say(ended === 0 ? 'demo: nothing was left running' : 'demo: all hosts and the daemon are stopped');
    return 0;
  }
  if (ended > 0) screen.say('demo: the hosts that an earlier run kept are stopped');
  const place = makePlace(options.size);
  let network: HostNetwork | undefined;
  let work: Promise<boolean> | undefined;
  let cleaning: Promise<void> | undefined;
  const cleanUp = () => {
    cleaning ??= (async () => {
      await network?.stop();
      // Whatever was under way fails now that the hosts are gone; a host that was just booting is stopped too.
      await work?.catch(() => undefined);
      await network?.stop();
      place.remove();
    })();
    return cleaning;
  };
  const interrupted = new Promise<number>((resolve) => {
    for (const [signal, status] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.on(signal, () => {
        screen.close();
        screen.say('demo: interrupted; stopping all hosts');
        resolve(status);
      });
    }
  });
  try {
    network = await createNetwork({ keep: options.keep });
    work = demonstrate(options, place, network);
    const status = await Promise.race([work.then((good) => (good ? 0 : 1)), interrupted]);
    if (status !== 0 || !options.keep) await cleanUp();
    return status;
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  screen.say(`demo: failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  screen.close();
}
process.exit();
