/**
 * Shows what makenix is for, and checks that it happens: an edit rebuilds one object and links; an edit of a comment
 * rebuilds one object and does not link.
 *
 *     npm run demo
 *
 * Works on a copy of fixtures/hello with a store of its own, in a temporary directory that it removes: nothing to
 * restore, whenever it is interrupted, and nothing left over that could make a second run faster than it says.
 */
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, SetupError } from './lib/main.mjs';
import { startWatch } from './lib/makenix-watch.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';
import { checkCompiler, checkNode, compile, installPackages, repository } from './lib/prepare.mjs';
import { mustRun } from './lib/run.mjs';

/** @typedef {import('../src/model/events.ts').CycleFinished} CycleFinished */

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
const object = 'src/hello.o';

await main(async (signal) => {
  checkNode();
  checkCompiler(['gcc']);
  await installPackages({ signal, say });
  await compile({ signal, say });
  const nix = await ensureNix({ version: 'any', signal, say });
  const directory = mkdtempSync(join(tmpdir(), 'makenix-demo-'));
  try {
    const project = join(directory, 'hello');
    cpSync(join(repository, 'fixtures/hello'), project, {
      recursive: true,
      // What an earlier run left beside the sources would make this one quicker than it says.
      filter: (path) => !/\/(\.makenix|result[^/]*|derivation\.nix)$/.test(path),
    });
    say(`\n== A copy of fixtures/hello, in ${project}`);
    const args = ['-C', project, '--toolchain', 'host', '--store', join(directory, 'store')];
    const watch = startWatch({ args, env: nix.env, signal });
    try {
      await show({ project, watch, signal });
    } finally {
      await watch.stop();
    }
  } finally {
    removeStore(directory);
  }
  say('\nAll of it happened as it should.');
  return 0;
});

/** @param {{ project: string, watch: ReturnType<typeof startWatch>, signal: AbortSignal }} demo */
async function show({ project, watch, signal }) {
  const source = join(project, 'src/hello.c');
  const original = readFileSync(source, 'utf8');

  say('\n== makenix watch builds it');
  const first = await watch.next('the end of the first cycle', finished);
  const output = first.outputs[0];
  if (output?.link == null) throw new SetupError('failed', 'the first cycle says nothing of its output');
  const { link, target, outPath } = output;
  const runs = async (/** @type {string} */ expected) => {
    const program = join(project, link, 'bin', target);
    const said = await mustRun(program, [], { signal });
    say(`$ ${join(link, 'bin', target)}\n${said.trimEnd()}`);
    if (said !== expected) throw new SetupError('failed', `the program should have said: ${expected}`);
  };
  expectNames('The first build', 'rebuilt', first.rebuilt, ['src/hello.o', 'src/main.o', 'src/world.o', target]);
  await runs('Hello, World!\n');

  say('\n== Edit src/hello.c: Hello becomes Goodbye');
  writeFileSync(source, original.replace('Hello', 'Goodbye'));
  const edited = await watch.next('the cycle after the edit', rebuilt);
  expectNames('The edit', 'rebuilt', edited.rebuilt, [object, target]);
  await runs('Goodbye, World!\n');
  say(
    `Only ${object} was compiled, and ${target} linked; ${edited.reused} steps were reused. ${String(edited.ms)} ms.`,
  );

  say('\n== Edit src/hello.c: a comment, no more');
  // At the end: above, it would move the lines that debug information names, and the object would rightly differ.
  writeFileSync(source, `${readFileSync(source, 'utf8')}/* Nothing but a comment. */\n`);
  const commented = await watch.next('the cycle after the comment', rebuilt);
  expectNames('The comment', 'rebuilt', commented.rebuilt, [object]);
  expectNames('The comment', 'cut off', commented.cutOff, [target]);
  await runs('Goodbye, World!\n');
  say(
    `${object} was compiled and came out the same, so ${target} was not linked: cut off early. ${String(commented.ms)} ms.`,
  );

  say('\n== Put src/hello.c back');
  writeFileSync(source, original);
  // Content-addressed: the same contents are the same store path.
  const back = (/** @type {CycleFinished} */ cycle) => cycle.outputs.some((each) => each.outPath === outPath);
  await watch.next('the first output again', (event) => {
    const cycle = finished(event);
    return cycle !== undefined && back(cycle) ? cycle : undefined;
  });
  await runs('Hello, World!\n');
}

/**
 * @param {import('../src/model/events.ts').Envelope} event
 * @returns {CycleFinished | undefined}
 */
function finished(event) {
  if (event.kind !== 'cycle-finished' || event.outcome === 'cancelled') return undefined;
  if (event.outcome === 'failed') throw new SetupError('failed', 'the build failed');
  return event;
}

/**
 * A cycle with something to do; an editor's echo of an event may bring on one without.
 *
 * @param {import('../src/model/events.ts').Envelope} event
 */
function rebuilt(event) {
  const cycle = finished(event);
  return cycle?.outcome === 'built' ? cycle : undefined;
}

/**
 * @param {string} what
 * @param {string} how
 * @param {readonly string[]} actual
 * @param {readonly string[]} expected
 */
function expectNames(what, how, actual, expected) {
  const [found, wanted] = [actual, expected].map((names) => [...names].sort().join(', '));
  if (found !== wanted) throw new SetupError('failed', `${what} should have had ${how}: ${wanted}; it had: ${found}`);
}

/**
 * Directories in a store are read-only, to their owner too.
 *
 * @param {string} directory
 */
function removeStore(directory) {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
  rmSync(directory, { recursive: true, force: true });
}
