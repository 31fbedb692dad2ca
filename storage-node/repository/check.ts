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

/** Restic tries for a quarter of an hour to read what is gone. Reading from the own disk never takes this long. */
const patienceMs = (bytes: number) => Math.min(10_000 + Math.round(bytes / 2_000), 2 ** 31 - 1);

/** Whether a file of a snapshot can be read to its end. Restic checks every blob against its hash on the way. */
export async function isReadable(
  repository: Repository,
  part: { readonly snapshot: string; readonly file: string; readonly bytes: number },
  signal: AbortSignal,
): Promise<boolean> {
  const argv = ['restic', '--repo', repository.path, ...readArguments(part)];
  const outcome = await run(['sh', '-c', 'exec "$@" >/dev/null', 'sh', ...argv], {
    secret: repository.key,
    signal,
    timeoutMs: patienceMs(part.bytes),
  });
  return outcome.exitCode === 0;
}
