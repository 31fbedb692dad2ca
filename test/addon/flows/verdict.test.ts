import { expect, test } from 'vitest';
import { dumpFailure, lastWords, schemaChanged } from '../../../addon/flows/verdict.ts';
import type { PipelineOutcome, Verdict } from '../../../addon/machines/machine.ts';

const outcome = (verdict: Verdict, stderr = ''): PipelineOutcome => ({
  verdict,
  bytes: 12,
  producer: { exitCode: 2, stderr },
  consumer: { exitCode: 0, stdout: '', stderr: '' },
});

test.each([
  ['producer-failed', 'dump-failed'],
  ['producer-complained', 'dump-failed'],
  ['end-marker-missing', 'dump-incomplete'],
  ['wrong-length', 'dump-incomplete'],
  ['empty', 'dump-incomplete'],
] as const)('the verdict %s is the failure %s and names the part', (verdict, code) => {
  const failure = dumpFailure('shop', outcome(verdict));
  expect(failure?.code).toBe(code);
  expect(failure?.message).toContain('shop');
});

test.each(['complete', 'consumer-failed'] as const)('the verdict %s is not the dump’s fault', (verdict) => {
  expect(dumpFailure('shop', outcome(verdict))).toBeUndefined();
});

test('the message holds the last words of the dump program', () => {
  expect(dumpFailure('shop', outcome('producer-failed', 'one\n\ntwo\n'))?.message).toContain('one | two');
  expect(lastWords('')).toBe('it said nothing');
});

test('a changed schema is seen by the engine’s own pattern only', () => {
  expect(schemaChanged('error 1412', outcome('producer-failed', 'Error 1412: x'))).toBe(true);
  expect(schemaChanged(undefined, outcome('producer-failed', 'Error 1412: x'))).toBe(false);
});
