import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AddonError } from '../storage-node/base/errors.ts';

const DEFAULT_DATA = '/var/lib/dbbackup';

const configSchema = z.strictObject({
  removeBackupsOnUninstall: z.boolean().default(false).describe('drop the backups when the add-on is taken off'),
  usersMayDelete: z.boolean().default(true).describe('whether backups can be deleted by hand'),
  jobTimeLimitHours: z.number().positive().max(168).default(24).describe('longest run of one job'),
  pruneEveryHours: z.number().positive().default(24).describe('how often the space of removed backups is freed'),
  spreadMinutes: z.number().int().min(0).max(60).default(0).describe('over how long runs of a full hour are spread'),
  blackout: z.string().default('').describe('HH:MM-HH:MM of each day in which no scheduled job begins'),
  blackoutZone: z.string().default('UTC').describe('IANA time zone of the blackout'),
  resticPath: z.string().default('/usr/bin/restic').describe('the program that is also placed on the masters'),
});

/** The policies of one daemon: `config.json` in its data directory, every key optional. */
export type Config = z.infer<typeof configSchema>;

/** The data directory that is meant when no `--data` says so: DBBACKUP_DATA, else /var/lib/dbbackup. */
export function defaultDataDirectory(): string {
  return process.env.DBBACKUP_DATA || DEFAULT_DATA;
}

/** Reads the policies. Throws `request-invalid` naming the key that is wrong. */
export function readConfig(dataDirectory: string): Config {
  const path = join(dataDirectory, 'config.json');
  const parsed = configSchema.safeParse(JSON.parse(textOf(path)));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new AddonError('request-invalid', `${path}: ${faults.join('; ')}`, { hint: 'correct the file, or remove it.' });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw error;
  }
}
