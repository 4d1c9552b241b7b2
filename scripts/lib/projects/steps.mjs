/** What is done with a project whoever builds it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SetupError } from '../main.mjs';
import { mustRun, run, which } from '../run.mjs';
import { ensureAutotools } from './autotools.mjs';
import { ensureMeson } from './meson.mjs';

/** Flags of whoever runs this are not the project's. */
const flags = ['CFLAGS', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS', 'MAKEFLAGS', 'CC', 'CXX', 'DESTDIR'];

/** What is fetched where a machine has none. */
const fetched = new Map(
  Object.entries({
    autotools: ensureAutotools,
    meson: ensureMeson,
  }),
);

/**
 * @param {import('./definitions.mjs').Project} project
 * @param {Pick<import('./project-run.mjs').Run, 'env' | 'signal' | 'say'>} run
 */
export async function environmentOf({ name, needs }, { env, signal, say }) {
  const missing = needs.filter((need) => !fetched.has(need) && which(need) === undefined);
  if (missing.length > 0) {
    const packages = missing.map((need) => (need === 'ninja' ? 'ninja-build' : need)).join(' ');
    throw new SetupError('unsupported', `${name} needs ${missing.join(' and ')}; try: apt-get install ${packages}`);
  }
  const path = [env.PATH];
  for (const need of needs) {
    const programs = await fetched.get(need)?.({ signal, say });
    if (programs !== undefined) path.unshift(programs);
  }
  const others = Object.entries(env).filter(([key]) => !flags.includes(key));
  return { ...Object.fromEntries(others), PATH: path.join(delimiter) };
}

/**
 * A configured copy of the source.
 *
 * @param {import('./definitions.mjs').Project} project
 * @param {{ source: string, tree: string, env: NodeJS.ProcessEnv, signal: AbortSignal }} options
 */
export async function configure(project, { source, tree, env, signal }) {
  // With its times: of what a release has made already, Make is to think that it is newer than what it was made from.
  cpSync(source, tree, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  for (const [program, ...args] of project.configure) {
    const isOfProject = program.startsWith('./');
    await mustRun(isOfProject ? join(tree, program) : program, args, { cwd: tree, env, signal });
  }
}

/**
 * @param {import('./definitions.mjs').Project} project
 * @param {(path: string) => string} at
 * @param {AbortSignal} signal
 */
export async function smoke(project, at, signal) {
  // Not below a directory of any length: a socket's path is at most 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'makenix-smoke-'));
  const runProduct = async (/** @type {string} */ path, /** @type {readonly string[]} */ args) => {
    const { code, output } = await run(at(path), args, { cwd: directory, signal });
    if (code !== 0) throw new SetupError('failed', `${[path, ...args].join(' ')} failed:\n${output}`);
    return output;
  };
  try {
    await project.smoke({ at, run: runProduct, directory, signal });
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    throw new SetupError('failed', `${project.name} was built and does not work: ${message}`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
