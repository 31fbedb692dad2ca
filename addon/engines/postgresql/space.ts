import { z } from 'zod';
import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server, StoredPart } from '../engine.ts';
import { ask } from './client.ts';

/** Indexes and page headers make a database larger than its dump. */
const GROWTH = 2;

/**
 * Refuses a restore for which the server's disk has no room beside what is there: full disks stop servers. It asks for the databases
 * that are loaded at the same time. Where the directory cannot be seen, it says so in the log and lets the server judge.
 */
export async function assertSpace(
  server: Server,
  from: string,
  databases: readonly StoredPart[],
  atOnce: number,
): Promise<void> {
  const purpose = { code: 'restore-failed', what: 'the server could not be asked where its data lie' } as const;
  const query = `SELECT to_json((SELECT coalesce(max(setting), '') FROM pg_settings WHERE name = 'data_directory'))`;
  const directory = z.string().parse(await ask(server, from, query, purpose));
  const local = /^(|localhost|127\..*|::1|\/.*)$/.test(server.access.host);
  const { machine, signal } = server;
  const outcome = local ? await machine.run({ argv: ['df', '-Pk', '--', directory] }, { signal }) : undefined;
  const free = Number(outcome?.stdout.split('\n')[1]?.split(/\s+/).at(-3)) * 1024;
  if (outcome?.exitCode !== 0 || !(free >= 0)) return server.log('the free space of the database server is not known');
  const largest = databases.map(({ bytes }) => bytes).toSorted((one, other) => other - one);
  const needed = largest.slice(0, atOnce).reduce((sum, bytes) => sum + bytes, 0) * GROWTH;
  if (needed <= free) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  const message = `a restore beside what is there needs about ${megabytes(needed)}, ${machine.name} has ${megabytes(free)} free`;
  throw new AddonError('node-space', message);
}
