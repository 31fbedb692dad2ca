import { z } from 'zod';
import type { Hook } from './hook.ts';
import { environment, parseRequest } from './request.ts';

const prepareRequest = z.object({ environment });

/** Answers the public key to place on the nodes, with the command that does so. */
export const prepare: Hook = async ({ request }, { rooms }) => {
  const { name } = parseRequest(prepareRequest, request).environment;
  const publicKey = await rooms.identity(name);
  return { environment: name, account: 'dbbackup', publicKey, command: `scripts/node/prepare --key '${publicKey}'` };
};
