import { run } from '../base/run.ts';
import { COMMON, readArguments } from './commands.ts';
import { attempt, type Repository } from './restic.ts';

const MOST_PROBLEMS = 50;
const NOISE =
  /^(?:using temporary cache|create exclusive lock|load indexes|check |read |\[|no errors were found|\s*$)/i;

/** What restic finds wrong with a repository; nothing where it is whole. `readData` reads every byte of it. */
export async function findProblems(
  repository: Repository,
  { readData }: { readonly readData: boolean },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const args = ['check', ...(readData ? ['--read-data'] : []), ...COMMON];
  const outcome = await attempt(repository, args, { signal });
  if (outcome.exitCode === 0) return [];
  const lines = `${outcome.stderr}\n${outcome.stdout}`.split('\n').filter((line) => !NOISE.test(line));
  return lines.length > 0 ? lines.slice(0, MOST_PROBLEMS) : [`restic check ended with exit status ${outcome.exitCode}`];
}

/** Whether a file of a snapshot can be read to its end. Restic checks every blob against its hash on the way. */
export async function isReadable(
  repository: Repository,
  part: { readonly snapshot: string; readonly file: string },
  signal: AbortSignal,
): Promise<boolean> {
  const argv = ['restic', '--repo', repository.path, ...readArguments(part)];
  const outcome = await run(['sh', '-c', 'exec "$@" >/dev/null', 'sh', ...argv], { secret: repository.key, signal });
  return outcome.exitCode === 0;
}
