import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Hook } from './hook.ts';
import { environment, parseRequest } from './request.ts';
import { sealingKey } from './sealed.ts';

const PROGRAM = new URL('../../scripts/node/prepare', import.meta.url);
const prepareRequest = z.object({ environment, withProgram: z.boolean().default(false) });

/**
 * Answers the public key to place on the nodes, with the command that does so. Where asked, also the program itself as base64, and the key
 * by which secrets are sealed for the request that follows.
 */
export const prepare: Hook = async ({ request }, { rooms }) => {
  const asked = parseRequest(prepareRequest, request);
  const { name } = asked.environment;
  const publicKey = await rooms.identity(name);
  const installed = rooms.storage.environments.get(name)?.installed === true;
  const program = asked.withProgram ? { program: await readFile(PROGRAM, 'base64'), sealing: await sealingKey() } : {};
  const command = `scripts/node/prepare --key '${publicKey}'`;
  return { environment: name, account: 'dbbackup', publicKey, command, installed, ...program };
};
