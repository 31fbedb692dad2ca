import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextOccurrences, parseSchedule } from '../../../addon/schedule/schedule.ts';
import { readOptions } from '../../../scripts/benchmark/options.ts';
import { type Simulated, simulate } from '../../../scripts/benchmark/simulation.ts';
import { createLedger } from '../../../scripts/benchmark/simulation-ledger.ts';
import {
  recordSimulation,
  simulationReport,
  simulationVerdicts,
} from '../../../scripts/benchmark/simulation-report.ts';
import { mixedSchedule } from '../../../scripts/benchmark/simulation-schedules.ts';

const good: Simulated = {
  ...{ environments: 1000, days: 7, occurrences: 9000, ran: 8999, missing: 0, repeated: 0 },
  ...{ lateness95Seconds: 80, latenessMostSeconds: 200, mostAtOnce: 250 },
  ...{ cpuSecondsPerDay: 0.4, wallSeconds: 9, memoryBytes: 120e6 },
};
const large: Simulated = { ...good, environments: 10_000, cpuSecondsPerDay: 4.2 };

describe('a simulation', () => {
  it('runs every occurrence of mixed schedules exactly once, many of them due at the same moment', async () => {
    const simulated = await simulate({ environments: 100, days: 2 }, () => undefined);
    expect(simulated).toMatchObject({ missing: 0, repeated: 0 });
    expect(simulated.occurrences).toBeGreaterThan(100 * 2);
    expect(simulated.ran).toBeGreaterThan(simulated.occurrences - 20);
    expect(simulated.mostAtOnce).toBeGreaterThan(25);
    expect(simulated.latenessMostSeconds).toBeLessThan(120);
  }, 60_000);

  it('has schedules of every kind', () => {
    const kinds = Array.from({ length: 100 }, (_, index) => mixedSchedule(index).scheduleType);
    expect(new Set(kinds)).toEqual(new Set(['1', '2', '3', '4']));
    expect(mixedSchedule(7)).toEqual(mixedSchedule(7));
  });
});

describe('the ledger of a simulation', () => {
  const start = Date.parse('2027-12-31T23:59:40Z');
  const until = start + 2 * 86_400_000;
  const moments = nextOccurrences(parseSchedule(mixedSchedule(0)), new Date(start), 2).map((each) => each.getTime());

  function told(occurrences: readonly number[]) {
    const ledger = createLedger(1, start);
    for (const occurrence of occurrences) {
      ledger.due(0, occurrence);
      ledger.began(0, occurrence + 30_000);
      ledger.ended(0);
    }
    return ledger.verdict(until);
  }

  it('finds nothing wrong where each one ran once', () => {
    expect(told(moments)).toMatchObject({ occurrences: 2, ran: 2, missing: 0, repeated: 0, lateness95Seconds: 30 });
  });

  it('notices one that was left out, one that ran twice, and one that nothing named', () => {
    expect(told(moments.slice(1)).missing).toBeGreaterThan(0);
    expect(told([...moments, moments[1] ?? 0]).repeated).toBeGreaterThan(0);
    expect(told([moments[0] ?? 0, (moments[1] ?? 0) + 60_000]).missing).toBeGreaterThan(0);
  });
});

describe('the figures of a simulation', () => {
  it('are held against the targets, each by its own measure', () => {
    const missed = (change: Partial<Simulated>) =>
      simulationVerdicts([good, { ...large, ...change }])
        .filter(({ reached }) => !reached)
        .map(({ subject }) => subject);
    expect(missed({})).toEqual([]);
    expect(missed({ repeated: 1 })).toEqual(['every occurrence ran exactly once']);
    expect(missed({ memoryBytes: 201e6 })).toEqual(['memory']);
    expect(missed({ cpuSecondsPerDay: 5.1 })).toEqual(['CPU for a day']);
    expect(missed({ environments: 6_000 })).toEqual(['CPU for each schedule, against fewer']);
    expect(simulationReport([good, large])).toMatch(/memory +< 200 MB +120 MB +reached/);
  });

  it('are put into the file of figures beside what is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const file = join(folder, 'bench.json');
    writeFileSync(file, '{"size":"small","simulation":1}');
    recordSimulation(file, 'a machine', [good]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ size: 'small', simulation: { figures: [good] } });
    rmSync(folder, { recursive: true });
  });
});

describe('the command line of the bench', () => {
  it('simulates two sizes for a year unless told otherwise', () => {
    expect(readOptions([]).simulations).toEqual([]);
    expect(readOptions(['--simulate']).simulations).toEqual([
      { environments: 1_000, days: 365 },
      { environments: 10_000, days: 365 },
    ]);
    expect(readOptions(['--simulate', '--environments', '50', '--days', '3']).simulations).toEqual([
      { environments: 50, days: 3 },
    ]);
  });

  it.for([
    [['--simulate', '--days', '0'], '--days must be 1 to 366'],
    [['--simulate', '--days', '400'], '--days must be 1 to 366'],
    [['--simulate', '--environments', 'many'], '--environments must be numbers'],
    [['--days', '3'], 'go with --simulate'],
  ] as const)('refuses %s', ([argv, message]) => {
    expect(() => readOptions(argv)).toThrow(message);
  });
});
