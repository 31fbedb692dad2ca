import { AddonError } from '../../storage-node/base/errors.ts';
import type { Part } from '../../storage-node/base/words.ts';
import type { Dumpable, Probe } from '../engines/engine.ts';
import type { Job } from '../jobs/job.ts';
import { type Planner, planAhead } from './plan-ahead.ts';
import { progressOf } from './progress.ts';
import type { Rooms } from './rooms.ts';
import { sideBySide } from './side-by-side.ts';
import { openStore, type Store } from './store.ts';
import type { Target } from './target.ts';
import { dumpFailure, schemaChanged } from './verdict.ts';

const ATTEMPTS = 3;
/** Two programs a part are busy at once, and masters are small. */
const PARTS_AT_ONCE = 2;

interface Saving {
  readonly backup: string;
  readonly target: Target;
  readonly plan: Planner;
  readonly store: Store;
  readonly rooms: Rooms;
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number) => void;
}

/** Streams every part that the probe finds into the repository. When it answers, the share is fenced and its files are sealed. */
export async function savedParts(
  backup: string,
  probing: Promise<Probe>,
  target: Target,
  rooms: Rooms,
  job: Job,
): Promise<{ readonly parts: readonly Part[]; readonly transport: 'mount' | 'channel' }> {
  const wanted = { environment: target.configuration.environment.name, mode: 'write' } as const;
  const atOnce = target.engine.abilities.partsInParallel ? PARTS_AT_ONCE : 1;
  const plan = planAhead(target, probing, atOnce);
  await using store = await openStore(target, wanted, rooms, job.signal);
  const { attachment } = store;
  job.log(`the storage is reached by ${attachment.transport}`);
  const probe = await probing;
  const moved = progressOf(job);
  const saving = { backup, target, plan, store, rooms, job };
  const parts = await sideBySide(
    probe.parts,
    atOnce,
    AbortSignal.any([job.signal, attachment.lost]),
    (part, index, signal) => {
      job.tell(`dumping ${part.name} (${index + 1} of ${probe.parts.length})`);
      return savePart(part, { ...saving, signal, progress: (bytes) => moved(index, bytes) });
    },
  ).catch((thrown: unknown) => {
    throw store.share.trouble() ?? thrown;
  });
  return { parts, transport: attachment.transport };
}

/** Dumps one part; a schema that changes under the dump is tried again. */
async function savePart(part: Dumpable, saving: Saving): Promise<Part> {
  for (let attempt = 1; ; attempt++) {
    const saved = await tryPart(part, saving).catch(changedUnderCount);
    if (saved !== 'schema-changed') return saved;
    if (attempt === ATTEMPTS) {
      throw new AddonError('dump-changed', `tables of ${part.name} were altered during each of ${ATTEMPTS} dumps`);
    }
    saving.job.log(`tables of ${part.name} were altered during the dump; dumping again`);
  }
}

/** A table that goes while it is counted is the same as one that goes while it is dumped. */
function changedUnderCount(thrown: unknown): 'schema-changed' {
  if (thrown instanceof AddonError && thrown.code === 'dump-changed') return 'schema-changed';
  throw thrown;
}

async function tryPart(part: Dumpable, saving: Saving): Promise<Part | 'schema-changed'> {
  const { target, rooms, signal } = saving;
  const began = performance.now();
  const file = `${encodeURIComponent(part.name)}.${part.extension}`;
  const plan = await saving.plan(part);
  await using link = await saving.store.attachment.link();
  const writer = rooms.storage.writer({
    environment: target.configuration.environment.name,
    backup: saving.backup,
    engine: target.engine.name,
    part,
    file,
  });
  const outcome = await target.machine.pump(
    {
      producer: plan.command,
      consumer: {
        argv: [saving.store.restic, ...link.repositoryArguments, ...writer.arguments],
        secrets: [writer.secret],
        directory: link.directory,
        environment: link.environment,
      },
      expect: plan.expect,
    },
    { signal, onProgress: (bytes) => saving.progress(bytes) },
  );
  if (outcome.verdict !== 'complete' && schemaChanged(plan.changed, outcome)) return 'schema-changed';
  const failure = dumpFailure(part.name, outcome);
  if (failure !== undefined) throw failure;
  if (outcome.verdict !== 'complete') throw rooms.storage.explainFailure(outcome.consumer);
  if (outcome.producer.stderr.trim() !== '') saving.job.log(`${part.name}: ${outcome.producer.stderr.trim()}`);
  const summary = rooms.storage.readSummary(outcome.consumer.stdout);
  if (summary.bytes !== outcome.bytes) {
    throw new AddonError(
      'dump-incomplete',
      `${part.name}: ${outcome.bytes} bytes were dumped, ${summary.bytes} were stored`,
    );
  }
  saving.progress(outcome.bytes);
  const seconds = Math.round(performance.now() - began) / 1000;
  return { name: part.name, kind: part.kind, file, ...summary, seconds, counts: plan.counts };
}
