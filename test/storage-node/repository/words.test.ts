import { describe, expect, test } from 'vitest';
import { readSummary, writeArguments } from '../../../storage-node/repository/commands.ts';
import { explainFailure } from '../../../storage-node/repository/explain.ts';

describe('a failure of restic', () => {
  test.for([
    ['storage-full', 'Fatal: unable to save snapshot: write /share/data/aa/tmp: no space left on device'],
    ['storage-full', 'Save(<data/1f2e>) returned error, retrying after 5s: Disk quota exceeded'],
    ['repository-locked', 'Fatal: unable to create lock in backend: repository is already locked exclusively by PID 1'],
    ['key-missing', 'Fatal: wrong password or no key found'],
    ['connection-lost', 'Fatal: unable to open repository: stat config: transport endpoint is not connected'],
    ['connection-lost', 'subprocess ssh: Connection closed\nFatal: unable to open repository: EOF, connection lost'],
    [
      'repository-missing',
      'Fatal: unable to open config file: stat x\nIs there a repository at the following location?',
    ],
    ['repository-damaged', 'Fatal: Load(<index/1f>): ciphertext verification failed'],
    ['repository-damaged', 'Load(<data/1f2e>, 0, 0) returned error: invalid data returned'],
    ['storage-failed', 'panic: something that nobody has seen before'],
    ['storage-failed', ''],
  ] as const)('is %s when it says %j', ([code, stderr]) => {
    expect(explainFailure({ exitCode: 1, stderr })).toMatchObject({ code });
  });

  test.for([
    [10, 'repository-missing'],
    [11, 'repository-locked'],
    [12, 'key-missing'],
    [3, 'storage-failed'],
    [137, 'storage-failed'],
  ] as const)('with exit status %i of a newer restic is %s', ([exitCode, code]) => {
    expect(explainFailure({ exitCode, stderr: '' })).toMatchObject({ code });
  });

  test('is told with the last words', () => {
    const error = explainFailure({
      exitCode: 1,
      stderr: 'open\nFatal: the moon is in the way\n\ngoroutine 1 [running]\n',
    });
    expect(error.message).toBe('restic failed (restic ended with exit status 1: the moon is in the way)');
  });
});

describe('the summary of restic', () => {
  const summary = { message_type: 'summary', snapshot_id: '3f9a1c77', total_bytes_processed: 12, data_added: 7 };

  test('is found among its other lines', () => {
    const stdout = `{"message_type":"status"}\nplain words\n${JSON.stringify(summary)}\n`;
    expect(readSummary(stdout)).toEqual({ snapshot: '3f9a1c77', bytes: 12, storedBytes: 7 });
  });

  test('prefers what is stored to what was given', () => {
    expect(readSummary(JSON.stringify({ ...summary, data_added_packed: 3 })).storedBytes).toBe(3);
  });

  test.for(['', '{"message_type":"status"}', '{"message_type":"summary","total_bytes_processed":1}', '{"message_ty'])(
    'is not taken for granted: %j',
    (stdout) => {
      expect(() => readSummary(stdout)).toThrow(expect.objectContaining({ code: 'dump-failed' }));
    },
  );
});

describe('the arguments of a writer', () => {
  const request = {
    environment: 'shop',
    backup: '1',
    role: { kind: 'database', name: 'a,b' },
    engine: 'redis',
  } as const;

  test('hold no key and no splitting tag', () => {
    const argv = writeArguments({ ...request, file: '0.rdb' });
    expect(argv).toEqual(expect.arrayContaining(['--password-file', '/dev/fd/3', 'part=a%2Cb', '--no-cache']));
  });

  test.for(['', 'a/b', '../x', 'a\0b'])('refuse the file name %j', (file) => {
    expect(() => writeArguments({ ...request, file })).toThrow(/path/);
  });
});
