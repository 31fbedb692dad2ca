import { z } from 'zod';

/** The platform sends an unset field as the literal placeholder: that is no value. */
const given = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  return /^\$\{settings\.[^}]*\}$/.test(value) ? undefined : value;
};

const text = (fallback: string) => z.preprocess(given, z.string().max(4096).default(fallback));
const flag = (fallback: boolean) =>
  z.preprocess(
    (value) => {
      const own = given(value);
      if (own === 'true' || own === 'false') return own === 'true';
      return own === '' ? undefined : own;
    },
    z.boolean({ error: 'must be "true" or "false", for example "true"' }).default(fallback),
  );
const count = (smallest: number, largest: number, fallback: number) =>
  z.preprocess(
    (value) => {
      const own = given(value);
      if (own === '') return undefined;
      return typeof own === 'string' && /^\d+$/.test(own) ? Number(own) : own;
    },
    z
      .number({ error: `must be a whole number from ${smallest} to ${largest}` })
      .int()
      .min(smallest, { error: `must be at least ${smallest}` })
      .max(largest, { error: `must be at most ${largest}` })
      .default(fallback),
  );
const choice = <const Values extends readonly [string, ...string[]]>(values: Values, fallback: Values[number]) =>
  z.preprocess((value) => (given(value) === '' ? undefined : given(value)), z.enum(values).default(fallback as never));

const SCHEDULE_TYPES =
  'must be 1 (pre-defined), 2 (custom), 3 (crontab) or 4 (hours since the latest backup), for example "1"';

/** Fields of the install and configure dialogs, by the names that existing installs use. The platform sends every value as a string. */
export const installSettings = z.strictObject({
  scheduleType: z
    .preprocess(
      (value) => (given(value) === '' ? undefined : given(value)),
      z.enum(['1', '2', '3', '4'], { error: SCHEDULE_TYPES }).default('1'),
    )
    .describe('1 pre-defined, 2 custom, 3 crontab, 4 hours since the latest backup'),
  cronTime: text('@daily').describe('pre-defined name or crontab expression'),
  crontab: text('').describe(
    'crontab expression, of a dialog that has a field of its own for it; else cronTime counts',
  ),
  backupTime: text('').describe('HH:MM of a custom schedule'),
  everyHours: text('').describe('hours since the latest backup of any kind'),
  sun: flag(false),
  mon: flag(false),
  tue: flag(false),
  wed: flag(false),
  thu: flag(false),
  fri: flag(false),
  sat: flag(false),
  tz: text('').describe('IANA time zone of a custom schedule'),
  blackout: text('').describe('HH:MM-HH:MM in which no scheduled backup begins, by the schedule’s zone'),
  storageName: text('').describe('environment name of the storage'),
  backupCount: count(1, 30, 5).describe('how many of the newest backups stay'),
  backupAge: text('').describe('how long backups stay besides: "90 days", or "7 days hourly, 30 days daily"'),
  keepRules: text('').describe('of how many periods the newest stays besides: "hourly 24, daily 7, weekly 4"'),
  isAlwaysUmount: flag(true).describe('end the mount with each operation'),
  dbuser: text('').describe('database user'),
  dbpass: text('').describe('database password'),
  engine: choice(['', 'mariadb', 'postgresql', 'redis', 'mongodb', 'custom'], '').describe('empty: by the node type'),
  dbhost: text('127.0.0.1').describe('where the master reaches the server'),
  dbport: count(0, 65_535, 0).describe('0: the ordinary port of the engine'),
  transport: choice(['auto', 'mount', 'channel'], 'auto').describe('how the master reaches the storage'),
  notifyEmail: text('').describe('who is told when something goes wrong'),
  notifyOn: choice(['problems', 'all'], 'problems').describe('problems and their end, or everything'),
  webhookUrl: text('').describe('where events are posted to, as Standard Webhooks'),
  webhookSecret: text('').describe('whsec_…: signs what is posted'),
  pingUrl: text('').describe('dead-man address, called after each success'),
  backupCommand: text('').describe('custom: writes the backup to stdout'),
  restoreCommand: text('').describe('custom: reads it from stdin'),
  timeLimitMinutes: count(1, 10_080, 720).describe('custom: longest run of a command'),
  tls: flag(false).describe('mongodb: connect with TLS'),
  tlsCAFile: text('').describe('mongodb: path on the node'),
  tlsCertificateKeyFile: text('').describe('mongodb: path on the node'),
  replicaSet: text('').describe('mongodb: name of the replica set'),
  authenticationDatabase: text('').describe('mongodb: where the user is defined'),
});
export type InstallSettings = z.infer<typeof installSettings>;

/** Fields of Backup Now. */
export const backupSettings = z.object({
  name: z.preprocess(given, z.string().max(64, { error: 'must be at most 64 characters' }).default('')),
  description: text(''),
});

/** Fields of the restore dialog. */
export const restoreSettings = z.object({
  backupedEnvName: text('').describe('whose backups; empty: this environment'),
  backupDir: z
    .preprocess(given, z.string({ error: 'name a backup' }).min(1, { error: 'name a backup' }))
    .describe('id, time or name'),
  databases: z.preprocess((value) => {
    const own = given(value);
    if (typeof own === 'string') return own === '' ? [] : own.split(',').map((name) => name.trim());
    return own;
  }, z.array(z.string()).default([])),
  safetyBackup: flag(true),
});

/** Fields of the uninstall dialog. What is not said is left to the policy of the storage. */
export const uninstallSettings = z.object({
  removeBackups: z.preprocess(
    (value) =>
      ['true', 'false'].includes(String(given(value))) ? String(value) === 'true' : given(value) || undefined,
    z.boolean({ error: 'must be "true" or "false"' }).optional(),
  ),
});
