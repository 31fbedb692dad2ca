import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: more files at once would only wait for each other's database servers.
    maxWorkers: 2,
    pool: 'forks',
    passWithNoTests: false,
    sequence: { concurrent: false },
  },
});
