import { Command } from 'commander';
import { AddonError, ERRORS } from '../../storage-node/base/errors.ts';
import { backup } from './backup.ts';
import { createClient } from './client.ts';
import type { VerbContext } from './context.ts';
import { accept, pin, remove } from './delete.ts';
import { hook } from './hook.ts';
import { cancel, type JobsOptions, jobs, logs, readLimit } from './jobs.ts';
import { type ListOptions, list, listEnvironments } from './list.ts';
import type { Output } from './output.ts';
import { type RestoreOptions, restore } from './restore.ts';
import { addScheduleVerb } from './schedule.ts';
import { show } from './show.ts';
import { STATUS_HELP, status as standing } from './status.ts';
import { check, exportKey, importKey, prune, reconcile } from './upkeep.ts';

/** What the command line needs from the composition root. */
export interface CommandLineParts {
  readonly version: string;
  readonly defaultDataDirectory: string;
  readonly output: Output;
  /** Runs the daemon until it is told to stop; answers the exit status. */
  serve(dataDirectory: string): Promise<number>;
  readStdin(): Promise<string>;
}

interface Common {
  readonly data: string;
  readonly json?: boolean;
}

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;

/** The `dbbackup` command: one verb a file. Answers its exit status, which is 0 or the error's own. */
export async function runCommandLine(argv: readonly string[], parts: CommandLineParts): Promise<number> {
  let status = 0;
  const program = new Command('dbbackup')
    .description('Backs up and restores databases over SSH.')
    .version(parts.version);
  program.exitOverride().showHelpAfterError('try: dbbackup --help');
  program.addHelpText('after', exitStatuses());

  const verb = (usage: string, description: string, ...lines: string[]) =>
    program
      .command(usage)
      .description(description)
      .option('--data <dir>', 'data directory of the daemon (or DBBACKUP_DATA)', parts.defaultDataDirectory)
      .option('--json', 'answer as JSON')
      .addHelpText('after', examples(...lines));
  const context = (options: Common): VerbContext => ({
    client: createClient(options.data),
    output: parts.output,
    json: options.json === true,
  });

  program
    .command('serve')
    .description('run the daemon of a data directory')
    .option('--data <dir>', 'directory that holds everything it owns', parts.defaultDataDirectory)
    .addHelpText('after', examples('dbbackup serve --data /var/lib/dbbackup'))
    .action(async (options: Common) => {
      status = await parts.serve(options.data);
    });
  verb('hook <name>', 'answer one event of the platform', 'dbbackup hook install --request request.json')
    .requiredOption('--request <file>', 'the request as JSON; - reads it from stdin')
    .option('--no-wait', 'answer as soon as the job runs')
    .action(async (name: string, options: Common & { request: string; wait: boolean }) => {
      status = await hook(name, options, createClient(options.data), parts.output);
    });
  verb(
    'list [environment]',
    'the backups there are, newest first, and why each is kept',
    'dbbackup list',
    'dbbackup list shop --json',
    'dbbackup list --limit 20',
  )
    .option('--environments', 'the environments instead')
    .option('--limit <number>', 'so many at most; the last line says how to go on', wholeNumber)
    .option('--after <cursor>', 'go on where a page ended, or after this backup')
    .action((environment: string | undefined, options: Common & ListOptions & { environments?: boolean }) =>
      options.environments ? listEnvironments(context(options)) : list(environment, options, context(options)),
    );
  verb('show <backup>', 'one backup in detail', 'dbbackup show 20261120T020000Z-3f9a1c').action(
    (id: string, options: Common) => show(id, context(options)),
  );
  verb('backup <environment>', 'take a backup now', 'dbbackup backup shop --name "before the upgrade"')
    .option('--name <text>', 'a name for it, at most 64 characters', '')
    .option('--description <text>', 'what it is for', '')
    .option('--no-wait', 'do not wait for its end')
    .action((environment: string, options: Common & { name: string; description: string; wait: boolean }) =>
      backup(environment, options, context(options)),
    );
  verb(
    'restore <environment>',
    'overwrite databases with what a backup holds',
    'dbbackup restore shop --backup latest',
    'dbbackup restore shop --backup 20261120T020000Z-3f9a1c --database orders --yes',
    'dbbackup restore staging --from shop --backup latest --yes',
  )
    .requiredOption('--backup <backup>', 'its id, time or name, or latest')
    .option('--from <environment>', 'whose backup; the same environment if not given', '')
    .option('--database <name...>', 'only these databases', [])
    .option('--no-safety-backup', 'do not back up first what is there')
    .option('--yes', 'do not ask', false)
    .option('--no-wait', 'do not wait for its end')
    .action((environment: string, options: Common & RestoreOptions) => restore(environment, options, context(options)));
  verb('delete <backups...>', 'delete backups for good', 'dbbackup delete 20261120T020000Z-3f9a1c --yes')
    .option('--yes', 'do not ask', false)
    .action((ids: string[], options: Common & { yes: boolean }) => remove(ids, options, context(options)));
  verb('pin <backup>', 'hold a backup against retention and deletion', 'dbbackup pin 20261120T020000Z-3f9a1c --days 30')
    .requiredOption('--days <number>', 'how long', wholeNumber)
    .action((id: string, options: Common & { days: number }) =>
      pin(id, new Date(Date.now() + options.days * 86_400_000).toISOString(), context(options)),
    );
  verb('unpin <backup>', 'end a hold', 'dbbackup unpin 20261120T020000Z-3f9a1c').action((id: string, options: Common) =>
    pin(id, null, context(options)),
  );
  verb('accept <backup>', 'say that a flagged backup is good', 'dbbackup accept 20261120T020000Z-3f9a1c').action(
    (id: string, options: Common) => accept(id, context(options)),
  );
  verb(
    'jobs [environment]',
    'what waits, what runs and what ran',
    'dbbackup jobs shop',
    'dbbackup jobs shop --follow',
    'dbbackup jobs --follow 20261120T020000Z-81b2d0',
  )
    .option('--follow [job]', 'show its progress until it ends, and end as it does; without a name: the one that runs')
    .option('--limit <number>', 'how many of those that ran', readLimit, 50)
    .action((name: string | undefined, options: Common & JobsOptions) => jobs(name, options, context(options)));
  verb(
    'status [environment]',
    'how everything stands, for people and for monitoring',
    'dbbackup status',
    'dbbackup status shop --json',
    'dbbackup status --problems',
  )
    .option('--problems', 'list only what is not ok')
    .addHelpText('after', STATUS_HELP)
    .action(async (name: string | undefined, options: Common & { problems?: boolean }) => {
      status = await standing(name, options, context(options));
    });
  verb('logs <job>', 'everything a job wrote down', 'dbbackup logs 20261120T020000Z-81b2d0').action(
    (id: string, options: Common) => logs(id, context(options)),
  );
  verb(
    'cancel <job>',
    'end a running job, or take a waiting one off the queue',
    'dbbackup cancel 20261120T020000Z-81b2d0',
  ).action((id: string, options: Common) => cancel(id, context(options)));
  verb('check <environment>', 'prove that the stored backups are sound', 'dbbackup check shop --read-data')
    .option('--read-data', 'read every stored byte', false)
    .action((name: string, options: Common & { readData: boolean }) => check(name, options, context(options)));
  verb('prune <environment>', 'free what removed backups held', 'dbbackup prune shop').action(
    (name: string, options: Common) => prune(name, context(options)),
  );
  verb('reconcile', 'make the catalog say what the repositories hold', 'dbbackup reconcile').action((options: Common) =>
    reconcile(context(options)),
  );
  verb(
    'export-key <environment>',
    'the key that opens the repository with plain restic',
    'dbbackup export-key shop',
  ).action((name: string, options: Common) => exportKey(name, context(options)));
  verb(
    'import-key <environment>',
    'give a repository its exported key back',
    'dbbackup import-key shop < shop.key',
  ).action(async (name: string, options: Common) => importKey(name, await parts.readStdin(), context(options)));
  addScheduleVerb(program, parts.output, () => new Date());

  await program.parseAsync(argv, { from: 'user' });
  return status;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new AddonError('request-invalid', `${JSON.stringify(text)} is not a whole number above 0`);
}

function exitStatuses(): string {
  const rows = Object.entries(ERRORS).map(([code, facts]) => `  ${String(facts.exit).padStart(3)}  ${code}`);
  return `\nExit statuses:\n    0  done\n${rows.join('\n')}\n`;
}
