import { z } from 'zod';

const text = z.string();
const strings = z.record(text, text);

/** What pages send or ask for, by the route that takes it. */
export const bodies = {
  publish: z.strictObject({ manifest: text.min(1) }),
  picture: z.strictObject({ address: text }),
  create: z.strictObject({
    name: text.min(1),
    displayName: text.optional(),
    nodes: z.array(z.strictObject({ nodeType: text, nodeGroup: text, count: z.int().min(1).max(9) })).min(1),
  }),
  install: z.strictObject({ target: text.optional() }),
  button: z.strictObject({ caption: text }),
  submit: z.strictObject({ values: strings, target: text.optional() }),
  operate: z.strictObject({ details: strings }),
};

/** The operations that there are. */
export const operations = z.enum([
  'start',
  'stop',
  'restart',
  'redeploy',
  'clone',
  'transfer',
  'scale-out',
  'scale-in',
  'migrate',
  'reset-password',
  'delete',
]);
