import { z } from 'zod';
import { AddonError } from '../../storage-node/base/errors.ts';

const hostKey = z
  .string()
  .trim()
  .regex(/^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+=*( .*)?$/, {
    error: 'must be a public key line, such as "ssh-ed25519 AAAA…"; see: ssh-keyscan -t ed25519 HOST',
  })
  .transform((line) => line.split(' ').slice(0, 2).join(' '));

const numeral = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);

const node = z.strictObject({
  id: z.coerce.string().default(''),
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/, { error: 'must be a host name or an address' }),
  port: z.preprocess(numeral, z.number().int().min(1).max(65_535).default(22)),
  account: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, { error: 'must be an account name' })
    .default('dbbackup'),
  hostKey,
  master: z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean().default(false),
  ),
});

/** Which environment, its layer and its nodes: the same in every hook. */
export const environment = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
    error: 'must be 1 to 63 letters, digits, dots, dashes or underscores, and begin with a letter or digit',
  }),
  displayName: z.string().default(''),
  region: z.string().default(''),
  owner: z.coerce.string().default(''),
});

/** Which layer: its node type says the engine where the settings do not. */
export const layer = z.strictObject({ nodeGroup: z.string().default('sqldb'), nodeType: z.string().default('') });

/** The layer's nodes, at least one; the master is the marked one, else the first. */
export const nodes = z
  .array(node)
  .min(1, { error: 'at least one node is needed' })
  .refine((list) => list.filter((each) => each.master).length <= 1, { error: 'only one node can be the master' });

/** The request with its settings as a schema reads them. Throws `request-invalid` with every fault and where it is. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`);
  throw new AddonError('request-invalid', faults.join('; '));
}
