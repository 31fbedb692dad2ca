import { defineConfig } from 'vitest/config';

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
    sequence: { concurrent: false },
  },
});
