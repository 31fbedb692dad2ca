import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Wait for minutes to pass rather than for a processor: begun last, they would be waited for alone. */
const LONG_WAITS = ['test/integration/schedule.test.ts', 'test/integration/news.test.ts'];

class LongWaitsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const waits = ({ moduleId }: TestSpecification) => LONG_WAITS.some((file) => moduleId.endsWith(file));
    return (await super.sort(files)).toSorted((one, other) => Number(waits(other)) - Number(waits(one)));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many tests wait for time limits and servers rather than for a processor.
    maxWorkers: 4,
    pool: 'forks',
    passWithNoTests: false,
    // Real kills and cuts meet programs at moments that a busy machine moves; what fails twice is no coincidence.
    retry: 1,
    sequence: { concurrent: false, sequencer: LongWaitsFirst },
  },
});
