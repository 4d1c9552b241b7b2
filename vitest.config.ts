import { defineConfig } from 'vitest/config';

/** `npm test` runs `e2e` once for each Nix it provisions; `npm run check` runs `unit` alone, which needs no Nix. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/lib/**/*.test.mjs'],
          exclude: ['src/**/*.e2e.test.ts'],
          // Properties that ask the real compiler take their time on a busy machine; this only ends a hang.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['src/**/*.e2e.test.ts'],
          // A first build on a slow disk, with a private store to set up.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file drives a Nix that uses every core itself.
          maxWorkers: 2,
          // Vitest wants equal `maxWorkers` within a group: so a group of its own, after the unit tests.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
