import type { Frame } from './frame.ts';
import { callFunction } from './functions.ts';
import { booleanOf, list, mapping, textOf } from './mapping.ts';
import type { Mapping } from './types.ts';

async function ask(method: string, frame: Frame): Promise<Mapping> {
  const { engine, installation } = frame;
  return engine.world.call(method, { session: installation.scope.caller.session }, installation.scope);
}

async function environments(raw: Mapping, frame: Frame): Promise<Mapping> {
  const { infos } = await ask('environment.control.GetEnvs', frame);
  const key = textOf(raw.valueField ?? 'domain');
  const values = list(infos).flatMap((info) => {
    const env = mapping(mapping(info).env);
    const running = Number(env.status) === 1;
    if (!running && booleanOf(raw.disableInactive, true)) return [];
    const known: Mapping = { ...env, isRunning: running, domain: env.domain ?? env.envName };
    return [{ value: textOf(known[key] ?? env.envName), caption: textOf(env.displayName || env.envName) }];
  });
  return { ...raw, values };
}

/** A filter names what a region must have; a text or a list of them, as an expression. */
function passes(region: Mapping, filter: Mapping): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const value = textOf(region[key === 'name' ? 'uniqueName' : key]);
    return list(wanted).some((one) => new RegExp(`^(?:${textOf(one)})$`).test(value));
  });
}

async function regions(raw: Mapping, frame: Frame): Promise<Mapping> {
  const { array } = await ask('environment.control.GetRegions', frame);
  const all = list(array)
    .flatMap((one) => list(mapping(one).hardNodeGroups))
    .map(mapping);
  const active = all.filter((region) => !booleanOf(raw.disableInactive, true) || booleanOf(region.isActive, true));
  const values = active
    .filter((region) => passes(region, mapping(raw.filter)))
    .map((region) => ({ value: textOf(region.uniqueName), caption: textOf(region.displayName ?? region.uniqueName) }));
  const first = booleanOf(raw.selectFirstAvailable, true) ? values[0]?.value : undefined;
  return { ...raw, values, ...(raw.default === undefined && first !== undefined ? { default: first } : {}) };
}

function environmentName(raw: Mapping): Mapping {
  if (raw.default !== undefined || raw.value !== undefined || !booleanOf(raw.randomName, true)) return raw;
  return { ...raw, default: `env-${textOf(callFunction('random', ['1000000', '9999999'], ''))}` };
}

/** Gives a field that lists what the account has its choices. */
export async function withChoices(raw: Mapping, frame: Frame): Promise<Mapping> {
  switch (raw.type) {
    case 'envlist':
      return environments(raw, frame);
    case 'regionlist':
      return regions(raw, frame);
    case 'owner':
      // The stand-in has no accounts that are shared.
      return { ...raw, hidden: true, required: false, default: raw.default ?? frame.installation.scope.caller.uid };
    case 'envname':
      return environmentName(raw);
    default:
      return raw;
  }
}
