import { AddonError } from '../../storage-node/base/errors.ts';
import type { Command } from './machine.ts';
import { quote } from './quote.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A shell knows descriptors of one digit only. */
const MOST_SECRETS = 6;

/**
 * The shell text that becomes this program. Secrets and input come from the shell itself, through pipes of the kernel's,
 * so that they stand neither on an argv nor in a file. `trap : TERM` lets the shell outlive a polite end, and is not inherited.
 */
export function programText(command: Command, stdin = '</dev/null'): string {
  const { argv, environment = {}, secrets = [], input, directory } = command;
  if (argv.length === 0 || argv[0] === '') throw new AddonError('bug', 'a command has no program');
  if (secrets.length > MOST_SECRETS) throw new AddonError('bug', `a command has more than ${MOST_SECRETS} secrets`);
  const program = `exec ${argv.map(quote).join(' ')}`;
  const fed = input === undefined ? `${program} ${stdin}` : `${source(input)} | { ${program}; }`;
  const body = secrets.reduceRight(
    (inner, secret, index) => `printf %s ${quote(secret)} | { exec ${index + 3}<&0\n${inner}\n}`,
    fed,
  );
  return [
    'trap : TERM',
    directory === undefined ? 'cd || exit 126' : `cd -- ${quote(directory)} || exit 126`,
    ...Object.entries(environment).map(([name, value]) => `export ${assignment(name, value)}`),
    body,
  ].join('\n');
}

function assignment(name: string, value: string): string {
  if (!NAME.test(name)) throw new AddonError('name-refused', `${JSON.stringify(name)} is no name for a variable`);
  return `${name}=${quote(value)}`;
}

/** A shell variable cannot hold NUL, so such input is decoded on the way. */
function source(input: string): string {
  return input.includes('\0')
    ? `printf %s ${quote(Buffer.from(input).toString('base64'))} | base64 -d`
    : `printf %s ${quote(input)}`;
}
