import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError } from '../main.mjs';
import { repository } from '../prepare.mjs';
import { run } from '../run.mjs';
import { makenix, placeOptions } from './site.mjs';
import { isOurs } from './workplace.mjs';

/** @typedef {import('../../../src/model/events.ts').Envelope} Envelope */

/**
 * What makenix makes of a tree.
 *
 * @typedef {object} Answer
 * @property {string | undefined} expression what it has generated; undefined where there is no plan to make one of
 * @property {readonly string[]} said failures, what could not be built, and products with their derivations
 * @property {ReadonlyMap<string, string>} realised the derivations of objects and products that came out, and their outputs
 */

/**
 * Of a cycle. Whether it was the first, and what there was for it to do, is no part of it.
 *
 * @param {readonly Envelope[]} events
 * @param {string} tree
 */
export function saidBy(events, tree) {
  return events.flatMap((event) => {
    switch (event.kind) {
      case 'failure':
        return [JSON.stringify(event.failure).replaceAll(tree, '.')];
      case 'cycle-finished':
        return [
          ...(event.outcome === 'failed' ? ['it failed'] : []),
          ...event.failed.map((step) => `failed: ${step}`),
          ...event.outputs.map(
            (output) => `${output.target}: ${output.drvPath} ${output.outPath} ${output.file} ${output.link}`,
          ),
        ];
      default:
        return [];
    }
  });
}

/**
 * What a process that knows nothing makes of a copy of the tree. It has Nix evaluate what it generates, too, so that
 * derivations are Nix's own.
 *
 * @param {object} options
 * @param {string} options.tree
 * @param {string} options.copy is replaced
 * @param {string} options.store what was built there need not be built again
 * @param {import('./site.mjs').Site} options.site
 * @returns {Promise<Answer>}
 */
export async function freshAnswer({ tree, copy, store, site: { env, signal } }) {
  rmSync(copy, { recursive: true, force: true });
  const filter = (/** @type {string} */ path) => !isOurs(basename(path));
  cpSync(tree, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter });
  const args = [makenix, 'build', '--json', '--paranoid', ...placeOptions(copy, store)];
  const { stdout, output } = await run(process.execPath, args, { signal, env });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"v":1,'));
  const events = lines.map((line) => /** @type {Envelope} */ (JSON.parse(line)));
  if (!events.some(({ kind }) => kind === 'cycle-finished')) {
    throw new SetupError('failed', `a fresh run came to no end:\n${output}`);
  }
  const checked = events.find((event) => event.kind === 'derivations-checked');
  if (checked !== undefined && checked.differing.length > 0) {
    throw new SetupError('failed', `Nix has other derivations: ${JSON.stringify(checked.differing)}`);
  }
  return { expression: expressionIn(copy), said: saidBy(events, copy), realised: await realisedIn(copy) };
}

/** @param {string} tree */
export function expressionIn(tree) {
  const file = join(tree, 'derivation.nix');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * What the engine has written down of what came out.
 *
 * @param {string} tree
 * @returns {Promise<ReadonlyMap<string, string>>}
 */
export async function realisedIn(tree) {
  const { decodeMemory } = /** @type {typeof import('../../../src/build/engine-memory.ts')} */ (
    await import(pathToFileURL(join(repository, 'dist/build/engine-memory.js')).href)
  );
  const file = join(tree, '.makenix/engine.json');
  return new Map(decodeMemory(existsSync(file) ? readFileSync(file, 'utf8') : undefined).realisations);
}

/**
 * How what a watch has come to differs from a fresh run's answer. Of derivations, it may know more: those of before; and
 * of the two names that each has, resolved or not, it may have forgotten one that is not in use.
 *
 * @param {Answer} watched
 * @param {Answer} fresh
 * @returns {readonly string[]}
 */
export function differences(watched, fresh) {
  const [ours, theirs] = [new Set(watched.said), new Set(fresh.said)];
  const lines = (/** @type {string} */ text) => text.split('\n');
  const known = new Set(watched.realised.values());
  const [before, after] = [lines(watched.expression ?? ''), lines(fresh.expression ?? '')];
  return [
    ...[...ours].filter((line) => !theirs.has(line)).map((line) => `only the watch says: ${line}`),
    ...[...theirs].filter((line) => !ours.has(line)).map((line) => `only a fresh run says: ${line}`),
    ...(fresh.expression === undefined || fresh.expression === watched.expression
      ? []
      : [
          ...before.filter((line) => !after.includes(line)).map((line) => `only the watch generates: ${line}`),
          ...after.filter((line) => !before.includes(line)).map((line) => `only a fresh run generates: ${line}`),
          'what is generated differs',
        ]),
    ...[...fresh.realised]
      .filter(([drv, output]) =>
        watched.realised.has(drv) ? watched.realised.get(drv) !== output : !known.has(output),
      )
      .map(
        ([drv, output]) => `${drv} gives ${output}; to the watch, ${watched.realised.get(drv) ?? 'it is not known'}`,
      ),
  ];
}
