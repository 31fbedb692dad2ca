import { nestedAddon } from './actions/install.ts';
import { isSuccess, noticeOf, succeeded } from './answers.ts';
import { invoke } from './code.ts';
import { fire } from './events.ts';
import { shownText } from './face.ts';
import { candidate } from './forms.ts';
import { type Engine, openFrame, resolve } from './frame.ts';
import { callFunction } from './functions.ts';
import { beforeInstall, initialise } from './init.ts';
import { isMapping, list, mapping, textOf } from './mapping.ts';
import type { Answer, Installation, Installed, InstallOptions, Manifest, Mapping } from './types.ts';

/** Globals, each of which may use those before it. What cannot be known yet stays as written, for a second time. */
async function settleGlobals(engine: Engine, installation: Installation): Promise<void> {
  for (const [key, value] of Object.entries(mapping(installation.manifest.document.globals))) {
    const current = installation.globals[key] ?? value;
    installation.globals[key] = await resolve(current, openFrame(engine, installation, null, `globals.${key}`));
  }
}

async function withEnvironment(engine: Engine, installation: Installation, options: InstallOptions): Promise<Answer> {
  const { document } = installation.manifest;
  if (installation.manifest.type !== 'install' || !list(document.nodes).some(isMapping)) return { result: 0 };
  const frame = openFrame(engine, installation, null, 'nodes');
  const nodes = list(await resolve(document.nodes, frame)).filter(isMapping);
  const said = mapping(
    await resolve(
      {
        region: document.region,
        displayName: document.displayName,
        envGroups: document.envGroups,
        engine: document.engine,
        envName: document.envName,
      },
      frame,
    ),
  );
  const name =
    options.envName ?? (textOf(said.envName) || `env-${textOf(callFunction('random', ['1000000', '9999999'], ''))}`);
  const shortdomain = name.split('.', 1)[0] ?? name;
  const region = options.region ?? said.region;
  const env = {
    shortdomain,
    ...(region === undefined ? {} : { region }),
    displayName: options.displayName ?? said.displayName ?? installation.manifest.name,
    ...(said.engine === undefined ? {} : { engine: said.engine }),
    sslstate: document.ssl === true,
    ishaenabled: document.ha === true,
  };
  const groups = [...new Set([...list(said.envGroups), ...(options.envGroups ?? [])].map(textOf))];
  const parameters = {
    session: options.scope.caller.session,
    env,
    nodes: nodes.map(({ addons: _addons, ...node }) => node),
    ...(groups.length === 0 ? {} : { envGroups: groups }),
    ...(options.ownerUid === undefined ? {} : { ownerUid: options.ownerUid }),
  };
  const answer = await invoke(engine, 'environment.control.CreateEnvironment', parameters, options.scope);
  if (!succeeded(answer)) return answer;
  const made = mapping(answer.env ?? mapping(answer.response).env);
  installation.scope = {
    caller: options.scope.caller,
    environment: textOf(made.envName ?? made.shortdomain ?? shortdomain),
  };
  return attached(engine, installation, nodes);
}

/** Add-ons that a manifest wants on the layers it makes. */
async function attached(engine: Engine, installation: Installation, nodes: readonly Mapping[]): Promise<Answer> {
  const { document, baseUrl } = installation.manifest;
  for (const node of nodes) {
    for (const id of list(node.addons)) {
      const addon = list(document.addons)
        .map(mapping)
        .find((one) => textOf(one.id) === textOf(isMapping(id) ? id.id : id));
      if (addon === undefined) return { result: 1, error: `there is no add-on ${textOf(id)}` };
      const jps = JSON.stringify({ ...(baseUrl === null ? {} : { baseUrl }), ...nestedAddon(addon, installation) });
      const { scope } = installation;
      const parameters = {
        session: scope.caller.session,
        envName: scope.environment,
        nodeGroup: node.nodeGroup,
        settings: installation.settings,
        jps,
      };
      const answer = await invoke(engine, 'marketplace.jps.Install', parameters, scope);
      if (!succeeded(answer)) return answer;
    }
  }
  return { result: 0 };
}

/** The manifest as its own code makes it, with these settings. */
async function prepare(
  engine: Engine,
  given: Manifest,
  options: InstallOptions,
): Promise<{ manifest: Manifest } | Answer> {
  if (given.broken !== null) return given.broken;
  const initialised = await initialise(engine, candidate(given, options.scope, options.settings));
  return 'failure' in initialised ? initialised.failure : { manifest: initialised.value };
}

/** Installs a manifest; what it changed stays when it fails, as on the platform. */
export async function install(engine: Engine, given: Manifest, options: InstallOptions): Promise<Installed> {
  const prepared = await prepare(engine, given, options);
  const failure = 'manifest' in prepared ? null : (prepared as Answer);
  const installation: Installation = {
    uniqueName: options.uniqueName,
    manifest: 'manifest' in prepared ? (prepared.manifest as Manifest) : given,
    settings: { ...options.settings },
    globals: {},
    scope: options.scope,
    envGroups: options.envGroups ?? [],
  };
  const answer = failure ?? (await carryOut(engine, installation, options));
  const success = isSuccess(answer) ? await successOf(engine, installation) : { text: '', email: null };
  const about = {
    title: installation.manifest.name,
    successText: success.text,
    responses: installation.manifest.document.responses,
    locale: engine.options.locale,
  };
  const email = isSuccess(answer) && answer.email !== undefined ? textOf(answer.email) : success.email;
  return { installation, answer, notice: noticeOf(answer, about, 'install'), email };
}

async function carryOut(engine: Engine, installation: Installation, options: InstallOptions): Promise<Answer> {
  await settleGlobals(engine, installation);
  const changed = await beforeInstall(engine, installation);
  if ('failure' in changed) return changed.failure;
  installation.manifest = changed.value;
  const made = await withEnvironment(engine, installation, options);
  if (!succeeded(made)) return made;
  await settleGlobals(engine, installation);
  const outcome = await fire(engine, installation, { name: 'onInstall' });
  return outcome.answer;
}

/** What the user reads at the end, and what is mailed. */
async function successOf(engine: Engine, installation: Installation): Promise<{ text: string; email: string | null }> {
  const { success } = installation.manifest.document;
  const parts = isMapping(success) && ('text' in success || 'email' in success) ? success : { text: success };
  const show = (value: unknown) => shownText(value, engine, installation, 'success');
  return {
    text: parts.text === undefined || parts.text === null ? '' : await show(parts.text),
    email: parts.email === undefined || parts.email === null || parts.email === false ? null : await show(parts.email),
  };
}
