import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type Pages, servePages } from '../test/platform/pages/server.ts';
import { createPlatform, type StandInPlatform } from '../test/platform/platform.ts';
import { layOutRelease } from '../test/platform/release.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    environments: { type: 'string', default: '' },
    import: { type: 'string', multiple: true, default: [] },
    mirror: { type: 'string', multiple: true, default: [] },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

const isAddress = (given: string) => /^https?:/.test(given);

/** A manifest by its address: a file of this machine has one too. */
const addressOf = (given: string) => (isAddress(given) ? given : pathToFileURL(resolve(given)).href);

/** What is found beside a manifest of this machine stands in for what its baseUrl names. */
function besideOf(file: string): [string, string][] {
  const base = /^\s*["']?baseUrl["']?\s*:\s*["']?(https?:[^\s"',]+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  return base === undefined ? [] : [[base, dirname(resolve(file))]];
}

const mirrored = (given: string): [string, string] => {
  const at = given.lastIndexOf('=');
  return [given.slice(0, at), resolve(given.slice(at + 1))];
};

async function makeEnvironment(platform: StandInPlatform, wanted: string): Promise<void> {
  const [name = '', nodeType = ''] = wanted.split('=');
  const { layers } = await platform.createEnvironment({ name, nodes: [{ nodeType, nodeGroup: '' }] });
  const nodes = layers.flatMap((layer) => layer.nodes.map(({ address }) => `${layer.nodeGroup} ${address}`));
  say(`platform: environment ${name} is there: ${nodes.join(', ')}`);
}

async function main(signal: AbortSignal): Promise<void> {
  // In the order in which they are given back: pages, hosts, files.
  using release = await layOutRelease();
  const beside = values.import.filter((given) => !isAddress(given)).flatMap(besideOf);
  const mirrors = { ...Object.fromEntries([...beside, ...values.mirror.map(mirrored)]), ...release.mirrors };
  await using platform = await createPlatform({ mirrors });
  for (const manifest of [release.storage, release.addon, ...values.import.map(addressOf)]) {
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
