import { createInterface } from 'node:readline/promises';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Client } from './client.ts';
import type { Output } from './output.ts';

/** What every verb is given. */
export interface VerbContext {
  readonly client: Client;
  readonly output: Output;
  readonly json: boolean;
}

/** Asks for the environment's name before something is overwritten or lost; `--yes` answers for scripts. */
export async function confirmByName(what: string, name: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (process.stdin.isTTY !== true) {
    throw new AddonError('request-invalid', `${what} needs a confirmation`, { hint: 'add --yes when you mean it.' });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what}. Type ${name} to go on: `);
  terminal.close();
  if (answer !== name) throw new AddonError('request-invalid', `not confirmed: expected ${name}`);
}
