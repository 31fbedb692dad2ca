import { z } from 'zod';
import { AddonError } from '../storage-node/base/errors.ts';

const security = z.enum(['tls', 'starttls', 'none']);
const mailSchema = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(587),
  security: security.default('starttls').describe('tls: from the first byte; none: for a server of this machine'),
  user: z.string().default(''),
  passwordFile: z.string().default('').describe('path of a file whose first line is the password'),
  caFile: z.string().default('').describe('path of the authority that its certificate comes from'),
  from: z.string().regex(/^[^\r\n]*@[A-Za-z0-9.-]+>?$/, { error: 'must be a mail address' }),
});
const webAddress = z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' });
const notifySchema = z.strictObject({
  mail: mailSchema.optional().describe('the server that mail leaves by'),
  hosterMail: z.array(z.email()).default([]).describe('who hears of every environment and of the storage'),
  hosterWebhook: z
    .strictObject({ url: webAddress, secretFile: z.string().min(1) })
    .optional()
    .describe('where all events are posted to, and the file of the whsec_ secret'),
  allowPrivateAddresses: z.boolean().default(false).describe('customers may name addresses of private networks'),
  remindEveryHours: z.number().min(1).default(24).describe('how often a trouble that lasts is told again'),
  overdueGraceMinutes: z.number().min(1).default(60).describe('how late a backup may be'),
  storageWarnPercent: z.number().min(1).max(100).default(85).describe('how full the storage may be'),
  dailySummary: z
    .strictObject({ at: z.string().regex(/^\d{1,2}:\d{2}$/), zone: z.string().default('UTC') })
    .optional()
    .describe('when the hoster gets a list of all environments'),
});

const configSchema = z.strictObject({
  removeBackupsOnUninstall: z.boolean().default(false).describe('drop the backups when the add-on is taken off'),
  usersMayDelete: z.boolean().default(true).describe('whether backups can be deleted by hand'),
  jobTimeLimitHours: z.number().positive().max(168).default(24).describe('longest run of one job'),
  jobsAtOnce: z.number().int().min(1).max(64).default(4).describe('how many jobs run at the same time'),
  stallMinutes: z.number().min(0).default(60).describe('a job that moves nothing for so long is ended; 0: never'),
  jobHistoryDays: z.number().positive().default(90).describe('how long ended jobs are remembered'),
  pruneEveryHours: z.number().positive().default(24).describe('how often the space of removed backups is freed'),
  spreadMinutes: z.number().int().min(0).max(60).default(0).describe('over how long runs of a full hour are spread'),
  blackout: z.string().default('').describe('HH:MM-HH:MM of each day in which no scheduled job begins'),
  blackoutZone: z.string().default('UTC').describe('IANA time zone of the blackout'),
  notify: notifySchema.prefault({}).describe('who is told of what'),
  metricsListen: z
    .string()
    .regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]|localhost):\d{1,5}$/, { error: 'must be ADDRESS:PORT' })
    .optional()
    .describe('address that answers /metrics and /health, such as 127.0.0.1:9464'),
  resticPath: z.string().default('/usr/bin/restic').describe('the program that is also placed on the masters'),
});

/** The policies of one daemon: `config.json` in its data directory, every key optional. */
export type Config = z.infer<typeof configSchema>;

/** Reads the policies out of the text of `config.json`. Throws `request-invalid` naming the key that is wrong. */
export function policiesIn(text: string, path: string): Config {
  const parsed = configSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new AddonError('request-invalid', `${path}: ${faults.join('; ')}`, { hint: 'correct the file, or remove it.' });
}
