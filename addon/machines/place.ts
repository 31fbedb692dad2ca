import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AddonError } from '../../storage-node/base/errors.ts';
import type { Log } from '../../storage-node/base/log.ts';
import type { RunLimits } from './machine.ts';
import { quote } from './quote.ts';
import { runText } from './session.ts';
import type { RunScript } from './shell-machine.ts';

const NAME = /^[a-z][a-z0-9._-]{0,40}$/;
const ABSENT = 4;
const NO_SPACE = 5;

/** A file of this storage node, to be placed on a machine. */
export interface Placed {
  readonly source: string;
  readonly name: string;
  readonly mode: number;
}

/** Makes sure, by SHA-256, that the machine has the file, and answers its path there. What is there under its name but differs is replaced. */
export async function place(
  machine: { readonly name: string; readonly log: Log },
  script: RunScript,
  { source, name, mode }: Placed,
  limits: RunLimits,
): Promise<string> {
  if (!NAME.test(name)) throw new AddonError('bug', `${JSON.stringify(name)} is no name for a placed file`);
  const sum = await sumOf(source);
  const file = `file=$HOME/.dbbackup/bin/${name}-${sum.slice(0, 12)}\n`;
  const check = () => script(`check of ${name}`, () => runText(file + checkText(sum, mode)), { limits });

  const before = await check();
  if (before.exitCode === 0) return before.stdout;
  if (before.exitCode !== ABSENT)
    machine.log.warn('replaced a placed file that had been altered', { node: machine.name, file: name });
  const { size } = await stat(source);
  const options = { limits, feed: createReadStream(source) };
  const sent = await script(`upload of ${name}`, ({ id }) => file + uploadText(id, size, sum, mode), options);
  if (sent.exitCode === NO_SPACE)
    throw new AddonError('node-space', `${name} could not be written on ${machine.name}: ${sent.stderr.trim()}`);
  const after = await check();
  if (sent.exitCode !== 0 || after.exitCode !== 0)
    throw new AddonError('tool-altered', `${name} on ${machine.name} is not what was sent: ${sent.stderr.trim()}`);
  machine.log.info('placed a file', { node: machine.name, file: name, bytes: size });
  return after.stdout;
}

const sums = new Map<string, Promise<string>>();

/** SHA-256 of a file of this node, made anew when the file is another one than before. */
async function sumOf(path: string): Promise<string> {
  const { ino, size, ctimeNs } = await stat(path, { bigint: true });
  const version = [path, ino, size, ctimeNs].join(' ');
  const known = sums.get(version);
  if (known !== undefined) return await known;
  const hash = createHash('sha256');
  const making = pipeline(createReadStream(path), hash).then(() => hash.digest('hex'));
  sums.set(version, making);
  making.catch(() => sums.delete(version));
  return await making;
}

const isRight = (path: string, sum: string) => `sum=$(sha256sum <"${path}") && [ "\${sum%% *}" = ${quote(sum)} ]`;

function checkText(sum: string, mode: number): string {
  return `[ -e "$file" ] || [ -L "$file" ] || exit ${ABSENT}
[ -f "$file" ] && [ ! -L "$file" ] && ${isRight('$file', sum)} && chmod ${mode.toString(8)} "$file" && printf %s "$file"`;
}

/** Blocks are read whole, so that nothing is read that belongs to what follows; a daemon that falls silent is not waited for. */
function uploadText(id: string, size: number, sum: string, mode: number): string {
  return `mkdir -p "$HOME/.dbbackup/bin" || exit ${NO_SPACE}
new=$HOME/.dbbackup/bin/.${id}
trap 'rm -f "$new"' EXIT
left=${size}
while [ "$left" -gt 0 ]; do
  size=1048576 count=1
  [ "$left" -ge "$size" ] || size=$left
  timeout 40 dd bs="$size" count=1 iflag=fullblock <&9 2>/dev/null >>"$new" || exit ${NO_SPACE}
  left=$((left - size))
done
${isRight('$new', sum)} || exit 6
[ ! -d "$file" ] || rm -rf "$file"
chmod ${mode.toString(8)} "$new" && mv -f "$new" "$file"
`;
}
