import type { Access, Dumpable, DumpPlan, Engine, Probe, Server, StoredPart } from '../../addon/engines/engine.ts';
import type { Machine, PipelineOutcome } from '../../addon/machines/machine.ts';
import { AddonError } from '../../storage-node/base/errors.ts';

const folder = '/tmp/engine-contract';
let files = 0;

/** A backup as files on the host. Each part's file can be cut short to see what a restore makes of it. */
export interface FileBackup {
  readonly version: string;
  readonly parts: readonly (StoredPart & { readonly file: string })[];
  readonly warnings: readonly string[];
}

/** What one operation of an engine gets, as the flows give it. */
export function serverOf(machine: Machine, access: Access, signal: AbortSignal = new AbortController().signal): Server {
  return { machine, access, signal, tell: () => undefined, log: () => undefined };
}

/** Dumps one part into `consumer`, as the backup flow does with restic. */
export async function dumpInto(
  engine: Engine,
  server: Server,
  part: Dumpable,
  shell: string,
): Promise<PipelineOutcome & Pick<DumpPlan, 'counts'>> {
  return await pumpPlan(await engine.dump(server, part), server, shell);
}

/** Does what a plan says, into a shell script. */
export async function pumpPlan(
  { command, expect, counts }: DumpPlan,
  server: Server,
  shell: string,
): Promise<PipelineOutcome & Pick<DumpPlan, 'counts'>> {
  const consumer = { argv: ['sh', '-ec', shell] };
  const outcome = await server.machine.pump({ producer: command, consumer, expect }, { signal: server.signal });
  return { ...outcome, counts };
}

/** Probes, counts and dumps every part, or the ones that `wanted` takes. Throws when one of them is not complete. */
export async function takeBackup(
  engine: Engine,
  server: Server,
  wanted: (part: Dumpable) => boolean = () => true,
): Promise<FileBackup> {
  const probe: Probe = await engine.probe(server);
  const parts: FileBackup['parts'][number][] = [];
  for (const part of probe.parts.filter(wanted)) {
    files += 1;
    const file = `${folder}/part-${files}`;
    const { counts, ...outcome } = await dumpInto(engine, server, part, `umask 077; mkdir -p ${folder}; cat >${file}`);
    if (outcome.verdict !== 'complete')
      throw new Error(`dump of ${part.name}: ${outcome.verdict}: ${outcome.producer.stderr}${outcome.consumer.stderr}`);
    const stored = { ...part, file, counts, bytes: outcome.bytes };
    parts.push({ ...stored, pourInto: pourFrom(server, stored, ['cat', file]) });
  }
  return { version: probe.version, warnings: probe.warnings, parts };
}

/** A part's way back from any producer, held to the part's length. */
export function pourFrom(
  server: Server,
  part: { readonly name: string; readonly bytes: number },
  producer: readonly string[],
): StoredPart['pourInto'] {
  return async (consumer) => {
    const pipeline = { producer: { argv: producer }, consumer, expect: { bytes: part.bytes, mayBeEmpty: true } };
    const outcome = await server.machine.pump(pipeline, { signal: server.signal });
    const { stdout, stderr } = outcome.consumer;
    if (outcome.verdict === 'complete') return { stdout, stderr };
    throw new AddonError('restore-failed', `part ${part.name}: ${outcome.verdict}: ${stderr.slice(-2000)}`);
  };
}

/** The backup with every part's stream cut in the middle, while its recorded length stays. */
export function truncated(server: Server, backup: FileBackup): FileBackup {
  const parts = backup.parts.map((part) => {
    const half = ['head', '-c', `${Math.floor(part.bytes / 2)}`, part.file];
    return { ...part, pourInto: pourFrom(server, part, half) };
  });
  return { ...backup, parts };
}

/** The backup with streams that begin and then never end. */
export function stalled(server: Server, backup: FileBackup): FileBackup {
  const parts = backup.parts.map((part) => {
    const argv = ['sh', '-c', 'head -c "$1" "$2"; exec sleep 3600', 'sh', `${Math.floor(part.bytes / 2)}`, part.file];
    return { ...part, pourInto: pourFrom(server, part, argv) };
  });
  return { ...backup, parts };
}
