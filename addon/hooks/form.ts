import { z } from 'zod';
import { listZones } from '../schedule/zones.ts';
import { configureFields } from './form-configure.ts';
import type { Fields } from './form-fields.ts';
import { restoreFields } from './form-restore.ts';
import type { Hook } from './hook.ts';
import { environment, parseRequest } from './request.ts';

const formRequest = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('install'), environment: environment.optional() }),
  z.strictObject({ form: z.literal('configure'), environment }),
  z.strictObject({ form: z.literal('restore'), environment, engines: z.enum(['own', 'all']).default('own') }),
]);

/** What the dialogs are to show, by the names of their fields. The database password is never among it. */
export const form: Hook = async ({ request }, { rooms }) => {
  const asked = parseRequest(formRequest, request);
  const zones: Fields = { tz: { values: listZones(rooms.clock()).map(zoneChoice) } };
  if (asked.form === 'restore') return { fields: restoreFields(asked.environment.name, asked.engines, rooms) };
  if (asked.form === 'install') return { fields: zones };
  const fields = configureFields(asked.environment.name, rooms);
  return { fields: { ...fields, tz: { ...zones.tz, ...fields.tz } } };
};

const zoneChoice = ({ name, offset }: { readonly name: string; readonly offset: string }) => ({
  value: name,
  caption: `${name} (UTC${offset})`,
});
