// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
import type { Guard } from '../guard.ts';

const tested = (name: string, group = '') => ({ file: 'test/guards/flows.test.ts', name, group });
const ran = (name: string) => ({ file: 'test/addon/jobs/runner.test.ts', name });

/** What the flows and the jobs promise. */
export const flowGuards: readonly Guard[] = [
  {
    name: 'a verdict other than complete is no backup',
    file: 'addon/flows/save-parts.ts',
    text: '  if (failure !== undefined) throw failure;\n',
    without: '',
    test: tested('of a dump that failed is none, and nothing of it stays in the repository'),
  },
  {
    name: 'what was dumped and what was stored are equally long',
    file: 'addon/flows/save-parts.ts',
    text: '  if (summary.bytes !== outcome.bytes) {',
    without: '  if (summary.bytes < 0) {',
    test: tested('of which the storage holds less than was dumped is none'),
  },
  {
    name: 'every part has to come back',
    file: 'addon/flows/pour-parts.ts',
    text: '  assertAllRestored(stored, report);\n',
    without: '',
    test: tested('is not called done when the engine leaves a part out'),
  },
  {
    name: 'an install that fails takes back what it made',
    file: 'addon/flows/install.ts',
    text: '    if (created) await rooms.storage.removeEnvironment(environment.name);\n',
    without: '',
    test: tested('that cannot reach the storage leaves nothing of the environment'),
  },
  {
    name: 'an attempt that failed is discarded at once',
    file: 'addon/flows/backup.ts',
    text: 'await storage.discard(request.environment, id).catch',
    without: 'await Promise.resolve().catch',
    test: tested('whose parts cannot be verified leaves no snapshot behind'),
  },
  {
    name: 'watchdog: a lost way ends the backup',
    file: 'addon/flows/save-parts.ts',
    text: 'AbortSignal.any([job.signal, attachment.lost])',
    without: 'job.signal',
    test: tested('is ended when the way to the storage is lost', 'a backup'),
  },
  {
    name: 'watchdog: a lost way ends the restore',
    file: 'addon/flows/pour-parts.ts',
    text: 'AbortSignal.any([job.signal, attachment.lost])',
    without: 'job.signal',
    test: tested('is ended when the way to the storage is lost', 'a restore'),
  },
  {
    name: 'exact length on restore',
    file: 'addon/flows/pour-parts.ts',
    text: 'expect: { bytes: part.bytes, mayBeEmpty: part.bytes === 0 }',
    without: 'expect: {}',
    test: tested('gives the engine no end of a stream that came short of the part’s length'),
  },
  {
    name: 'retention only after success',
    file: 'addon/flows/backup.ts',
    text: '  const taken = await takeBackup(target, request, rooms, job);\n',
    without: `  await rooms.storage.retain(request.environment, { count: configuration.keep }, rooms.clock());
  const taken = await takeBackup(target, request, rooms, job);
`,
    test: tested('is followed by the retention, a failed one is not'),
  },
  {
    name: 'a changed schema is dumped again',
    file: 'addon/flows/save-parts.ts',
    text: "  if (outcome.verdict !== 'complete' && schemaChanged(plan.changed, outcome)) return 'schema-changed';\n",
    without: '',
    test: tested('is dumped again', 'a schema that changes under the dump'),
  },
  {
    name: 'a schema that changes in each dump fails the backup',
    file: 'addon/flows/save-parts.ts',
    text: 'if (attempt === ATTEMPTS) {',
    without: 'if (attempt < 0) {',
    test: tested('fails the backup after three dumps, and none of them is a snapshot'),
  },
  {
    name: 'safety backup before a restore',
    file: 'addon/flows/restore.ts',
    text: 'request.safetyBackup ? await safetyBackup() : undefined',
    without: 'request.safetyBackup && request.backup === "" ? await safetyBackup() : undefined',
    test: tested('first takes a safety backup of what is there'),
  },
  {
    name: 'the failure of a restore names the safety backup',
    file: 'addon/flows/restore.ts',
    text: '{ hint: wayBack(error, safety), cause: error }',
    without: '{ hint: error.hint, cause: error }',
    test: tested('that fails names the safety backup and the command that brings it back'),
  },
  {
    name: 'same owner for backups of another environment',
    file: 'addon/flows/choose.ts',
    text: '  assertSameOwner(storage, request.environment, source);\n',
    without: '',
    test: tested('uses backups of another environment only where the owner is the same'),
  },
  {
    name: 'recovery: remains of interrupted jobs are taken away at start',
    file: 'addon/flows/recover.ts',
    text: '    await rooms.storage.reconcile(environment);\n',
    without: '',
    test: tested('takes away what the jobs that were interrupted left on the storage'),
  },
  {
    name: 'recovery: jobs of a dead daemon become interrupted',
    file: 'addon/jobs/runner.ts',
    text: 'const rows = store.interruptOthers(owner, clock().toISOString());',
    without: 'const rows: JobRow[] = [];',
    test: ran('what ran under a dead daemon is interrupted at the next start'),
  },
  {
    name: 'one job per environment',
    file: 'storage-node/catalog/migrations.ts',
    text: 'CREATE UNIQUE INDEX one_job_runs',
    without: 'CREATE INDEX one_job_runs',
    test: {
      file: 'test/storage-node/catalog/jobs.test.ts',
      name: 'run one at a time in an environment, and beside those of others',
    },
  },
  {
    name: 'a backup that was complete is not repeated',
    file: 'addon/flows/recover.ts',
    text: 'if (made !== undefined) settle(row.id, made);',
    without: '',
    test: tested('does not repeat a backup that was complete when the daemon ended'),
  },
  {
    name: 'one daemon per directory',
    file: 'storage-node/catalog/open.ts',
    text: 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 1;',
    without: 'PRAGMA user_version;',
    test: { file: 'test/storage-node/catalog/open.test.ts', name: 'has one holder at a time' },
  },
  {
    name: 'a request file is deleted once read',
    file: 'addon/cli/hook.ts',
    text: '    await rm(source, { force: true });\n',
    without: '',
    test: tested('is gone once it was read', 'a request file of a hook'),
  },
  {
    name: 'secrets are taken out of the logs of jobs',
    file: 'addon/jobs/logbook.ts',
    text: 'redactor.redact(`${clock().toISOString()} ${line}\\n`)',
    without: '`${clock().toISOString()} ${line}\\n`',
    test: ran('secrets never reach the log'),
  },
  {
    name: 'secrets are taken out of the daemon’s log',
    file: 'storage-node/base/log.ts',
    text: 'write(redactor.redact(line))',
    without: 'write(line)',
    test: {
      file: 'test/storage-node/base/log.test.ts',
      name: 'takes out a secret that it learned after it was opened',
    },
  },
  {
    name: 'secrets are known in the forms in which programs repeat them',
    file: 'storage-node/base/redact.ts',
    text: '\n          .add(inJson(form))\n          .add(inJson(inJson(form)));',
    without: ';',
    test: { file: 'test/storage-node/base/redact.test.ts', name: 'in JSON', group: 'takes out a secret' },
  },
];
