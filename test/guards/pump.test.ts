import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localMachine } from '../../addon/machines/local.ts';
import type { Expectation } from '../../addon/machines/machine.ts';
import { pump } from '../../addon/machines/pump.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pump-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Pumps what a shell script says into a consumer that notes when it has seen end-of-file. */
async function pumped(script: string, expectation: Expectation, read = 'cat >"$1/read"; : >"$1/end-of-file"') {
  const outcome = await localMachine({ home }).pump({
    producer: { argv: ['sh', '-c', script] },
    consumer: { argv: ['sh', '-c', read, 'sh', home] },
    expect: expectation,
  });
  return { ...outcome, sawTheEnd: existsSync(join(home, 'end-of-file')) };
}
const withheld = (verdict: string) => ({ verdict, sawTheEnd: false });

describe('the pump', () => {
  test('passes a whole stream on, and end-of-file after it', async () => {
    const expectation = { endMarker: 'END', bytes: 9, complaint: 'error' };
    const outcome = await pumped('echo data; echo END; echo fine >&2', expectation);
    expect(outcome).toMatchObject({ verdict: 'complete', bytes: 9, sawTheEnd: true });
    expect(readFileSync(join(home, 'read'), 'utf8')).toBe('data\nEND\n');
  });

  test('withholds end-of-file when the dump ended with another exit status than 0', async () => {
    expect(await pumped('echo data; echo END; exit 3', { endMarker: 'END' })).toMatchObject(
      withheld('producer-failed'),
    );
  });

  test('withholds end-of-file when the end marker is missing', async () => {
    expect(await pumped('echo data', { endMarker: 'END' })).toMatchObject(withheld('end-marker-missing'));
  });

  test('withholds end-of-file when the dump complained on stderr, though it ended with 0', async () => {
    const outcome = await pumped('echo data; echo "Error 2013: gone" >&2', { complaint: 'error' });
    expect(outcome).toMatchObject(withheld('producer-complained'));
  });

  test('withholds end-of-file when the stream has not the exact length', async () => {
    for (const bytes of [4, 6]) expect(await pumped('echo data', { bytes })).toMatchObject(withheld('wrong-length'));
  });

  test('withholds end-of-file from an empty dump, unless it may be empty', async () => {
    expect(await pumped(':', {})).toMatchObject(withheld('empty'));
    expect(await pumped(':', { mayBeEmpty: true })).toMatchObject({ verdict: 'complete', sawTheEnd: true });
  });

  test('does not call a stream complete that its consumer has not read to the end', async () => {
    const outcome = await pumped(
      'head -c 30000 /dev/zero',
      {},
      'head -c 100 >/dev/null; until [ -e /proc/$PPID/cwd/passed ]; do sleep 0.05; done',
    );
    expect(outcome.verdict).toBe('consumer-failed');
  });

  test('believes nothing but a whole report', async () => {
    const report = (end: string) => async (_: string, text: (session: { id: string; shell: string }) => string) => {
      text({ id: 'id', shell: '/bin/sh' });
      return { exitCode: 0, stdout: `id verdict complete 5 0 0\nid said \nid answer \nid words \n${end}`, stderr: '' };
    };
    const pipeline = { producer: { argv: ['a'] }, consumer: { argv: ['b'] }, expect: {} };
    expect(await pump(report('id end\n'), pipeline, {})).toMatchObject({ verdict: 'complete' });
    await expect(pump(report(''), pipeline, {})).rejects.toMatchObject({ code: 'connection-lost' });
  });
});
