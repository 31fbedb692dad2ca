import { AddonError } from '../../storage-node/base/errors.ts';
import { customCommand, firstWord, lookCommand, unwrapped } from './custom/shell.ts';
import type { Access, Dumpable, Engine, Server } from './engine.ts';

const PART: Dumpable = { name: 'custom', kind: 'database', extension: 'bin' };
const DAY_MINUTES = 24 * 60;

/** Two commands of the customer's: one writes the backup to its stdout, the other reads it from its stdin. */
export const custom: Engine = {
  name: 'custom',
  abilities: { credentials: 'optional', restoresBeside: false, partsInParallel: false },
  probe: async (server) => {
    limitSeconds(server.access);
    await look(server, 'backupCommand');
    await look(server, 'restoreCommand');
    return { version: 'custom', parts: [PART], warnings: [], estimatedBytes: 0 };
  },
  dump: async ({ access }) => ({
    command: customCommand(commandOf(access, 'backupCommand'), 'keep', limitSeconds(access)),
    expect: {},
    counts: null,
  }),
  restore: async (server, parts) => {
    const command = customCommand(commandOf(server.access, 'restoreCommand'), 'drop', limitSeconds(server.access));
    for (const part of parts) {
      const { stderr } = await part.pourInto(command);
      for (const line of stderr.split('\n').filter((words) => words.trim() !== '')) server.log(line);
    }
    return { restored: parts.map(({ name }) => name), warnings: [] };
  },
  // What a customer's command leaves behind, only the customer can know.
  tidy: async () => [],
};

type Which = 'backupCommand' | 'restoreCommand';

function commandOf(access: Access, which: Which): string {
  const text = access.options[which] ?? '';
  if (unwrapped(text) === '') throw new AddonError('request-invalid', `${which} is missing`);
  return text;
}

function limitSeconds(access: Access): number {
  const text = access.options.timeLimitMinutes ?? '';
  const minutes = text === '' ? DAY_MINUTES : Number(text);
  if (!(minutes > 0)) throw new AddonError('request-invalid', `timeLimitMinutes must be a number above 0, not ${text}`);
  return Math.ceil(minutes * 60);
}

async function look({ machine, access, signal }: Server, which: Which): Promise<void> {
  const text = commandOf(access, which);
  const { exitCode, stderr } = await machine.run(lookCommand(text), { signal });
  if (exitCode === 0) return;
  const program = firstWord(unwrapped(text));
  const reason = exitCode === 3 ? `${program} was not found on ${machine.name}` : `no shell text: ${stderr.trim()}`;
  throw new AddonError('node-tools', `${which}: ${reason}`, {
    hint: 'name a program on the PATH of the node, or one by its absolute path.',
  });
}
