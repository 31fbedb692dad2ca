import { describe, expect, test } from 'vitest';
import { createLog, type LogFields, silentLog } from '../../../storage-node/base/log.ts';
import { createRedactor } from '../../../storage-node/base/redact.ts';

function open() {
  const lines: string[] = [];
  const redactor = createRedactor();
  return { lines, redactor, log: createLog(redactor, (line) => lines.push(line)) };
}

describe('a log', () => {
  test('writes one JSON object a line, with level, time, message and fields', () => {
    const { log, lines } = open();
    log.info('backup begun', { environment: 'shop', bytes: 5 });
    log.warn('late');
    log.error('failed', { code: 'dump-failed' });
    expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
    const [info, ...others] = lines.map((line) => JSON.parse(line));
    expect(info).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      environment: 'shop',
      bytes: 5,
      msg: 'backup begun',
    });
    expect(others.map(({ level, code }) => [level, code])).toEqual([
      ['warn', undefined],
      ['error', 'dump-failed'],
    ]);
  });

  test('keeps a message of several lines on one', () => {
    const { log, lines } = open();
    log.info('first\nsecond');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  test('carries the fields it was given, without telling its origin', () => {
    const { log, lines } = open();
    const job = log.with({ job: 'j1' });
    job.with({ step: 'dumping' }).info('a');
    job.info('b');
    log.info('c');
    expect(lines.map((line) => JSON.parse(line)).map(({ job, step }) => [job, step])).toEqual([
      ['j1', 'dumping'],
      ['j1', undefined],
      [undefined, undefined],
    ]);
  });

  describe.for(['canary-1234', 'ca"na\'ry\\ $x', 'zwölf🔑Schlüssel'])('that knows the secret %s', (secret) => {
    const cause = new Error(`access denied (using password ${secret})`);
    const fields = (value: unknown) => value as LogFields;
    test.for([
      ['the message', (log: ReturnType<typeof open>['log']) => log.info(`dump said: ${secret}`)],
      ['a field', (log) => log.warn('x', { stderr: `-p${secret}` })],
      ['a key', (log) => log.warn('x', { [secret]: 1 })],
      ['a nested field', (log) => log.error('x', fields({ a: { b: [{ c: secret }] } }))],
      ['an error', (log) => log.error('x', fields({ err: cause }))],
      ['the cause of an error', (log) => log.error('x', fields({ err: new Error('failed', { cause }) }))],
      ['an error on its own', (log) => log.error('x', fields(cause))],
      ['a carried field', (log) => log.with({ step: secret }).info('x')],
      ['quoted JSON', (log) => log.info(`server: ${JSON.stringify({ secret })}`)],
      ['an address', (log) => log.info(`mongodb://u:${encodeURIComponent(secret)}@h/`)],
    ] as const satisfies readonly (readonly [string, (log: ReturnType<typeof open>['log']) => void])[])(
      'takes it out of %s',
      ([, write]) => {
        const { log, lines, redactor } = open();
        const control = open();
        redactor.learn(secret);
        write(log);
        write(control.log);
        const escaped = JSON.stringify(secret).slice(1, -1);
        const forms = [secret, escaped, JSON.stringify(escaped).slice(1, -1), encodeURIComponent(secret)];
        expect(forms.some((form) => control.lines.join('').includes(form))).toBe(true);
        expect(forms.filter((form) => lines.join('').includes(form))).toEqual([]);
        expect(lines.join('')).toContain('***');
        expect(() => JSON.parse(lines.join(''))).not.toThrow();
      },
    );
  });

  test('takes out a secret that it learned after it was opened, also in fields given before', () => {
    const { log, lines, redactor } = open();
    const job = log.with({ step: 'canary-1234' });
    redactor.learn('canary-1234');
    job.info('x');
    expect(lines.join('')).not.toContain('canary-1234');
  });
});

test('the silent log takes everything and answers itself', () => {
  expect(silentLog.with({ job: 'x' })).toBe(silentLog);
  expect(silentLog.info('x')).toBeUndefined();
});
