import { defineConfig } from 'vitest/config';

const environment = { NODE_ENV: 'production', FORCE_COLOR: '0' };

export default defineConfig({
  // As it is built: in production, React has no other.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    testTimeout: 20_000,
    pool: 'forks',
    // End-to-end tests start processes of their own: more workers than this only compete with them.
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**/*.{ts,tsx}'], exclude: ['src/**/*.test.{ts,tsx}'] },
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.{ts,tsx}'], env: environment } },
      {
        extends: true,
        test: {
          name: 'end to end',
          include: ['test/**/*.test.ts'],
          env: environment,
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
