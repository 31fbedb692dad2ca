import { describe, expect, test } from 'vitest';
import { AddonError, ERRORS, reportOf, toAddonError } from '../../../storage-node/base/errors.ts';

const rows = Object.entries(ERRORS);

describe('the error catalogue', () => {
  test('gives each code an exit status of its own that a shell does not use itself', () => {
    const statuses = rows.map(([, facts]) => facts.exit);
    expect(new Set(statuses).size).toBe(statuses.length);
    expect(statuses.filter((status) => status < 2 || status > 125)).toEqual([]);
  });

  test('answers with statuses of failure only', () => {
    expect(rows.filter(([, facts]) => facts.http < 400 || facts.http > 599)).toEqual([]);
  });

  test('says what to do in a sentence', () => {
    expect(rows.filter(([, facts]) => !/^[a-z].{15,}\.$/.test(facts.hint))).toEqual([]);
  });

  test('answers a second job of the same environment with 422', () => {
    expect(ERRORS['job-running'].http).toBe(422);
  });
});

describe('an error of ours', () => {
  test('takes the hint of its code', () => {
    const error = new AddonError('backup-unknown', 'backup x is not listed');
    expect(error.hint).toBe(ERRORS['backup-unknown'].hint);
    expect(error.facts).toBe(ERRORS['backup-unknown']);
  });

  test('prefers the hint of the place that failed', () => {
    expect(new AddonError('node-tools', 'no restic', { hint: 'install restic.' }).hint).toBe('install restic.');
  });

  test('keeps its cause for the log and out of its report', () => {
    const cause = new Error('ECONNREFUSED 10.0.0.5');
    const error = new AddonError('node-unreachable', 'cannot open a session', { cause });
    expect(error.cause).toBe(cause);
    expect(reportOf(error)).toEqual({
      code: 'node-unreachable',
      message: 'cannot open a session',
      hint: ERRORS['node-unreachable'].hint,
    });
  });

  test('has no cause where none was given', () => {
    expect('cause' in new AddonError('bug', 'x')).toBe(false);
  });
});

describe('a thrown value', () => {
  test('that is ours stays what it is', () => {
    const error = new AddonError('job-cancelled', 'stopped');
    expect(toAddonError(error)).toBe(error);
  });

  test('that is an abort becomes its reason', () => {
    const reason = new AddonError('job-timeout', 'took too long');
    const abort = new Error('aborted', { cause: reason });
    abort.name = 'AbortError';
    expect(toAddonError(abort)).toBe(reason);
  });

  test.for([
    ['an error', new TypeError('x is undefined'), 'x is undefined'],
    ['a text', 'broken', 'broken'],
    ['nothing', undefined, 'undefined'],
    ['an abort without a reason of ours', Object.assign(new Error('aborted'), { name: 'AbortError' }), 'aborted'],
  ] as const)('that is %s is a fault of ours', ([, thrown, message]) => {
    const error = toAddonError(thrown);
    expect([error.code, error.message, error.cause]).toEqual(['bug', message, thrown]);
  });
});
