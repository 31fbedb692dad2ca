import { z } from 'zod';
import { loadConfiguration } from '../flows/configuration.ts';
import { install as installFlow } from '../flows/install.ts';
import { asJob, type Hook } from './hook.ts';
import { installRequest, toConfiguration, toSettings } from './mapping.ts';
import { environment, layer, nodes, parseRequest } from './request.ts';
import { unsealed } from './sealed.ts';

const configureRequest = z.strictObject({
  environment,
  layer: layer.optional(),
  nodes: nodes.optional(),
  settings: z.record(z.string(), z.unknown()).default({}),
});

/** Changes the settings that are given; the others, and secrets that are left empty, stay as they are. */
export const configure: Hook = async ({ request }, doors) => {
  const asked = parseRequest(configureRequest, await unsealed(request));
  const former = loadConfiguration(doors.rooms.storage, asked.environment.name);
  const secrets = { dbpass: former.access.password, webhookSecret: former.notify?.webhookSecret ?? '' };
  const settings = { ...toSettings(former), ...secrets, ...withoutBlanks(asked.settings) };
  const whole = {
    environment: former.environment,
    layer: asked.layer ?? former.layer,
    nodes: asked.nodes ?? former.nodes,
    settings,
  };
  const wanted = toConfiguration(parseRequest(installRequest, whole));
  const jobRequest = { kind: 'configure', environment: wanted.environment.name, requestedBy: 'user' } as const;
  return asJob(jobRequest, doors, (job) => installFlow(wanted, doors.rooms, job));
};

function withoutBlanks(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const unsaid = ([name, value]: [string, unknown]) =>
    value === `\${settings.${name}}` || ((name === 'dbpass' || name === 'webhookSecret') && value === '');
  return Object.fromEntries(Object.entries(settings).filter((entry) => !unsaid(entry)));
}
