import { chmodSync, existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { otherConfig, wrongConfig } from './configs.mjs';
import { withBody } from './texts.mjs';
import { isHeader } from './workplace.mjs';

/** @typedef {import('./workplace.mjs').EditKind} EditKind */
/** @typedef {import('./workplace.mjs').Workplace} Workplace */

const configFile = 'makenix.json';

/**
 * Edits of files that are there, after which what was right is right.
 *
 * @param {Workplace} place
 * @returns {readonly EditKind[]}
 */
export function contentEdits(place) {
  const { at, random } = place;
  /** An edit of one file. */
  const ofOne = (/** @type {number} */ weight, /** @type {(path: string) => string | Promise<string>} */ edit) => ({
    weight,
    edit: () => {
      const path = place.pickCode();
      return path === undefined ? undefined : edit(path);
    },
  });
  const body = (/** @type {string} */ path) => withBody(place.read(path), isHeader(path), random);
  return [
    ofOne(22, async (path) => `another body: ${path}, ${await place.put(path, body(path))}`),
    ofOne(
      16,
      async (path) => `other includes: ${path}, ${await place.put(path, place.withIncludes(path, place.read(path)))}`,
    ),
    ofOne(3, (path) => {
      if (random.chance(0.5)) utimesSync(at(path), new Date(), new Date());
      else writeFileSync(at(path), readFileSync(at(path)));
      return `touched: ${path}`;
    }),
    ofOne(2, (path) => {
      chmodSync(at(path), statSync(at(path)).mode ^ 0o100);
      return `executable or not: ${path}`;
    }),
    {
      weight: 2,
      edit: () => {
        const some = place.code().filter((path) => existsSync(at(path)) && random.chance(0.3));
        for (const path of some) writeFileSync(at(path), body(path));
        return `another body, at once: ${some.join(' ')}`;
      },
    },
  ];
}

/**
 * Edits of makenix.json, and those that are wrong: after them, makenix has something to say.
 *
 * @param {Workplace} place
 * @returns {readonly EditKind[]}
 */
export function riskyEdits(place) {
  const { at, random } = place;
  const { config } = place.project;
  return [
    {
      weight: 2,
      edit: async () => {
        const path = place.pickCode();
        if (path === undefined) return undefined;
        return `broken: ${path}, ${await place.put(path, place.withIncludes(path, place.read(path), true))}`;
      },
    },
    {
      weight: 5,
      edit: async () => {
        const { what, text } = otherConfig(config, random);
        return `${configFile}: ${what}, ${await place.put(configFile, text)}`;
      },
    },
    {
      weight: 1,
      edit: async () => {
        if (random.chance(0.15)) {
          rmSync(at(configFile), { force: true });
          return `${configFile}: removed`;
        }
        const { what, text } = wrongConfig(config, random);
        return `${configFile}: ${what}, ${await place.put(configFile, text)}`;
      },
    },
  ];
}
