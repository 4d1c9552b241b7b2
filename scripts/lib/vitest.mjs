import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { repository } from './prepare.mjs';
import { run } from './run.mjs';

/**
 * `failures` names each failed test, or file, with its file and the first line of what was wrong.
 *
 * @typedef {{ passed: number, failed: number, unrun: number, failures: readonly string[] }} Counts
 */

/**
 * Runs one of the projects of vitest.config.ts with vitest's own output on the terminal, and counts.
 *
 * @param {{ project: 'unit' | 'e2e', args: readonly string[], env?: Record<string, string>, signal: AbortSignal }} options
 * @returns {Promise<Counts>}
 */
export async function runVitest({ project, args, env = {}, signal }) {
  const directory = mkdtempSync(join(tmpdir(), 'makenix-vitest-'));
  const report = join(directory, 'report.json');
  const command = [
    join(repository, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    '--passWithNoTests',
  ];
  command.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args);
  try {
    const { code } = await run(process.execPath, command, {
      signal,
      cwd: repository,
      env: { ...process.env, ...env },
      inherit: true,
    });
    return count(report, code);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * The part used here of what vitest's JSON reporter writes, which is Jest's format.
 *
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly TestFile[]} testResults
 *
 * @typedef {{ name: string, status: string, message: string, assertionResults: readonly TestCase[] }} TestFile
 * @typedef {{ status: string, fullName: string, failureMessages: readonly string[] }} TestCase
 */

/**
 * A file that could not be loaded holds no tests to count, and an error outside any test is in no file: each is one
 * failure here, so that no red run looks green.
 *
 * @param {string} file
 * @param {number} code vitest's exit code
 * @returns {Counts}
 */
function count(file, code) {
  /** @type {Counts} */
  let counts = { passed: 0, failed: 0, unrun: 0, failures: [] };
  // Vitest writes none where it found no test, or broke; the exit code tells which.
  if (existsSync(file)) {
    const report = /** @type {Report} */ (JSON.parse(readFileSync(file, 'utf8')));
    const unloadable = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    );
    counts = {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloadable.length,
      unrun: report.numPendingTests + report.numTodoTests,
      failures: [
        ...unloadable.map(({ name, message }) => failure(name, 'cannot be loaded', message)),
        ...report.testResults.flatMap(({ name, assertionResults }) =>
          assertionResults.flatMap(({ status, fullName, failureMessages: [message = ''] }) =>
            status === 'failed' ? failure(name, fullName, message) : [],
          ),
        ),
      ],
    };
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param {string} file @param {string} test @param {string} message */
const failure = (file, test, message) => `${relative(repository, file)}: ${test}: ${message.split('\n', 1)[0] ?? ''}`;
