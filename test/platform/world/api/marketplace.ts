import type { Offer, Scope } from '../../contract.ts';
import { scopeOf } from '../events.ts';
import { install, installedAs, layerFor, readManifest, uninstall } from '../installations.ts';
import { type Installed, Refusal } from '../words.ts';
import { type Call, environmentOf, type Methods } from './method.ts';

/** What these methods need besides the estate. */
export interface Shop {
  readonly fetch: (address: string) => Promise<string>;
  readonly offers: () => readonly Offer[];
  readonly log: (line: string) => void;
}

/** An installation that the caller may touch. */
function mine(call: Call): Installed {
  const one = installedAs(call.estate, call.given.text('appUniqueName') ?? call.given.required('uniqueName'));
  const owner = one.environment === null ? undefined : call.estate.environments.get(one.environment)?.owner;
  if (owner !== undefined && owner !== call.caller.uid)
    throw new Refusal(12, `user ${call.caller.email} has no access to ${one.uniqueName}`);
  return one;
}

const settingsOf = ({ given }: Call) =>
  Object.fromEntries(
    Object.entries(given.map('settings')).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
    ]),
  );

async function installManifest(call: Call, shop: Shop): Promise<object> {
  const { estate, given, caller, scope } = call;
  const manifest = await readManifest(estate, shop.fetch, given.required('jps'));
  const owner = given.text('ownerUid') ?? caller.uid;
  if (owner !== caller.uid) throw new Refusal(12, `user ${caller.email} may not install for ${owner}`);
  const groups = given.list('envGroups').map(String);
  const wanted = {
    settings: settingsOf(call),
    displayName: given.text('displayName'),
    region: given.text('region'),
    envGroups: groups,
    ownerUid: given.text('ownerUid'),
  };
  if (manifest.type === 'install') {
    const named = given.text('envName')?.split('.')[0];
    // A package inside of an add-on is given its environment's name; one that makes an environment makes another.
    const envName = named === scope.environment ? undefined : named;
    const result = await install(estate, manifest, { ...wanted, scope: { caller }, envName });
    return result.answer;
  }
  const environment = environmentOf(call);
  const layer = layerFor(
    estate,
    manifest,
    environment.name,
    given.text('nodeGroup') ?? nodeGroupOf(scope, environment.name),
  );
  if (layer === undefined)
    throw new Refusal(11022, `${manifest.name} finds no layer to go on in environment ${environment.name}`);
  const at: Scope = { caller, environment: environment.name, ...(layer === '' ? {} : { nodeGroup: layer }) };
  const result = await install(estate, manifest, { ...wanted, scope: at });
  return result.answer;
}

const nodeGroupOf = (scope: Scope, environment: string) =>
  scope.environment === environment ? scope.nodeGroup : undefined;

/** Packages and add-ons: to install, to list, to run, to remove. */
export function marketplaceMethods(shop: Shop): Methods {
  return {
    'marketplace.jps.Install': {
      parameters: [
        'jps',
        'envName',
        'settings',
        'nodeGroup',
        'displayName',
        'region',
        'envGroups',
        'ownerUid',
        'logsPath',
        'loggerName',
        'writeOutputTasks',
        'skipNodeEmails',
      ],
      title: () => 'Install a package',
      run: (call) => installManifest(call, shop),
    },
    'marketplace.jps.Uninstall': {
      parameters: ['appUniqueName', 'force'],
      title: (given) => `Uninstall ${given.text('appUniqueName') ?? ''}`,
      run: (call) => uninstall(call.estate, mine(call), call.given.flag('force')),
    },
    'marketplace.jps.GetEngineVersion': { parameters: [], run: () => ({ version: '8.10' }) },
    'marketplace.installation.Uninstall': {
      parameters: ['appUniqueName', 'force'],
      title: (given) => `Uninstall ${given.text('appUniqueName') ?? ''}`,
      run: (call) => uninstall(call.estate, mine(call), call.given.flag('force')),
    },
    'marketplace.installation.GetInfo': {
      parameters: ['appUniqueName'],
      run: (call) => {
        const { offer, uniqueName, appid, environment, nodeGroup } = mine(call);
        return { app: { app_id: offer.id, name: offer.name, uniqueName, appid, envName: environment, nodeGroup } };
      },
    },
    'marketplace.installation.GetSettings': {
      parameters: ['appUniqueName', 'settingsId'],
      run: (call) => ({ settings: { ...mine(call).installation.settings } }),
    },
    'marketplace.installation.ExecuteAction': {
      parameters: ['appUniqueName', 'action', 'settingsId', 'params', 'lang'],
      title: (given) => `Run ${given.text('action') ?? 'an action'}`,
      run: async (call) => {
        const one = mine(call);
        one.installation.scope = scopeOf(call.estate, one);
        const { answer } = await call.estate.language.run(
          one.installation,
          call.given.required('action'),
          call.given.map('params'),
        );
        return answer;
      },
    },
    'marketplace.app.GetAddonList': {
      parameters: ['search', 'envName', 'session', 'nodeGroup'],
      run: (call) => {
        const environment = environmentOf(call);
        const group = call.given.text('nodeGroup');
        const here = call.estate.installed.filter(
          (one) => one.environment === environment.name && (group === undefined || one.nodeGroup === group),
        );
        const installed = here.map(({ offer, uniqueName, nodeGroup }) => ({
          app_id: offer.id,
          id: offer.id,
          name: offer.name,
          isInstalled: true,
          uniqueName,
          nodeGroup,
        }));
        const possible = shop
          .offers()
          .filter((offer) => offer.type === 'update' && !here.some((one) => one.offer.id === offer.id))
          .map((offer) => ({ app_id: offer.id, id: offer.id, name: offer.name, isInstalled: false }));
        return { apps: [...installed, ...possible] };
      },
    },
    'marketplace.console.WriteLog': {
      parameters: ['appid', 'session', 'message'],
      run: ({ given }) => {
        // The short form gives the message alone.
        shop.log(given.text('message') ?? given.text('appid') ?? '');
        return {};
      },
    },
  };
}
