/** All that is done with one project. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timed } from '../bench/stopwatch.mjs';
import { fetchSource } from '../debian-source.mjs';
import { SetupError } from '../main.mjs';
import { chooseEdits, dependenciesOf } from './dependencies.mjs';
import { editTimes, ownEditor, watchEditor } from './edit-times.mjs';
import { checkRebuilt } from './expectations.mjs';
import { makenixPlace, productOf } from './makenix-place.mjs';
import { productsOf, readOwnBuild } from './own-build.mjs';
import { withComment, withProbe } from './probe.mjs';
import { startRecorder } from './recorder.mjs';
import { configure, environmentOf, smoke } from './steps.mjs';

/**
 * @typedef {object} Run
 * @property {string} directory does not exist yet
 * @property {NodeJS.ProcessEnv} env with Nix on the PATH
 * @property {number} rounds
 * @property {boolean} ownOnly nothing by makenix
 * @property {AbortSignal} signal
 * @property {(line: string) => void} say
 */

/**
 * @param {import('./definitions.mjs').Project} project
 * @param {Run} run
 * @returns {Promise<import('./report.mjs').Row>}
 */
export async function runProject(project, { directory, rounds, ownOnly, signal, say, ...run }) {
  const tell = (/** @type {string} */ line) => say(`${project.name}: ${line}`);
  const env = await environmentOf(project, { env: run.env, signal, say });
  mkdirSync(directory, { recursive: true });
  const source = join(directory, 'source');
  const { version } = await fetchSource({
    name: project.package,
    destination: source,
    patches: false,
    signal,
    say,
  });
  const site = { project, directory, source, env, signal, tell };
  const own = await byItself(site);
  const row = { title: project.title, version, units: own.build.units.length };
  const times = { file: own.edits.leaf.file, rounds, signal };
  if (ownOnly) {
    const [edit = NaN] = await editTimes([own.editor], times);
    return { ...row, cold: { own: own.cold }, edit: { own: edit } };
  }

  const { place, imported, cold } = await byMakenix(site, own);
  const watch = await watchEditor(place, { env, signal, log: join(directory, 'watch.log') });
  try {
    const [ownEdit = NaN, edit = NaN] = await editTimes([own.editor, watch], times);
    return { ...row, imported, cold: { own: own.cold, makenix: cold }, edit: { own: ownEdit, makenix: edit } };
  } finally {
    await watch.stop();
  }
}

/**
 * @typedef {object} Site
 * @property {import('./definitions.mjs').Project} project
 * @property {string} directory
 * @property {string} source
 * @property {NodeJS.ProcessEnv} env
 * @property {AbortSignal} signal
 * @property {(line: string) => void} tell
 */

/**
 * The project as it builds itself, and what that says of it.
 *
 * @param {Site} site
 */
async function byItself({ project, directory, source, signal, tell, ...site }) {
  const recorder = startRecorder(join(directory, 'recorder'));
  const env = { ...site.env, PATH: recorder.path(site.env.PATH) };
  const tree = join(directory, 'own', project.name);
  await configure(project, { source, tree, env, signal });
  recorder.clear();
  const [program, ...args] = project.build;
  const again = () => timed(program, args, { cwd: tree, env, signal });
  // With a shell of a millisecond before each compiler; it is gone when edits are measured.
  const { ms: cold } = await again();
  const build = readOwnBuild(tree, recorder.read());
  recorder.stop();
  await smoke(project, (path) => join(tree, path), signal);

  const dependencies = await dependenciesOf({ tree, units: build.units, env, signal });
  const main = build.nameOf(project.main);
  const isMain = (/** @type {readonly string[]} */ objects) => productsOf(build, objects).includes(main);
  const edits = chooseEdits({ source, build, dependencies, isMain });
  if (edits === undefined) throw new SetupError('failed', `${project.name}: no source or no header to edit was found`);
  const { leaf, header } = edits;
  tell(`built by itself: ${build.units.length} units, ${build.products.length} products, ${Math.round(cold)} ms`);
  tell(`to edit: ${leaf.file} (${leaf.objects.join(' ')} → ${productsOf(build, leaf.objects).join(' ')})`);
  tell(`to edit: ${header.file}, read by ${header.objects.length} units`);
  return { build, edits, cold, editor: ownEditor(tree, again) };
}

/**
 * The project imported, built and tried; what edits make anew is as its own build has it, or this throws.
 *
 * @param {Site} site
 * @param {{ build: import('./own-build.mjs').OwnBuild, edits: import('./dependencies.mjs').Edits }} own
 */
async function byMakenix({ project, directory, source, env, signal, tell }, { build, edits: { leaf, header } }) {
  const tree = join(directory, 'makenix', project.name);
  const place = makenixPlace({ tree, store: join(directory, 'store'), env, signal });
  await configure(project, { source, tree, env, signal });
  const { units, notUnderstood } = await place.import(project.build);
  tell(`imported: ${units} units, ${notUnderstood.length} not understood`);
  for (const each of notUnderstood) tell(`  not understood: ${JSON.stringify(each)}`);
  const { ms, cycle } = await place.build();
  tell(`built by makenix: ${cycle.rebuilt.length} steps, ${Math.round(ms)} ms`);
  await smoke(project, productOf(place, cycle), signal);
  tell(`derivations: ${await place.checkDerivations()}`);
  const { same, mapped, ms: verifyMs } = await place.verify();
  if (same + mapped !== units) {
    throw new SetupError('failed', `${project.name}: ${same + mapped} of ${units} objects were verified`);
  }
  const mappedToo = mapped === 0 ? '' : `, ${mapped} of them but for mapped paths and their like`;
  tell(
    `verified: ${same + mapped} objects are the same as compiled in the tree${mappedToo}; ${Math.round(verifyMs)} ms`,
  );

  const afterEdit = async (
    /** @type {import('./dependencies.mjs').Edit} */ { file, objects },
    /** @type {(text: string) => string} */ edit,
    /** @type {boolean} */ isComment,
  ) => {
    const what = `${project.name}: after an edit of ${file}`;
    const { cycle } = await edited(join(tree, file), edit, () => place.build());
    checkRebuilt({ what, build, objects, isComment, cycle });
    // What has been put back is built already, and only has to be noticed.
    const back = (await place.build()).cycle.rebuilt;
    if (back.length > 0) throw new SetupError('failed', `${what} was taken back: built ${back.join(' ')}`);
    tell(`after an edit of ${file}: rebuilt ${cycle.rebuilt.length}, cut off ${cycle.cutOff.length}; as it should be`);
  };
  await afterEdit(leaf, (text) => withProbe(text, leaf.file, 1), false);
  await afterEdit(header, (text) => withComment(text, 1), true);
  return { place, imported: { imported: units, notUnderstood: notUnderstood.length }, cold: ms };
}

/**
 * @template T
 * @param {string} file
 * @param {(text: string) => string} edit
 * @param {() => Promise<T>} use
 * @returns {Promise<T>} of what was done with it; the file is as before then
 */
async function edited(file, edit, use) {
  // Byte for byte: not every source is UTF-8.
  const original = readFileSync(file);
  writeFileSync(file, edit(original.toString('latin1')), 'latin1');
  try {
    return await use();
  } finally {
    writeFileSync(file, original);
  }
}
