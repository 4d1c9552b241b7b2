/** Real projects to build: Debian's source packages, by way of the same private apt as Nix. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openApt, ownSuite } from './apt.mjs';
import { cacheDirectory } from './cache-dir.mjs';
import { SetupError } from './main.mjs';
import { mustRun, which } from './run.mjs';
import { makeWholeDirectory } from './whole-directory.mjs';

/** A stable suite, so that a benchmark is of the same sources next month. */
const suite = 'trixie';

/**
 * Where to look in turn. A mirror that is a cache can have a stable suite's index of today and not the files of its latest
 * point update; then the machine's own suite will do, and the newest.
 */
const suites = () => [...new Set([suite, ownSuite() ?? suite, 'sid'])];

/**
 * Puts the source of a package at `destination`: upstream's own tree, or with `patches` Debian's. The archives are kept
 * and fetched once. A tree that is there already is left alone, edits and all.
 *
 * @param {{ name: string, destination: string, patches: boolean, signal: AbortSignal, say: (line: string) => void }} options
 * @returns {Promise<{ version: string }>} as the tarball's name has it
 */
export async function fetchSource({ name, destination, patches, signal, say }) {
  if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name))
    throw new SetupError('failed', `${name} is not the name of a source package`);
  const archives = await ensureArchives({ name, patches, signal, say });
  const files = readdirSync(archives);
  const tarball =
    files.find((file) => /\.orig\.tar\.\w+$/.test(file)) ?? files.find((file) => /\.tar\.\w+$/.test(file));
  if (tarball === undefined) throw new SetupError('failed', `Debian's source package ${name} has no tarball`);
  const archive = join(archives, tarball);
  // "1.3.dfsg+really1.3.1" is upstream's 1.3.1.
  const version = /_(?:[^_]*\+really)?([^_]+?)(?:[+.~]dfsg\d*)?(?:\.orig)?\.tar\.\w+$/.exec(tarball)?.[1] ?? '';

  const entries = await topEntries(archive, signal);
  const isThere = () => entries.length > 0 && entries.every((entry) => existsSync(join(destination, entry)));
  if (isThere()) {
    say(`${name}: already in ${destination}`);
    return { version };
  }
  if (existsSync(destination) && readdirSync(destination).length > 0) {
    throw new SetupError('failed', `${destination} is not empty, and what is in it is not ${name}`);
  }
  await makeWholeDirectory(
    destination,
    async (temporary) => {
      if (patches) await unpackPatched(archives, temporary, signal);
      else
        await mustRun('tar', ['-x', '-f', archive, '-C', temporary, '--strip-components=1', '--no-same-owner'], {
          signal,
        });
    },
    isThere,
  );
  say(`${name}: ${tarball}${patches ? " with Debian's patches" : ''} unpacked in ${destination}`);
  return { version };
}

/**
 * @param {{ name: string, patches: boolean, signal: AbortSignal, say: (line: string) => void }} options
 * @returns {Promise<string>} the directory of the archives
 */
async function ensureArchives({ name, patches, signal, say }) {
  // Apart: for the one, another suite may have had to do, and not for the other.
  const key = patches ? `${name}+patches` : name;
  const places = suites().map((each) => ({ suite: each, directory: join(cacheDirectory(), 'sources', each, key) }));
  const known = places.find(({ directory }) => existsSync(directory));
  if (known !== undefined) return known.directory;

  const failures = /** @type {SetupError[]} */ ([]);
  for (const { suite: each, directory } of places) {
    say(`${name}: fetching the source from Debian (${each}), once`);
    try {
      await makeWholeDirectory(
        directory,
        (temporary) => download({ name, suite: each, patches, directory: temporary, signal }),
        () => existsSync(directory),
      );
      return directory;
    } catch (error) {
      // What another suite cannot mend: no network, no Debian.
      if (!(error instanceof SetupError) || error.kind !== 'failed') throw error;
      failures.push(error);
    }
  }
  throw new SetupError('failed', failures.map(({ message }) => message).join('\n'));
}

/**
 * Upstream's tree is the tarball, which is the same for all of Debian's revisions of a version: of the latest, a mirror may
 * have nothing else.
 *
 * @param {{ name: string, suite: string, patches: boolean, directory: string, signal: AbortSignal }} options
 */
async function download({ name, suite, patches, directory, signal }) {
  const work = join(directory, 'apt');
  mkdirSync(work);
  const apt = await openApt({ directory: work, suite, types: 'deb-src', signal });
  await apt.get(['source', '--download-only', ...(patches ? [] : ['--tar-only']), name], directory);
  rmSync(work, { recursive: true });
}

/**
 * What the tarball's one top directory holds.
 *
 * @param {string} archive
 * @param {AbortSignal} signal
 */
async function topEntries(archive, signal) {
  const names = (await mustRun('tar', ['-t', '-f', archive], { signal })).split('\n');
  return [...new Set(names.map((name) => name.replace(/^\.\//, '').split('/')[1] ?? ''))].filter((name) => name !== '');
}

/**
 * @param {string} archives
 * @param {string} directory
 * @param {AbortSignal} signal
 */
async function unpackPatched(archives, directory, signal) {
  if (which('dpkg-source') === undefined) {
    throw new SetupError('unsupported', "Debian's patches need dpkg-source; try: apt-get install dpkg-dev");
  }
  const description = readdirSync(archives).find((file) => file.endsWith('.dsc'));
  if (description === undefined) throw new SetupError('failed', `${archives} has no .dsc file`);
  // apt has checked the hashes, which are signed; this would look for the packager's own key.
  const work = join(directory, 'makenix-work');
  const tree = join(work, 'tree');
  mkdirSync(work);
  await mustRun('dpkg-source', ['--no-check', '-x', join(archives, description), tree], { signal });
  for (const entry of readdirSync(tree)) renameSync(join(tree, entry), join(directory, entry));
  rmSync(work, { recursive: true });
}
