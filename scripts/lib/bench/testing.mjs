/** Results for the tests of those who read them. */

/** @type {import('./run-record.mjs').Run} */
export const run = {
  date: '2026-01-02T03:04:05.678Z',
  processor: 'A Processor',
  processors: 2,
  memory: 8 * 1024 ** 3,
  system: 'Linux 6.1',
  fileSystem: 'tmpfs',
  load: 0.25,
  versions: { makenix: '1', nix: '2', gcc: '3', ninja: '4', node: '5' },
  command: 'npm run bench',
  commit: 'abc1234',
};

/**
 * @param {string} scenario
 * @param {Readonly<Record<string, number | readonly import('./measure.mjs').Sample[]>>} by the samples, or the
 *   milliseconds of one
 * @param {Partial<import('./record.mjs').Kept>} [more]
 * @returns {import('./record.mjs').Kept}
 */
export const resultOf = (scenario, by, more = {}) => ({
  scenario,
  project: 'A project',
  units: 33,
  title: 'an edit',
  measured: Object.entries(by).map(([name, samples]) => ({
    name,
    samples: typeof samples === 'number' ? [{ ms: samples }] : samples,
  })),
  run,
  ...more,
});
