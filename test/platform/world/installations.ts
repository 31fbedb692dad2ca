import { randomBytes } from 'node:crypto';
import type { Card, Notice, Offer, Scope } from '../contract.ts';
import type { Manifest, Unknown } from '../language/types.ts';
import { scopeOf, withEvents } from './events.ts';
import { targetsOf } from './targets.ts';
import { type Estate, type Installed, Refusal } from './words.ts';

/** What an installation is asked to be. */
export interface WantedInstallation {
  readonly scope: Scope;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly envName?: string | undefined;
  readonly displayName?: string | undefined;
  readonly region?: string | undefined;
  readonly envGroups?: readonly string[];
  readonly ownerUid?: string | undefined;
}

/** What came of it; without `installed` nothing stays. */
export interface InstallationResult {
  readonly notice: Notice;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly installed: Installed | null;
}

const place = ({ path, line, address }: Unknown) =>
  `${path} (${address === null ? 'line' : `${address}, line`} ${line})`;

/** Reads a manifest, given by its address or as its text. Rejects, naming each construct that the language does not know. */
export async function readManifest(
  estate: Estate,
  fetch: (address: string) => Promise<string>,
  jps: string,
): Promise<Manifest> {
  const address = /^(?:https?|file):\/\/\S+$/.test(jps.trim()) ? jps.trim() : undefined;
  const manifest = await estate.language.read(address === undefined ? jps : await fetch(address), address);
  if (manifest.unknown.length > 0) {
    const named = manifest.unknown.map((one) => `${one.kind} ${one.construct} at ${place(one)}`);
    throw new Error(`${manifest.name}: the stand-in does not know ${named.join('; ')}`);
  }
  return manifest;
}

/** A manifest as the marketplace shows it. */
export async function offerOf(estate: Estate, manifest: Manifest): Promise<Offer> {
  const { text, short, logo, categories } = await estate.language.face(manifest);
  const id = manifest.id || manifest.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return { id, name: manifest.name, type: manifest.type, short, text, logo, categories };
}

/** Installs a manifest. A failed one leaves no card; what it did to nodes stays, as on the platform. */
export async function install(
  estate: Estate,
  manifest: Manifest,
  wanted: WantedInstallation,
): Promise<InstallationResult> {
  const offer = await offerOf(estate, manifest);
  const uniqueName = `${offer.id}-${randomBytes(4).toString('hex')}`;
  const { environment, nodeGroup } = wanted.scope;
  const same = (one: Installed) =>
    one.offer.id === offer.id && one.environment === environment && one.nodeGroup === (nodeGroup ?? '');
  if (manifest.type === 'update' && estate.installed.some(same))
    throw new Refusal(1, `${offer.name} is installed on ${environment}/${nodeGroup ?? ''} already`);
  const { scope, settings, envName, displayName, region, envGroups, ownerUid } = wanted;
  const given = { envName, displayName, region, envGroups, ownerUid };
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const run = async () => {
    const made = await estate.language.install(manifest, { uniqueName, scope, settings, ...said });
    return { result: made.answer.result, uniqueName, made };
  };
  const about = {
    title: `Install ${offer.name}`,
    action: 'install',
    parameters: JSON.stringify({ id: offer.id, nodeGroup: nodeGroup ?? null, settings: Object.keys(settings) }),
    scope,
  };
  const happenings =
    environment === undefined || manifest.type === 'install'
      ? []
      : [{ name: 'InstallAddon', params: { nodeGroup: nodeGroup ?? '', id: offer.id } }];
  const { made } = await withEvents(estate, environment ?? '', happenings, () =>
    estate.tasks.around({ ...about, shown: ({ made: { answer, notice } }) => ({ ...answer, notice }) }, run),
  );
  const { installation, answer, notice, email } = made;
  if (notice.type === 'error' || !(answer.result === 0 || answer.result === 'success'))
    return { notice, answer: { ...answer, uniqueName }, installed: null };
  const installed: Installed = {
    uniqueName,
    appid: randomBytes(16).toString('hex'),
    installation,
    offer,
    face: await estate.language.face(installation.manifest),
    environment: installation.scope.environment ?? null,
    nodeGroup: installation.scope.nodeGroup ?? '',
  };
  estate.installed.push(installed);
  if (email !== null) estate.mail.push({ to: scope.caller.email, subject: `${offer.name} is installed`, body: email });
  return { notice, answer: { ...answer, uniqueName, appid: installed.appid, successText: notice.text }, installed };
}

/** Where `marketplace.jps.Install` puts an add-on when no layer is named: the first of the environment that fits. */
export function layerFor(estate: Estate, manifest: Manifest, environment: string, nodeGroup: string | undefined) {
  const possible = targetsOf(estate, manifest).filter((target) => target.environment === environment);
  return nodeGroup ?? possible[0]?.nodeGroup;
}

/** Removes an installation, after its `onUninstall`; one that fails keeps it, unless forced. */
export async function uninstall(
  estate: Estate,
  one: Installed,
  force = false,
): Promise<{ readonly result: number | string; readonly error?: string }> {
  one.installation.scope = scopeOf(estate, one);
  const about = {
    title: `Uninstall ${one.offer.name}`,
    action: 'uninstall',
    parameters: JSON.stringify({ uniqueName: one.uniqueName }),
    scope: one.installation.scope,
  };
  const answer = await estate.tasks.around(about, async () => {
    const outcome = await estate.language.fire(one.installation, { name: 'onUninstall', params: {}, response: {} });
    return outcome.stopped === null ? outcome.answer : { result: 1, error: outcome.stopped.message };
  });
  if (answer.result !== 0 && !force) {
    const said = answer.message ?? answer.error ?? `result ${answer.result}`;
    return { result: answer.result, error: String(said) };
  }
  const index = estate.installed.indexOf(one);
  if (index >= 0) estate.installed.splice(index, 1);
  return { result: 0 };
}

/** What is installed under this name. */
export function installedAs(estate: Estate, uniqueName: string): Installed {
  const found = estate.installed.find((one) => one.uniqueName === uniqueName);
  if (found === undefined) throw new Refusal(1, `nothing is installed as ${uniqueName}`);
  return found;
}

/** An installation as its card shows it. */
export function cardOf(one: Installed): Card {
  return {
    uniqueName: one.uniqueName,
    offer: one.offer,
    environment: one.environment ?? '',
    nodeGroup: one.nodeGroup,
    buttons: one.face.buttons.map(({ caption, title, form, confirmText, loadingText, href, inMenu }) => ({
      caption,
      title,
      opensDialog: form !== null,
      confirmText,
      loadingText,
      inMenu,
      ...(href === null ? {} : { href }),
    })),
    removable: !one.face.permanent,
  };
}

/** The cards of a layer. What lies on a whole environment, and packages with buttons, stand on its first layer. */
export function cardsOf(estate: Estate, environment: string, nodeGroup: string): readonly Card[] {
  const [first] = estate.environments.get(environment)?.layers.keys() ?? [];
  return estate.installed
    .filter((one) => one.environment === environment)
    .filter((one) => one.offer.type === 'update' || one.face.buttons.length > 0)
    .filter((one) => one.nodeGroup === nodeGroup || (one.nodeGroup === '' && nodeGroup === first))
    .map(cardOf);
}
