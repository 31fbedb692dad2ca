import { expect, test } from 'vitest';
import { measureCatalog } from '../../../scripts/benchmark/catalog.ts';

test('the bench of the catalog lists every backup once, and says in a line what a page took', async () => {
  const lines: string[] = [];
  const figures = await measureCatalog((line) => lines.push(line), 2_000);
  expect(figures.map(({ environments, range, pageSize, pages }) => [environments, range, pageSize, pages])).toEqual([
    ...[
      [200, 'all', 20, 100],
      [200, 'one environment', 20, 1],
      [200, 'all', 100, 20],
      [200, 'one environment', 100, 1],
      [20, 'all', 20, 100],
      [20, 'one environment', 20, 5],
      [20, 'all', 100, 20],
      [20, 'one environment', 100, 1],
    ],
  ]);
  for (const { medianMs, p95Ms, slowestMs, cpuMs } of figures) {
    expect(medianMs).toBeGreaterThan(0);
    expect(p95Ms).toBeGreaterThanOrEqual(medianMs);
    expect(slowestMs).toBeGreaterThanOrEqual(p95Ms);
    expect(cpuMs).toBeGreaterThan(0);
  }
  expect(lines).toHaveLength(figures.length);
  expect(lines[0]).toMatch(
    /^2,000 backups of 200 environments, all: 100 pages of 20: median .* target: under 50 ms a page/,
  );
});
