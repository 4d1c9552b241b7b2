/**
 * A real Nix for a machine that has none: Debian's, unpacked into a private prefix and made to run there with its own
 * libc, whatever the machine's is. The system is not touched, and root is not needed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cacheDirectory } from './cache-dir.mjs';
import { fillPrefix } from './nix-unpack.mjs';
import { seconds, SetupError } from './main.mjs';
import { run, which } from './run.mjs';
import { makeWholeDirectory } from './whole-directory.mjs';

/**
 * @typedef {'2.34' | '2.26'} NixSeries
 * @typedef {object} Nix
 * @property {string} version as Nix says it: `2.34.8`
 * @property {Record<string, string>} env what a process needs in its environment to use this one
 * @property {'path' | 'prefix'} source
 * @property {string} [prefix] where it is, if in a prefix
 */

/**
 * The oldest and the newest makenix works with, by the suite that has it. Sid moves: there it is "2.34 or later".
 *
 * @type {Record<NixSeries, string>}
 */
const suites = { 2.34: 'sid', 2.26: 'trixie' };

const oldest = /** @type {const} */ ([2, 26]);

/** Goes up when prefixes of before will no longer do. */
const layout = 1;

/**
 * `any`: the Nix on PATH if it is recent enough, otherwise a private 2.34. A series: the one on PATH if it is of that
 * series, otherwise a private one. Does no work where that has been done before.
 *
 * @param {{ version: 'any' | NixSeries, signal: AbortSignal, say: (line: string) => void }} options
 * @returns {Promise<Nix>}
 */
export async function ensureNix({ version, signal, say }) {
  const onPath = await nixOnPath(signal);
  if (onPath !== undefined && suits(onPath, version)) {
    return { version: onPath, env: { PATH: process.env.PATH ?? '' }, source: 'path' };
  }
  const suite = suites[version === 'any' ? '2.34' : version];
  const prefix = resolve(process.env.MAKENIX_NIX_PREFIX || join(cacheDirectory(), 'nix'), suite);
  if (installed(prefix) === undefined) await install({ prefix, suite, signal, say });
  const found = installed(prefix);
  if (found === undefined) throw new Error(`${prefix} was set up and is not there`);
  const env = { PATH: [join(prefix, 'bin'), process.env.PATH].join(delimiter), NIX_CONF_DIR: join(prefix, 'etc/nix') };
  return { version: found, env, source: 'prefix', prefix };
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<string | undefined>}
 */
async function nixOnPath(signal) {
  if (which('nix') === undefined) return undefined;
  // "nix (Nix) 2.34.8", or another name in the brackets; pre-releases are like "2.35.0pre20260101_abcdef".
  return / (\d+\.\d+\S*)\s*$/.exec((await run('nix', ['--version'], { signal })).stdout)?.[1];
}

/**
 * @param {string} found
 * @param {'any' | NixSeries} wanted
 */
function suits(found, wanted) {
  if (wanted !== 'any') return found.startsWith(`${wanted}.`);
  const [major = 0, minor = 0] = found.split('.').map((part) => Number.parseInt(part, 10));
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** @param {string} prefix */
const markerFile = (prefix) => join(prefix, 'makenix.json');

/**
 * @param {string} prefix
 * @returns {string | undefined} the version of a usable installation
 */
function installed(prefix) {
  if (!existsSync(markerFile(prefix))) return undefined;
  const text = readFileSync(markerFile(prefix), 'utf8');
  const marker = /** @type {{ layout: number, prefix: string, version: string }} */ (JSON.parse(text));
  // A prefix that was moved does not run: its programs name their loader by absolute path.
  return marker.layout === layout && marker.prefix === prefix ? marker.version : undefined;
}

/** @param {{ prefix: string, suite: string, signal: AbortSignal, say: (line: string) => void }} options */
async function install({ prefix, suite, signal, say }) {
  if (/[\s:?]/.test(prefix)) {
    const remedy = 'set MAKENIX_NIX_PREFIX to another directory';
    throw new SetupError('unsupported', `${prefix} has a character in it that nix.conf cannot hold; ${remedy}`);
  }
  const start = performance.now();
  say(`Nix: fetching Debian's (${suite}) into ${prefix}, once`);
  await makeWholeDirectory(
    prefix,
    async (temporary) => {
      const version = await fillPrefix({ directory: temporary, prefix, suite, signal, say });
      writeFileSync(markerFile(temporary), `${JSON.stringify({ layout, prefix, suite, version })}\n`);
    },
    () => installed(prefix) !== undefined,
  );
  say(`Nix: done in ${seconds(start)}`);
}
