import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Pages, servePages } from '../test/platform/pages/server.ts';
import { createPlatform, type StandInPlatform } from '../test/platform/platform.ts';
import { layOutRelease } from '../test/platform/release.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    environments: { type: 'string', default: '' },
    import: { type: 'string', multiple: true, default: [] },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

/** A manifest by its address, or the text of a file of this machine. */
const manifestOf = (given: string) => (/^https?:/.test(given) ? given : readFileSync(given, 'utf8'));

async function makeEnvironment(platform: StandInPlatform, wanted: string): Promise<void> {
  const [name = '', nodeType = ''] = wanted.split('=');
  const { layers } = await platform.createEnvironment({ name, nodes: [{ nodeType, nodeGroup: '' }] });
  const nodes = layers.flatMap((layer) => layer.nodes.map(({ address }) => `${layer.nodeGroup} ${address}`));
  say(`platform: environment ${name} is there: ${nodes.join(', ')}`);
}

async function main(signal: AbortSignal): Promise<void> {
  // In the order in which they are given back: pages, hosts, files.
  using release = await layOutRelease();
  await using platform = await createPlatform({ mirrors: release.mirrors });
  for (const manifest of [release.storage, release.addon, ...values.import.map(manifestOf)]) {
    await platform.publish(manifest);
  }
  await using pages: Pages = await servePages(platform, Number(values.port));
  for (const wanted of values.environments.split(',').filter((one) => one !== '')) {
    if (!signal.aborted) await makeEnvironment(platform, wanted);
  }
  if (signal.aborted) return;
  say(`platform: open ${pages.address} (Ctrl-C ends it)`);
  await once(signal, 'abort');
  say('platform: stopping all hosts');
}

const interruption = new AbortController();
const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
for (const [signal, status] of Object.entries(statuses)) {
  process.on(signal, () => {
    process.exitCode = status;
    interruption.abort();
  });
}
try {
  await main(interruption.signal);
} catch (error) {
  process.stderr.write(
    `platform: failed: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}\n`,
  );
  process.exitCode = 1;
}
process.exit();
