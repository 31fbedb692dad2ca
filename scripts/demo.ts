import { createNetwork } from '../test/support/hosts.ts';
import { parseOptions } from './demonstration/options.ts';
import { endFormerRuns, makePlace, type Place } from './demonstration/place.ts';
import { demonstrate } from './demonstration/run.ts';
import { createScreen } from './demonstration/screen.ts';

const screen = createScreen(process.stdout);
const options = parseOptions(process.argv.slice(2));
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Runs the demo in a place of its own, which stays only if it went well and was asked to. Answers the exit status. */
async function runIn(place: Place): Promise<number> {
  const interruption = new AbortController();
  const interrupted = new Promise<number>((resolve) => {
    for (const [signal, status] of Object.entries(signals)) {
      process.on(signal, () => {
        if (interruption.signal.aborted) return;
        screen.close();
        screen.say('demo: interrupted; stopping all hosts');
        interruption.abort();
        resolve(status);
      });
    }
  });
  const starting = createNetwork({ keep: options.keep });
  const work = starting.then((network) =>
    demonstrate(options, { place, network, screen, signal: interruption.signal }).then((good) => (good ? 0 : 1)),
  );
  let status: number | undefined;
  try {
    status = await Promise.race([work, interrupted]);
    return status;
  } finally {
    if (status !== 0 || !options.keep) {
      // Where not even the network could be made, there is nothing to stop; why has been told by then.
      const network = await starting.catch(() => undefined);
      await network?.stop();
      // What was under way fails now that the hosts are gone; one that was still booting is stopped then.
      await work.catch(() => undefined);
      await network?.stop();
      place.remove();
    }
  }
}

async function main(): Promise<number> {
  const ended = await endFormerRuns();
  if (options.stop) {
    screen.say(ended === 0 ? 'demo: nothing was left running' : 'demo: all hosts and the daemon are stopped');
    return 0;
  }
  if (ended > 0) screen.say('demo: the hosts that an earlier run kept are stopped');
  return runIn(makePlace(options.size));
}

try {
  process.exitCode = await main();
} catch (error) {
  screen.say(`demo: failed: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`);
  process.exitCode = 1;
} finally {
  screen.close();
}
process.exit();
