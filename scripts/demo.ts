import { setTimeout as sleep } from 'node:timers/promises';
import { servePages } from '../test/platform/pages/server.ts';
import { createPlatform, type StandInPlatform } from '../test/platform/platform.ts';
import { buildWholeRelease } from '../test/platform/release.ts';
import { heardFromFront, runInBackground } from './demonstration/background.ts';
import { parseOptions } from './demonstration/options.ts';
import { endFormerRuns, makePlace, type Place } from './demonstration/place.ts';
import { demonstrate } from './demonstration/run.ts';
import { createScreen, type Screen } from './demonstration/screen.ts';

const options = parseOptions(process.argv.slice(2));
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const front = heardFromFront();
const PARTING_MS = 20_000;

/** Runs the demo in a place of its own, which stays only if it went well and was asked to. Answers the exit status. */
async function runIn(place: Place, screen: Screen): Promise<number> {
  const interruption = new AbortController();
  let status: number | undefined;
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => {
      if (interruption.signal.aborted) return;
      status = number;
      screen.close();
      screen.say('demo: interrupted; stopping all hosts');
      interruption.abort(new Error('interrupted'));
    });
  }
  const { signal } = interruption;
  const interrupted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  // Whoever waits for it hears of it; nobody may be waiting yet.
  interrupted.catch(() => undefined);
  try {
    await using stack = new AsyncDisposableStack();
    const release = stack.use(await screen.step('release', 'built', async () => buildWholeRelease(place.directory)));
    signal.throwIfAborted();
    const platform = stack.use(await createPlatform({ mirrors: release.mirrors, directory: place.directory }));
    signal.throwIfAborted();
    const pages = options.keep ? stack.use(await servePages(platform, 0)) : undefined;
    const work = demonstrate(options, { release, platform, pages: pages?.address, screen, signal });
    stack.defer(() => ended(work, platform));
    const went = await Promise.race([work, interrupted]);
    if (went && options.keep && !signal.aborted) {
      place.keep();
      front?.leave();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    status ??= went ? 0 : 1;
  } catch (error) {
    // What fails because its host was taken down is no news.
    if (status === undefined) throw error;
  } finally {
    place.remove();
  }
  return status;
}

/** Takes the hosts down. What was under way fails then, and a host that was still booting is taken down after it. */
async function ended(work: Promise<unknown>, { estate }: StandInPlatform): Promise<void> {
  await estate.network.stop();
  // The screen has told how it ended.
  const settled = work.catch(() => undefined);
  await Promise.race([settled, sleep(PARTING_MS)]);
  await estate.network.stop();
}

async function main(screen: Screen): Promise<number> {
  const ended = await endFormerRuns();
  if (options.stop) {
    screen.say(ended === 0 ? 'demo: nothing was left running' : 'demo: all hosts and the daemon are stopped');
    return 0;
  }
  if (ended > 0) screen.say('demo: the hosts that an earlier run kept are stopped');
  return runIn(makePlace(options.size), screen);
}

if (options.keep && front === undefined)
  process.exit(await runInBackground(import.meta.filename, Object.keys(signals)));
const screen = createScreen(front?.screen ?? process.stdout);
try {
  process.exitCode = await main(screen);
} catch (error) {
  screen.say(`demo: failed: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`);
  process.exitCode = 1;
} finally {
  screen.close();
}
await front?.flush();
process.exit();
