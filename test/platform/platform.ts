import type {
  EnvironmentView,
  NodeKind,
  Notice,
  Operation,
  OperationDetail,
  Platform,
  Scope,
  World,
} from './contract.ts';
import { createLanguage } from './language/index.ts';
import type { Language, LanguageOptions, Manifest } from './language/types.ts';
import { createApi } from './world/api/api.ts';
import { marketplaceMethods } from './world/api/marketplace.ts';
import { schedulingMethods } from './world/api/scheduling.ts';
import { createDialogs } from './world/dialogs.ts';
import { createEstate, type EstateOptions } from './world/estate.ts';
import { factsFor } from './world/facts.ts';
import { cardsOf, installedAs, offerOf, readManifest, uninstall } from './world/installations.ts';
import { openInternet } from './world/internet.ts';
import { KINDS } from './world/kinds.ts';
import { fetchPicture, fetchText, type Mirrors } from './world/mirrors.ts';
import * as operations from './world/operations.ts';
import { syntaxOf } from './world/published.ts';
import { createRest } from './world/rest.ts';
import { createScheduler, type Scheduler } from './world/scheduler.ts';
import { environmentView } from './world/views.ts';
import { type Environment, type Estate, Refusal } from './world/words.ts';

/** What a platform is made with. */
export interface PlatformOptions extends EstateOptions {
  /** Another manifest language than that of test/platform/language. */
  readonly language?: (world: World, options: LanguageOptions) => Language;
  /** What stands in for the internet, in this process and on the hosts. */
  readonly mirrors?: Mirrors;
  /** How scripts of manifests are run. Those of published manifests may be newer than ES5, unless told otherwise. */
  readonly scripts?: Pick<LanguageOptions, 'syntax' | 'scriptTimeoutMs' | 'locale'>;
}

/** The stand-in platform, with what tests and the demo may see behind its pages. */
export interface StandInPlatform extends Platform {
  readonly estate: Estate;
  readonly world: World;
  /** Lines of the platform's console: `log` steps, WriteLog, conditions that are invalid. */
  readonly console: readonly string[];
  readonly scheduler: Scheduler;
  /** The account that signs in first. */
  readonly caller: Scope['caller'];
}

/** Environments that a user is having something done to. */
const busy = new WeakSet<Environment>();
const success = (title: string, text = ''): Notice => ({ type: 'success', title, text, result: 0 });

/** Starts a platform: its network, its account, an empty marketplace. It ends with `await using`, or with this process. */
export async function createPlatform(options: PlatformOptions = {}): Promise<StandInPlatform> {
  const { estate, close } = await createEstate(options);
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const shelf = new Map<string, { readonly manifest: Manifest; readonly offer: Awaited<ReturnType<typeof offerOf>> }>();
  const offers = () => [...shelf.values()].map(({ offer }) => offer);
  const fetch = (address: string) => fetchText(options.mirrors ?? {}, address);
  const scheduler = createScheduler(estate, async ({ script, params, owner, environment }) => {
    // As who made it, whoever owns the environment by now.
    const scope = { caller: estate.caller(owner.uid), ...(environment === null ? {} : { environment }) };
    await api.call('development.scripting.Eval', { name: script, params }, scope);
  });
  const methods = { ...marketplaceMethods({ fetch, offers, log }), ...schedulingMethods(() => scheduler) };
  const api = createApi(estate, methods);
  const world: World = {
    facts: async (scope) => factsFor(estate, scope),
    call: api.call,
    knows: api.knows,
    fetch,
    task: (about, work) => estate.tasks.around(about, work),
  };
  estate.language = (options.language ?? createLanguage)(world, {
    syntax: syntaxOf,
    ...options.scripts,
    log,
    platformUrl: `https://app.${estate.domain}/`,
  });
  const internet = await openInternet(estate, options.mirrors ?? {}, createRest(estate, api.call)).catch(
    async (error) => {
      scheduler.close();
      await close();
      throw error;
    },
  );
  const dialogs = createDialogs(estate);
  const view = (environment: Environment): EnvironmentView =>
    environmentView(estate, environment, (group) => cardsOf(estate, environment.name, group));

  return {
    estate,
    world,
    console: lines,
    get caller() {
      return estate.caller(estate.accounts[0]?.uid ?? '');
    },
    nodeKinds: KINDS.map(
      ({ nodeType, nodeGroup, displayName }): NodeKind => ({ nodeType, nodeGroup, caption: displayName }),
    ),
    regions: [estate.region.uniqueName],
    mail: estate.mail,
    tasks: (limit) => estate.tasks.list(limit),
    offers: async () => offers(),
    picture: (address) => fetchPicture(options.mirrors ?? {}, address),
    publish: async (text) => {
      const manifest = await readManifest(estate, fetch, text);
      const offer = await offerOf(estate, manifest);
      shelf.set(offer.id, { manifest, offer });
      return offer;
    },
    environments: async () => [...estate.environments.values()].map(view),
    createEnvironment: async (wanted) => {
      const owner = estate.accounts[0]?.uid ?? '';
      return view(await operations.create(estate, { ...wanted, owner }));
    },
    openInstall: async (offer, target) => {
      const found = shelf.get(offer);
      if (found === undefined) throw new Error(`the marketplace has no ${offer}`);
      return await dialogs.openInstall(found.manifest, target);
    },
    openButton: (card, caption) => dialogs.openButton(card, caption),
    press: (card, caption) => dialogs.press(card, caption),
    submit: (dialog, values, target) => dialogs.submit(dialog, values, target),
    uninstall: async (card) => {
      const one = installedAs(estate, card);
      const { result, error } = await uninstall(estate, one);
      if (result === 0) return success(one.offer.name, 'Uninstalled.');
      return { type: 'error', title: one.offer.name, text: error ?? '', result };
    },
    operate: (operation, environment, details = {}) => operate(estate, operation, environment, details),
    scheduler,
    [Symbol.asyncDispose]: async () => {
      scheduler.close();
      await internet.close();
      await close();
    },
  };
}

