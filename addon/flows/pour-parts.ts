import { AddonError } from '../../storage-node/base/errors.ts';
import type { Backup, Part } from '../../storage-node/base/words.ts';
import type { RestoreReport, StoredPart } from '../engines/engine.ts';
import type { Job } from '../jobs/job.ts';
import type { Command } from '../machines/machine.ts';
import { progressOf } from './progress.ts';
import type { Rooms } from './rooms.ts';
import type { Store } from './store.ts';
import type { Target } from './target.ts';
import { lastWords } from './verdict.ts';

/** Streams the chosen parts of a backup into the database server, and makes sure that all of them came back. */
export async function pouredParts(
  backup: Backup,
  chosen: readonly Part[],
  target: Target,
  store: Store,
  rooms: Rooms,
  job: Job,
): Promise<RestoreReport> {
  const { machine, engine } = target;
  const { restic, attachment } = store;
  const signal = AbortSignal.any([job.signal, attachment.lost]);
  const moved = progressOf(job);
  const stored = chosen.map(
    (part): StoredPart => ({
      ...{ name: part.name, kind: part.kind, bytes: part.bytes, counts: part.counts },
      extension: part.file.slice(part.file.lastIndexOf('.') + 1),
      pourInto: (consumer) => pour(part, consumer),
    }),
  );
  const report = await engine.restore({ ...target.server, signal }, stored, { version: backup.serverVersion });
  signal.throwIfAborted();
  assertAllRestored(stored, report);
  return report;

  async function pour(part: Part, consumer: Command): Promise<{ stdout: string; stderr: string }> {
    const reader = rooms.storage.reader({ environment: backup.environment, snapshot: part.snapshot, file: part.file });
    await using link = await attachment.link();
    const outcome = await machine.pump(
      {
        producer: {
          argv: [restic, ...link.repositoryArguments, ...reader.arguments],
          secrets: [reader.secret],
          directory: link.directory,
          environment: link.environment,
        },
        consumer,
        expect: { bytes: part.bytes, mayBeEmpty: part.bytes === 0 },
      },
      { signal, onProgress: (bytes) => moved(chosen.indexOf(part), bytes) },
    );
    if (outcome.verdict === 'complete') return outcome.consumer;
    if (outcome.verdict !== 'consumer-failed') {
      const message = `part ${part.name} could not be read whole from the storage: ${lastWords(outcome.producer.stderr)}`;
      throw new AddonError('restore-failed', message);
    }
    const message = `the restore of ${part.name} failed with exit status ${outcome.consumer.exitCode}: ${lastWords(outcome.consumer.stderr)}`;
    throw new AddonError('restore-failed', message);
  }
}

function assertAllRestored(asked: readonly StoredPart[], report: RestoreReport): void {
  const absent = asked.filter((part) => !report.restored.includes(part.name));
  if (asked.length === 0) throw new AddonError('restore-mismatch', 'the backup holds no part that was asked for');
  // A database may be called `globals` too: every part is one name of the report.
  if (absent.length > 0 || report.restored.length < asked.length) {
    throw new AddonError('restore-mismatch', `not restored: ${absent.map((part) => part.name).join(', ')}`);
  }
}
