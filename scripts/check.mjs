/**
 * Everything that needs no Nix: types, lint (import directions included), format, dead code, unit tests, and whether
 * the generated schemas are current. All of it runs whatever fails.
 *
 *     npm run check
 */
import { join } from 'node:path';
import { main, seconds } from './lib/main.mjs';
import { checkNode, installPackages, repository } from './lib/prepare.mjs';
import { run } from './lib/run.mjs';

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** Started through node itself: npx costs 300 ms each. The slow ones first, since two run at a time. */
const steps = [
  [
    'lint',
    'eslint/bin/eslint.js',
    '.',
    '--cache',
    '--cache-location',
    'node_modules/.cache/eslint/',
    '--cache-strategy',
    'content',
  ],
  ['types', 'typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['unit tests', 'vitest/vitest.mjs', 'run', '--project', 'unit'],
  ['format', 'prettier/bin/prettier.cjs', '--check', '.', '--cache'],
  ['dead code', 'knip/bin/knip.js'],
  ['schemas', '../scripts/schema.mjs', '--check'],
];

await main(async (signal) => {
  checkNode();
  await installPackages({ signal, say });
  const start = performance.now();
  const failed = /** @type {string[]} */ ([]);
  const rest = steps.values();
  const worker = async () => {
    for (const [name = '', script = '', ...args] of rest) {
      const begun = performance.now();
      const command = [join(repository, 'node_modules', script), ...args];
      const { code, output } = await run(process.execPath, command, { signal, cwd: repository });
      if (code !== 0) failed.push(name);
      say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds(begun)})`);
      if (code !== 0) say(output.trimEnd().replace(/^/gm, '    '));
    }
  };
  const ends = await Promise.allSettled([worker(), worker()]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  say(failed.length === 0 ? `all good (${seconds(start)})` : `failed: ${failed.join(', ')} (${seconds(start)})`);
  return failed.length === 0 ? 0 : 1;
});
