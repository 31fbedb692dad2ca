import { mkdirSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { CommanderError } from 'commander';
import { AddonError, toAddonError } from '../storage-node/base/errors.ts';
import { type Output, terminalOutput } from './cli/output.ts';
import { runCommandLine } from './cli/program.ts';
import { compiledIn } from './compiled.ts';
import { defaultDataDirectory } from './config.ts';

const WANTED_NODE = [24, 9] as const;
const VERSION = '0.1.0';

/** The `dbbackup` command: `serve` becomes the daemon, every other verb speaks to it. Answers the exit status. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const output = terminalOutput();
  try {
    assertNode();
    return await runCommandLine(argv, {
      version: VERSION,
      defaultDataDirectory: defaultDataDirectory(),
      output,
      serve: (dataDirectory) => serve(dataDirectory, output),
      readStdin,
    });
  } catch (thrown) {
    if (thrown instanceof CommanderError)
      return thrown.exitCode === 0 ? 0 : new AddonError('request-invalid', '').facts.exit;
    const error = toAddonError(thrown);
    output.note(`error: ${error.message}`);
    output.note(`hint: ${error.hint}`);
    if (error.code === 'bug' && thrown instanceof Error) output.note(thrown.stack ?? '');
    return error.facts.exit;
  }
}

/** Only the daemon needs the rooms, so only it loads them: compiled already where it can, which saves it time and a third of its memory. */
async function serve(dataDirectory: string, output: Output): Promise<number> {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  enableCompileCache(compiledIn(dataDirectory));
  const { runDaemon } = await import('./daemon.ts');
  flushCompileCache();
  return await runDaemon(dataDirectory, output);
}

function assertNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > WANTED_NODE[0] || (major === WANTED_NODE[0] && minor >= WANTED_NODE[1])) return;
  throw new AddonError(
    'data-directory',
    `this needs node ${WANTED_NODE.join('.')} or newer, not ${process.versions.node}`,
    {
      hint: 'start it by scripts/dbbackup, which brings its own.',
    },
  );
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
