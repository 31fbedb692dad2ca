import type { Backup } from '../../storage-node/base/words.ts';
import type { StandInPlatform } from '../../test/platform/platform.ts';
import { countKinds, type Fingerprint } from '../../test/support/datasets/dataset.ts';
import type { Host } from '../../test/support/hosts.ts';
import type { Actor } from './cast.ts';
import { accepted, fieldOf, filledIn, opened } from './dialogs.ts';
import { bytes } from './figures.ts';
import type { DemoSize } from './options.ts';
import type { Screen } from './screen.ts';
import type { Storage } from './storage.ts';

/** What came of one engine's story. */
export interface Outcome {
  readonly databases: number;
  readonly first: Backup;
  readonly firstSeconds: number;
  readonly second: Backup;
  readonly secondSeconds: number;
  readonly restoreSeconds: number;
  /** Where the database runs, and what looks into it there. */
  readonly host: Host;
  readonly client: string;
}

interface Scene {
  readonly platform: StandInPlatform;
  /** The add-on on the marketplace. */
  readonly offer: string;
  readonly storage: Storage;
  readonly size: DemoSize;
  /** Installs the add-on again at the end, for whoever wants to look around. */
  readonly keep: boolean;
  readonly screen: Screen;
}

const KEPT = 3;

/**
 * What a customer does on the platform: an environment, the add-on from the marketplace, Backup Now, a day's work, Backup Now, a disaster,
 * Restore, Configure, Uninstall. Rejects unless all content is equal after the restore.
 */
export async function play(actor: Actor, scene: Scene): Promise<Outcome> {
  const { platform, storage, size, screen } = scene;
  const { environment } = actor;
  const step: <Answer>(
    what: string,
    work: () => Promise<Answer>,
    told?: (answer: Answer) => string,
  ) => Promise<Answer> = (...args) => screen.step(actor.engine, ...args);

  const { host, password } = await step('environment created', () => createNode(platform, actor));
  const stage = await actor.enter(host, password);
  const original = await step('data filled in', () => stage.fill(size).then(() => stage.fingerprint()), inWords);
  const install = async () => {
    const dialog = opened(await platform.openInstall(scene.offer));
    const target = dialog.targets.find(({ value }) => value.startsWith(`${environment}/`));
    const changes = { storageName: storage.name, dbuser: actor.user, dbpass: password };
    accepted(await platform.submit(dialog.id, filledIn(dialog, changes), target?.value));
    return (await cardOf(platform, environment)) ?? Promise.reject(new Error('no card has appeared'));
  };
  const card = await step('add-on installed', install);

  const backUp = (name: string) =>
    step(
      name,
      async () => {
        const [former] = await storage.backups(environment);
        const { seconds } = await timed(async () => {
          accepted(await platform.press(card, 'Backup Now'));
          await storage.settled(environment);
        });
        const [newest] = await storage.backups(environment);
        if (newest === undefined || newest.id === former?.id) throw new Error('no new backup is listed');
        return { newest, seconds };
      },
      ({ newest }) =>
        `${newest.parts.length} parts, ${bytes(newest.bytes)}, ${bytes(newest.storedBytes)} stored, by ${newest.transport}`,
    );
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
    () => stage.destroy().then(() => stage.fingerprint()),
    (left) => `left is ${inWords(left) || 'nothing'}`,
  );
  const { seconds } = await step('first backup restored', () =>
    timed(async () => {
      const dialog = opened(await platform.openButton(card, 'Restore'));
      const values = filledIn(dialog, { backupedEnvName: environment, backupDir: first.newest.id });
      accepted(await platform.submit(dialog.id, values));
      await storage.settled(environment);
    }),
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
  await step('configured', () => configure(platform, card), String);
  await step('uninstalled', () => uninstall(scene, card, environment), String);
  if (scene.keep) await step('add-on installed again', install);
  return {
    databases: countKinds(original).get('database') ?? 0,
    first: first.newest,
    firstSeconds: first.seconds,
    second: second.newest,
    secondSeconds: second.seconds,
    restoreSeconds: seconds,
    client: actor.client(password),
    host,
  };
}

async function createNode(platform: StandInPlatform, { environment, nodeType }: Actor) {
  await platform.createEnvironment({ name: environment, nodes: [{ nodeType, nodeGroup: '' }] });
  const node = platform.estate.environments.get(environment)?.nodes.find(({ master }) => master);
  if (node === undefined) throw new Error('the environment has no master node');
  return node;
}

async function cardOf(platform: StandInPlatform, environment: string): Promise<string | undefined> {
  const found = (await platform.environments()).find(({ name }) => name === environment);
  return found?.layers.flatMap(({ cards }) => cards)[0]?.uniqueName;
}

/** Keeps fewer backups from now on, and looks whether the dialog shows it. */
async function configure(platform: StandInPlatform, card: string): Promise<string> {
  const dialog = opened(await platform.openButton(card, 'Configure'));
  accepted(await platform.submit(dialog.id, filledIn(dialog, { backupCount: String(KEPT) })));
  const shown = fieldOf(opened(await platform.openButton(card, 'Configure')), 'backupCount').value;
  if (Number(shown) !== KEPT) throw new Error(`the dialog shows ${shown} backups instead of ${KEPT}`);
  return `the newest ${shown} are kept`;
}

/** Takes the add-on off, and looks whether its card is gone and its backups are there. */
async function uninstall({ platform, storage }: Scene, card: string, environment: string): Promise<string> {
  accepted(await platform.uninstall(card));
  if ((await cardOf(platform, environment)) !== undefined) throw new Error('the card is still there');
  const { length } = await storage.backups(environment);
  if (length === 0) throw new Error('the backups went with it');
  return `${length} backups stay on the storage`;
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
