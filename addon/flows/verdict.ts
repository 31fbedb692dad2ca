import { AddonError } from '../../storage-node/base/errors.ts';
import type { PipelineOutcome } from '../machines/machine.ts';

const LAST_LINES = 3;

/** The last lines of what a program said, as one line for a message. */
export function lastWords(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines
      .filter((line) => line !== '')
      .slice(-LAST_LINES)
      .join(' | ') || 'it said nothing'
  );
}

/** Why a dump is not a backup; undefined when the producer did its part and the verdict is about the consumer. */
export function dumpFailure(part: string, outcome: PipelineOutcome): AddonError | undefined {
  const { verdict, producer } = outcome;
  switch (verdict) {
    case 'complete':
    case 'consumer-failed':
      return undefined;
    case 'producer-failed':
    case 'producer-complained':
      return new AddonError(
        'dump-failed',
        `the dump of ${part} failed with exit status ${producer.exitCode}: ${lastWords(producer.stderr)}`,
      );
    case 'end-marker-missing':
    case 'wrong-length':
      return new AddonError('dump-incomplete', `the dump of ${part} was cut off after ${outcome.bytes} bytes`);
    case 'empty':
      return new AddonError('dump-incomplete', `the dump of ${part} was empty: ${lastWords(producer.stderr)}`);
  }
}

/** Whether the dump program said that tables changed under it. */
export function schemaChanged(pattern: string | undefined, outcome: PipelineOutcome): boolean {
  return pattern !== undefined && new RegExp(pattern, 'i').test(outcome.producer.stderr);
}
