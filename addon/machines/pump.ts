import { AddonError } from '../../storage-node/base/errors.ts';
import type { Pipeline, PipelineOutcome, PumpLimits, Verdict } from './machine.ts';
import { pumpText } from './pump-text.ts';
import type { RunScript } from './shell-machine.ts';

const VERDICTS: readonly string[] = [
  'complete',
  'producer-failed',
  'producer-complained',
  'end-marker-missing',
  'wrong-length',
  'empty',
  'consumer-failed',
] satisfies Verdict[];
const MAX_BYTES = 16 * 1024 * 1024;

/** Runs a pipeline on a machine and believes nothing but a whole report with an end to it. */
export async function pump(script: RunScript, pipeline: Pipeline, limits: PumpLimits): Promise<PipelineOutcome> {
  const { maxBytes = MAX_BYTES, onProgress } = limits;
  const subject = `${pipeline.producer.argv[0]} | ${pipeline.consumer.argv[0]}`;
  let key = '';
  const onOutput = (text: string) => {
    for (const [, bytes] of text.matchAll(new RegExp(`^${key} progress (\\d+)$`, 'gm'))) onProgress?.(Number(bytes));
  };
  const { exitCode, stdout, stderr } = await script(
    subject,
    ({ id }) => {
      key = id;
      return pumpText(pipeline, { id, maxBytes, reportsProgress: onProgress !== undefined });
    },
    { limits: { ...limits, maxBytes: maxBytes * 2 + 1_048_576 }, ...(onProgress && { onOutput }) },
  );
  if (exitCode === 125)
    throw new AddonError('node-space', `no private place for the state of ${subject}: ${stderr.trim().slice(-300)}`);
  const report = new Map(
    stdout.split('\n').flatMap((line) => {
      const [, id, word = '', rest = ''] = /^(\w+) ([\w]+) ?(.*)$/.exec(line) ?? [];
      return id === key ? [[word, rest] as const] : [];
    }),
  );
  const [verdict = '', bytes, produced, consumed] = (report.get('verdict') ?? '').split(' ');
  if (exitCode !== 0 || !report.has('end') || !VERDICTS.includes(verdict))
    throw new AddonError('connection-lost', `${subject} ended without a verdict: ${stderr.trim().slice(-300)}`);
  const text = (name: string) => Buffer.from(report.get(name) ?? '', 'base64').toString();
  const answer = text('answer');
  if (Buffer.byteLength(answer) > maxBytes)
    throw new AddonError('bug', `${pipeline.consumer.argv[0]} said more than ${maxBytes} bytes`);
  return {
    verdict: verdict as Verdict,
    bytes: Number(bytes),
    producer: { exitCode: Number(produced), stderr: text('said') },
    consumer: { exitCode: Number(consumed), stdout: answer, stderr: text('words') },
  };
}
