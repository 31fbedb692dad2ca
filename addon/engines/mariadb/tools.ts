import { AddonError } from '../../../storage-node/base/errors.ts';
import { oncePerMachine } from '../once.ts';

/** The client programs of a node, whichever family they come from. */
export interface Tools {
  readonly client: string;
  readonly dump: string;
  /** Whether the dump program has this option: `column-statistics`. */
  dumpKnows(option: string): boolean;
  clientKnows(option: string): boolean;
}

const PROGRAMS = { client: ['mariadb', 'mysql'], dump: ['mariadb-dump', 'mysqldump'] } as const;
/** For each kind of program: a line with its path, then what it says of its options. Ends where one is not there. */
const FIND = `find() {
  for name; do program=$(command -v "$name") && break; done
  [ -n "$program" ] || { echo "neither $1 nor $2 was found" >&2; exit 1; }
  printf 'program %s\\n' "$program"
  "$program" --no-defaults --help || { echo "$program does not run" >&2; exit 1; }
  program=
}
${Object.values(PROGRAMS)
  .map((names) => `find ${names.join(' ')}`)
  .join('\n')}`;

/** Finds the programs once per machine; throws `node-tools` naming what is missing. */
export const toolsOf = oncePerMachine(async ({ machine, signal }): Promise<Tools> => {
  const { exitCode, stdout, stderr } = await machine.run({ argv: ['sh', '-c', FIND] }, { signal });
  if (exitCode !== 0)
    throw new AddonError('node-tools', `${machine.name}: ${stderr.trim().split('\n').slice(-3).join(' ')}`);
  const [, client = '', dump = ''] = stdout.split(/^program (?=\/)/m);
  const pathIn = (told: string) => told.split('\n', 1)[0] ?? '';
  const optionsIn = (told: string) => new Set([...told.matchAll(/--([a-z][a-z0-9-]+)/g)].map((match) => match[1]));
  const [forClient, forDump] = [optionsIn(client), optionsIn(dump)];
  return {
    client: pathIn(client),
    dump: pathIn(dump),
    dumpKnows: (option) => forDump.has(option),
    clientKnows: (option) => forClient.has(option),
  };
});
