import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Machine } from '../../machines/machine.ts';
import type { Server } from '../engine.ts';

/** The client programs of a node, whichever family they come from. */
export interface Tools {
  readonly client: string;
  readonly dump: string;
  /** Whether the dump program has this option: `column-statistics`. */
  dumpKnows(option: string): boolean;
  clientKnows(option: string): boolean;
}

const FIND = 'for name in "$@"; do command -v "$name" && exit 0; done; exit 1';
const found = new WeakMap<Machine, Promise<Tools>>();

/** Finds the programs once per machine; throws `node-tools` naming what is missing. */
export function toolsOf(server: Server): Promise<Tools> {
  const known = found.get(server.machine);
  if (known !== undefined) return known;
  const finding = find(server);
  found.set(server.machine, finding);
  finding.catch(() => found.delete(server.machine));
  return finding;
}

async function find({ machine, signal }: Server): Promise<Tools> {
  const path = async (...names: readonly string[]) => {
    const { exitCode, stdout } = await machine.run({ argv: ['sh', '-c', FIND, 'sh', ...names] }, { signal });
    if (exitCode === 0) return stdout.trim();
    throw new AddonError('node-tools', `neither ${names.join(' nor ')} was found on ${machine.name}`);
  };
  const [client, dump] = await Promise.all([path('mariadb', 'mysql'), path('mariadb-dump', 'mysqldump')]);
  const optionsOf = async (program: string) => {
    const help = await machine.run({ argv: [program, '--no-defaults', '--help'] }, { signal });
    if (help.exitCode === 0) return new Set([...help.stdout.matchAll(/--([a-z][a-z0-9-]+)/g)].map((match) => match[1]));
    throw new AddonError('node-tools', `${program} does not run on ${machine.name}: ${help.stderr.trim()}`);
  };
  const [forClient, forDump] = await Promise.all([optionsOf(client), optionsOf(dump)]);
  return { client, dump, dumpKnows: (option) => forDump.has(option), clientKnows: (option) => forClient.has(option) };
}
