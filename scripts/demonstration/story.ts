import type { Backup } from '../../storage-node/base/words.ts';
import { countKinds, type Fingerprint } from '../../test/support/datasets/dataset.ts';
import type { Host } from '../../test/support/hosts.ts';
import { type Daemon, type EnvironmentRequest, prepareEnvironment } from '../../test/support/installation.ts';
import type { Actor } from './cast.ts';
import { bytes } from './figures.ts';
import type { DemoSize } from './options.ts';
import type { Screen } from './screen.ts';

/** What came of one engine's story. */
export interface Outcome {
  readonly databases: number;
  readonly first: Backup;
  readonly firstSeconds: number;
  readonly second: Backup;
  readonly secondSeconds: number;
  readonly restoreSeconds: number;
}

interface Scene {
  readonly daemon: Daemon;
  readonly host: Host;
  readonly size: DemoSize;
  readonly screen: Screen;
}

/** Fill, install, back up, change, back up again, destroy, restore the first backup, compare. Rejects unless all content is equal. */
export async function play(actor: Actor, { daemon, host, size, screen }: Scene): Promise<Outcome> {
  const step: <Answer>(
    what: string,
    work: () => Promise<Answer>,
    told?: (answer: Answer) => string,
  ) => Promise<Answer> = (...args) => screen.step(actor.engine, ...args);
  const backUp = (name: string) =>
    step(
      name,
      () => timed(async () => (await mustHook(daemon, 'backup-now', request, { name })).backup as Backup),
      ({ answer }) =>
        `${answer.parts.length} parts, ${bytes(answer.bytes)}, ${bytes(answer.storedBytes)} stored, by ${answer.transport}`,
    );

  const stage = await step('server started', () => actor.start(host));
  const original = await step('data filled in', () => stage.fill(size).then(() => stage.fingerprint()), inWords);
  const request = await step('node prepared', () =>
    prepareEnvironment(daemon, host, { name: actor.environment, nodeType: actor.nodeType, settings: actor.settings }),
  );
  await step('add-on installed', () => mustHook(daemon, 'install', request));
  const first = await backUp('backup');
  const changes = async () => stage.compare(original, await stage.fingerprint()).length;
  await step(
    "a day's work",
    () => stage.change().then(changes),
    (count) => `${count} differences`,
  );
  const second = await backUp('second backup');
  await step(
    'data destroyed',
    async () => {
      await stage.destroy();
      return stage.fingerprint();
    },
    (left) => `left is ${inWords(left) || 'nothing'}`,
  );
  const { seconds } = await step('first backup restored', () =>
    timed(() =>
      mustHook(daemon, 'restore', request, { backupedEnvName: actor.environment, backupDir: first.answer.id }),
    ),
  );
  await step(
    'content compared',
    async () => {
      const differences = stage.compare(original, await stage.fingerprint());
      if (differences.length > 0)
        throw new Error(`${differences.length} differences:\n  ${differences.slice(0, 20).join('\n  ')}`);
    },
    () => `all ${original.size} facts equal`,
  );
  return {
    databases: countKinds(original).get('database') ?? 0,
    first: first.answer,
    firstSeconds: first.seconds,
    second: second.answer,
    secondSeconds: second.seconds,
    restoreSeconds: seconds,
  };
}

/** Sends a hook with the environment of `install`, and with other settings if given; rejects with the error and its hint. */
async function mustHook(
  daemon: Daemon,
  name: string,
  { environment, layer, nodes, settings }: EnvironmentRequest,
  others?: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const result = await daemon.hook(name, { environment, layer, nodes, settings: others ?? settings });
  if (result.ok) return result;
  throw new Error(`hook ${name}: ${result.error?.message} [${result.error?.code}]; ${result.error?.hint}`);
}

async function timed<Answer>(
  work: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly seconds: number }> {
  const started = performance.now();
  const answer = await work();
  return { answer, seconds: (performance.now() - started) / 1000 };
}

function inWords(fingerprint: Fingerprint): string {
  const plural = (kind: string) => `${kind.replace('-', ' ')}${kind.endsWith('sh') ? 'es' : 's'}`;
  const counts = [...countKinds(fingerprint)].map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`);
  return counts.join(', ');
}
