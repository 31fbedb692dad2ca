import { describe, expect, it } from 'vitest';
import { type Figure, median, middleOf } from '../../../scripts/benchmark/figures.ts';
import { readOptions } from '../../../scripts/benchmark/options.ts';
import { stepsOfLog } from '../../../scripts/benchmark/product.ts';
import { engineReport } from '../../../scripts/benchmark/report.ts';
import { verdictsOf } from '../../../scripts/benchmark/targets.ts';

const MEBIBYTE = 1024 * 1024;

function figure(given: Partial<Figure>): Figure {
  return {
    engine: 'mariadb',
    run: 1,
    action: 'first backup',
    flow: 'usual',
    seconds: 10,
    masterBytes: 0,
    diskBytes: 0,
    daemonBytes: 0,
    newBytes: 100,
    steps: {},
    ...given,
  };
}

describe('the figures of the bench', () => {
  it('are the medians of all runs', () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([4, 1, 9, 6])).toBe(5);
    const figures = [30, 10, 20].map((seconds, at) => figure({ run: at, seconds, newBytes: seconds * 7 }));
    const middle = middleOf([...figures, figure({ seconds: 1000, flow: 'mount' })]);
    expect(middle('mariadb', 'first backup', 'usual')).toMatchObject({ run: 2, seconds: 20, newBytes: 140 });
    expect(middle('postgresql', 'first backup', 'usual')).toBeUndefined();
  });

  it('are held against the targets, each by its own measure', () => {
    const action = 'after a day, in one range';
    const verdicts = (ours: Partial<Figure>) => {
      const middle = middleOf([
        figure({ action }),
        figure({ action, flow: 'mount', seconds: 2, newBytes: 20, ...ours }),
      ]);
      return verdictsOf('mariadb', 'mount', middle)
        .filter(({ reached }) => !reached)
        .map(({ subject }) => subject);
    };
    expect(verdicts({})).toEqual([]);
    expect(verdicts({ seconds: 2.6 })).toEqual(['time of a backup after a day, in one range']);
    expect(verdicts({ newBytes: 21 })).toEqual(['new bytes after a day, in one range']);
    expect(verdicts({ daemonBytes: 151 * MEBIBYTE })).toEqual(['peak memory of the daemon']);
    expect(verdicts({ diskBytes: 2 * MEBIBYTE })).toEqual(["dump bytes on the master's disk"]);
    expect(verdictsOf('mariadb', 'channel', middleOf([figure({})]))).toEqual([]);
  });

  it('stand in the table with their ratio to the usual flow, and missed targets say so', () => {
    const middle = middleOf([figure({}), figure({ flow: 'mount', seconds: 5, steps: { pouring: 4.5 } })]);
    const report = engineReport('mariadb', 25e6, middle);
    expect(report).toContain('mariadb: a dump of 25.0 MB');
    expect(report).toMatch(/first backup, \(c\) ours, mount +5\.00 +0\.50 /);
    expect(report).toContain('first backup, (c) ours, mount: pouring 4.50');
    expect(report).toMatch(/mount: time of the first backup +≤ 0\.40 × usual +0\.50 × +missed/);
  });
});

describe('the steps of a job', () => {
  it('take from one dated line of its log to the next, and the last one to its end', () => {
    const log = [
      '2026-11-20T10:00:00.000Z connecting',
      '2026-11-20T10:00:01.500Z dumping shop',
      'a line without a date',
      '2026-11-20T10:00:03.000Z checking on the storage',
    ].join('\n');
    expect(stepsOfLog(log, '2026-11-20T10:00:03.250Z')).toEqual({
      connecting: 1.5,
      'dumping shop': 1.5,
      'checking on the storage': 0.25,
    });
  });
});

describe('the command line of the bench', () => {
  it('measures both engines once on medium data unless told otherwise', () => {
    expect(readOptions([])).toMatchObject({ size: 'medium', engines: ['mariadb', 'postgresql'], runs: 1 });
    expect(readOptions(['--size', 'small', '--engine', 'mariadb', '--runs', '3'])).toMatchObject({
      bytes: 20e6,
      engines: ['mariadb'],
      runs: 3,
    });
  });

  it.for([
    [['--size', 'huge'], 'small, medium or large'],
    [['--size', 'toString'], 'small, medium or large'],
    [['--engine', 'redis'], 'mariadb or postgresql'],
    [['--transport', 'ftp'], 'mount or channel'],
    [['--runs', '0'], '1 to 99'],
    [['--fast'], '--fast'],
  ] as const)('refuses %s', ([argv, message]) => {
    expect(() => readOptions(argv)).toThrow(message);
  });
});
