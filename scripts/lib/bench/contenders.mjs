import { watchBuilder } from './watch-builder.mjs';

/**
 * Who takes part: makenix by either engine, and the others.
 *
 * @typedef {'daemon' | 'cli' | 'ninja' | 'gcc' | 'nix'} BuilderName
 */

/** @type {readonly BuilderName[]} */
export const everybody = ['daemon', 'cli', 'ninja', 'gcc', 'nix'];

/** What makenix is called in results, by its engine. @type {Readonly<Record<import('./makenix-place.mjs').Engine, string>>} */
export const watchNames = { daemon: 'makenix watch', cli: 'makenix watch, cli engine' };

/** @type {Readonly<Record<import('./makenix-place.mjs').Engine, string>>} */
export const buildNames = { daemon: 'makenix build', cli: 'makenix build, cli engine' };

/**
 * @template T
 * @param {import('./site.mjs').Site} site
 * @param {readonly BuilderName[]} by
 * @param {(builders: readonly import('./builder.mjs').Builder[]) => Promise<T>} use
 * @returns {Promise<T>} when every `makenix watch` has ended
 */
export async function withBuilders(site, by, use) {
  const watches = /** @type {Awaited<ReturnType<typeof watchBuilder>>[]} */ ([]);
  const open = async (/** @type {BuilderName} */ name) => {
    if (name !== 'daemon' && name !== 'cli') return site[name]();
    const watch = await watchBuilder(watchNames[name], await site.makenix[name](), site.context);
    watches.push(watch);
    return watch;
  };
  try {
    // Those that watch come last: until then they would see others being set up.
    const builders = /** @type {Map<BuilderName, import('./builder.mjs').Builder>} */ (new Map());
    for (const name of [...by].sort((a, b) => Number(isWatching(a)) - Number(isWatching(b)))) {
      builders.set(name, await open(name));
    }
    return await use(by.flatMap((name) => builders.get(name) ?? []));
  } finally {
    for (const watch of watches) await watch.close();
  }
}

const isWatching = (/** @type {BuilderName} */ name) => name === 'daemon' || name === 'cli';