async function operate(
  estate: Estate,
  operation: Operation,
  name: string,
  details: Readonly<Partial<Record<OperationDetail, string>>> & Readonly<Record<string, string>>,
): Promise<Notice> {
  const environment = estate.environments.get(name);
  if (environment === undefined) throw new Error(`there is no environment ${name}`);
  const title = `${operation} ${environment.displayName}`;
  if (busy.has(environment)) {
    const text = `Another operation on ${environment.displayName} is in progress: wait for its end.`;
    return { type: 'error', title, text, result: 4111 };
  }
  const [usual] = environment.layers.values();
  const layer = details.nodeGroup === undefined ? usual : environment.layers.get(details.nodeGroup);
  if (layer === undefined) throw new Error(`environment ${name} has no layer ${details.nodeGroup ?? ''}`);
  const count = Number(details.count ?? 1);
  const works: Record<Operation, () => Promise<operations.Done>> = {
    start: () => operations.start(estate, environment),
    stop: () => operations.stop(estate, environment),
    restart: () => operations.restart(estate, environment, layer),
    redeploy: () => operations.redeploy(estate, environment, layer, details.tag),
    clone: () => operations.clone(estate, environment, details),
    transfer: () => operations.transfer(estate, environment, details.owner ?? ''),
    'scale-out': () => operations.scaleOut(estate, environment, layer, count),
    'scale-in': () =>
      operations.scaleIn(
        estate,
        environment,
        layer,
        details.nodeId === undefined ? { count } : { nodeId: Number(details.nodeId) },
      ),
    migrate: () => operations.migrate(estate, environment, details.region),
    'reset-password': () => operations.resetPassword(estate, environment, layer, details.password),
    delete: () => operations.remove(estate, environment),
  };
  const scope = { caller: estate.caller(environment.owner), environment: name };
  // A new password is the user's, not the log's.
  const { password: _, ...shown } = details;
  busy.add(environment);
  try {
    const parameters = JSON.stringify(shown);
    const done = await estate.tasks.around({ title, action: operation, parameters, scope }, works[operation]);
    const warnings = done.warnings ?? [];
    return warnings.length === 0 ? success(title) : { type: 'warning', title, text: warnings.join('\n'), result: 0 };
  } catch (error) {
    const known = error instanceof Refusal;
    const type = known && error.more.type === 'warning' ? 'warning' : 'error';
    return { type, title, text: (error as Error).message, result: known ? error.result : 99 };
  } finally {
    busy.delete(environment);
  }
}
