import { describe, expect, test } from 'vitest';
import type { Expectation, PumpLimits } from '../../addon/machines/machine.ts';
import { countOf, type MachineTrial } from './machine.ts';

/** What a pipeline promises: end-of-file only for what is whole. The consumer writes down that it saw it. */
export function pumpContract(trialOf: () => MachineTrial): void {
  const pump = (producer: string, consumer: string, expected: Expectation = {}, limits: PumpLimits = {}) =>
    trialOf().machine.pump(
      { producer: { argv: ['sh', '-c', producer] }, consumer: { argv: ['sh', '-c', consumer] }, expect: expected },
      limits,
    );
  const sawEnd = 'cat; echo END';
  const states = async () => (await trialOf().look('ls /dev/shm | grep dbbackup || true')).split('\n').filter(Boolean);

  describe('a pipeline', () => {
    test('is complete when the producer ended well, and hands both programs’ words back', async () => {
      const outcome = await pump('printf abc; echo said >&2', 'cat; echo " END"; echo heard >&2');
      expect(outcome).toEqual({
        verdict: 'complete',
        bytes: 3,
        producer: { exitCode: 0, stderr: 'said\n' },
        consumer: { exitCode: 0, stdout: 'abc END\n', stderr: 'heard\n' },
      });
    });

    const bad: readonly [string, string, string, Expectation][] = [
      ['producer-failed', 'a producer that fails', 'printf abc; exit 3', {}],
      ['producer-failed', 'a producer that is killed', 'printf abc; kill -KILL $$', {}],
      ['producer-failed', 'a failure after the end marker', 'echo -- done; exit 2', { endMarker: '-- done' }],
      [
        'producer-complained',
        'words that are an error',
        'printf abc; echo "ERROR 7: x" >&2',
        { complaint: '^(error|fatal) ' },
      ],
      ['producer-complained', 'an expression that is none', 'printf abc', { complaint: '(' }],
      ['end-marker-missing', 'a stream without its end marker', 'echo done', { endMarker: '-- done' }],
      [
        'end-marker-missing',
        'an end marker too far from the end',
        'echo -- done; head -c 5000 /dev/zero',
        { endMarker: '-- done' },
      ],
      ['wrong-length', 'a stream too short', 'printf abc', { bytes: 4 }],
      ['wrong-length', 'a stream too long', 'printf abc', { bytes: 2 }],
      ['empty', 'an empty stream', 'true', {}],
    ];
    test.each(bad)(
      'is %s for %s, and its consumer is killed before end-of-file',
      async (verdict, _, producer, expected) => {
        const outcome = await pump(producer, sawEnd, expected);
        expect(outcome.verdict).toBe(verdict);
        expect(outcome.consumer.exitCode).toBe(137);
        expect(outcome.consumer.stdout).not.toContain('END');
      },
    );

    const good: readonly [string, string, Expectation][] = [
      [
        'an end marker in the last 4 KiB',
        'echo -- done; head -c 4000 /dev/zero | tr "\\0" x',
        { endMarker: '-- done' },
      ],
      ['the exact length', 'head -c 3000000 /dev/zero | tr "\\0" x', { bytes: 3_000_000 }],
      ['harmless words', 'printf abc; echo "warning: error-free" >&2', { complaint: '^error' }],
      ['an empty stream that may be', 'true', { mayBeEmpty: true, endMarker: 'done' }],
    ];
    test.each(good)('is complete with %s', async (_, producer, expected) => {
      const outcome = await pump(producer, sawEnd, expected);
      expect(outcome.verdict).toBe('complete');
      expect(outcome.consumer.stdout).toMatch(/END\n$/);
    });

    test.each([
      ['fails', 'cat >/dev/null; exit 4', 4],
      ['ends before the end', 'head -c 2 >/dev/null; exit 0', 0],
      ['reads nothing', 'exit 0', 0],
    ])('is consumer-failed when the consumer %s', async (_, consumer, exitCode) => {
      const outcome = await pump('printf abc', consumer);
      expect(outcome.verdict).toBe('consumer-failed');
      expect(outcome.consumer.exitCode).toBe(exitCode);
    });

    test('does not wait for a silent producer when the consumer has ended', async () => {
      const began = Date.now();
      expect((await pump('printf abc; sleep 65', 'exit 5')).verdict).toBe('consumer-failed');
      expect(Date.now() - began).toBeLessThan(20_000);
      expect(await countOf(trialOf(), 'sleep 65')).toBe(0);
    });

    test('keeps the last 64 KiB of what the producer says, however much it is', async () => {
      const outcome = await pump(
        'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); printf "%0100d\\n" $i >&2; done; echo x',
        'cat',
      );
      expect(outcome.verdict).toBe('complete');
      expect(outcome.producer.stderr).toHaveLength(65_536);
      expect(outcome.producer.stderr.trim().endsWith('3000')).toBe(true);
    });

    test('tells how far it is while it runs', async () => {
      const told: number[] = [];
      const { bytes } = await pump(
        'for i in 1 2 3; do head -c 1000000 /dev/zero; sleep 1; done',
        'cat >/dev/null',
        {},
        {
          onProgress: (passed) => told.push(passed),
        },
      );
      expect(bytes).toBe(3_000_000);
      expect(told.length).toBeGreaterThanOrEqual(2);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(told[0]).toBeGreaterThanOrEqual(1_000_000);
    });

    test('runs each program where it is told, with its own secrets', async () => {
      const { machine } = trialOf();
      const { consumer } = await machine.pump({
        producer: { argv: ['sh', '-c', 'pwd; cat /dev/fd/3'], directory: '/usr/lib', secrets: ['one'] },
        consumer: {
          argv: ['sh', '-c', 'cat; pwd; cat /dev/fd/3; echo $X'],
          directory: '/usr',
          secrets: ['two'],
          environment: { X: 'y' },
        },
        expect: {},
      });
      expect(consumer.stdout).toBe('/usr/lib\none/usr\ntwoy\n');
    });

    test('has ended both programs, without end-of-file, before the abort is said', async () => {
      const stop = new AbortController();
      const run = pump('trap "" TERM; printf abc; sleep 66', 'cat; sleep 66', {}, { signal: stop.signal });
      run.catch(() => undefined); // looked at below
      await expect.poll(() => countOf(trialOf(), 'sleep 66'), { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
      stop.abort(new Error('stop'));
      await expect(run).rejects.toThrow('stop');
      expect(await countOf(trialOf(), 'sleep 66')).toBe(0);
      expect(await countOf(trialOf(), 'printf abc')).toBe(0);
    });

    test('leaves no file behind', async () => {
      const before = await states();
      await pump('echo x', 'cat');
      await pump('exit 1', 'cat');
      // Other tests may pump on this machine at the same time; theirs come and go.
      const added = async () => (await states()).filter((name) => !before.includes(name));
      await expect.poll(added, { timeout: 20_000 }).toEqual([]);
    });
  });
}
