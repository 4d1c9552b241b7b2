import { lstatSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { maybeNames, shadowText } from './texts.mjs';
import { isHeader, writeFiles } from './workplace.mjs';

/** @typedef {import('./workplace.mjs').EditKind} EditKind */
/** @typedef {import('./workplace.mjs').Workplace} Workplace */

/**
 * Files that come, go and take each other's place.
 *
 * @param {Workplace} place
 * @returns {readonly EditKind[]}
 */
export function fileEdits(place) {
  const { at, random, project } = place;
  const make = async (/** @type {string} */ path) => place.put(path, place.withIncludes(path, ''));
  return [
    {
      weight: 5,
      edit: async () => {
        const { serial } = place;
        const name = `made${serial}${random.chance(0.5) ? project.endings.source : project.endings.header}`;
        const path = posix.join(place.anyDirectory(), random.chance(0.2) ? `new${serial}` : '', name);
        return `made: ${path}, ${await make(path)}`;
      },
    },
    {
      weight: 5,
      edit: async () => {
        const there = random.pick(
          place.code().filter((path) => maybeNames.some((name) => `/${path}`.endsWith(`/${name}`))),
        );
        if (there !== undefined && random.chance(0.4)) {
          rmSync(at(there));
          return `missing again: ${there}`;
        }
        const path = posix.join(place.anyDirectory(), random.pick(maybeNames) ?? '');
        return `no longer missing: ${path}, ${await make(path)}`;
      },
    },
    {
      weight: 4,
      edit: () => {
        const path = place.pickToGo();
        if (path === undefined) return undefined;
        rmSync(at(path));
        return `removed: ${path}`;
      },
    },
    {
      weight: 4,
      edit: () => {
        const path = place.pickToGo();
        if (path === undefined) return undefined;
        const directory = random.chance(0.5) ? dirname(path) : place.anyDirectory();
        const name = random.chance(0.5) ? `named${place.serial}${posix.extname(path)}` : basename(path);
        place.move(at(path), at(posix.join(directory, name)));
        return `renamed: ${path} to ${posix.join(directory, name)}`;
      },
    },
    {
      weight: 6,
      edit: async () => {
        const [first = '.'] = project.includePath;
        const shadow = random.pick(place.code().filter((path) => isHeader(path) && path.startsWith(`${first}/`)));
        if (shadow !== undefined && random.chance(0.6)) {
          rmSync(at(shadow));
          return `shadows no more: ${shadow}`;
        }
        const headers = place.headers();
        const shadowed = random.pick([...headers, ...headers, ...project.systemHeaders]) ?? '';
        const root = project.includePath.find((directory) => shadowed.startsWith(`${directory}/`));
        const name = root === undefined ? basename(shadowed) : shadowed.slice(root.length + 1);
        const path = `${first}/${name}`;
        return `shadows: ${path}, ${await place.put(path, shadowText(name, place.serial, random))}`;
      },
    },
    {
      weight: 3,
      edit: () => {
        const { serial } = place;
        const target = random.pick(place.code());
        if (target === undefined) return undefined;
        const link = random.pick(place.code().filter((path) => lstatSync(at(path)).isSymbolicLink()));
        const isNew = link === undefined || random.chance(0.4);
        const path = isNew ? posix.join(place.anyDirectory(), `link${serial}${posix.extname(target)}`) : link;
        const leads = random.chance(0.1) ? 'nowhere.h' : posix.relative(dirname(path), target);
        if (random.chance(0.5)) rmSync(at(path), { force: true });
        symlinkSync(leads, at(`${path}.new`));
        renameSync(at(`${path}.new`), at(path));
        return `${isNew ? 'linked' : 'linked anew'}: ${path} to ${leads}`;
      },
    },
  ];
}

/**
 * Directories that come, go and take each other's place.
 *
 * @param {Workplace} place
 * @returns {readonly EditKind[]}
 */
export function directoryEdits(place) {
  const { at, outside, random } = place;
  const pick = () => random.pick(place.directories());
  const isBelow = (/** @type {string} */ path, /** @type {string} */ above) => `${path}/`.startsWith(`${above}/`);
  return [
    {
      weight: 2,
      edit: () => {
        const { serial } = place;
        const { source, header } = place.project.endings;
        const path = posix.join(place.anyDirectory(), `moved${serial}`);
        const made = join(outside, `moved${serial}`);
        writeFiles(made, {
          [`deep/made${serial}${header}`]: `extern int moved_${serial};\n`,
          [`made${serial}${source}`]: `#include "deep/made${serial}${header}"\nint moved_${serial};\n`,
        });
        place.move(made, at(path));
        return `moved in: ${path}`;
      },
    },
    {
      weight: 2,
      edit: () => {
        const path = pick();
        if (path === undefined) return undefined;
        if (random.chance(0.5)) rmSync(at(path), { recursive: true });
        else place.move(at(path), join(outside, `gone${place.serial}`));
        return `directory gone: ${path}`;
      },
    },
    {
      weight: 2,
      edit: () => {
        const path = pick();
        if (path === undefined) return undefined;
        const above = random.chance(0.5) ? dirname(path) : place.anyDirectory();
        if (isBelow(above, path)) return undefined;
        const to = posix.join(above, `dir${place.serial}`);
        place.move(at(path), at(to));
        return `directory renamed: ${path} to ${to}`;
      },
    },
    {
      weight: 1,
      edit: () => {
        const target = pick();
        if (target === undefined) return undefined;
        const path = posix.join(place.anyDirectory(), `way${place.serial}`);
        if (isBelow(path, target)) return undefined;
        symlinkSync(posix.relative(dirname(path), target), at(path));
        return `directory linked: ${path} to ${target}`;
      },
    },
    {
      weight: 3,
      edit: async () => {
        const [a, b] = [pick(), pick()];
        if (a === undefined || b === undefined || isBelow(a, b) || isBelow(b, a)) return undefined;
        const aside = random.chance(0.5) ? join(outside, `aside${place.serial}`) : at(`aside${place.serial}`);
        place.move(at(a), aside);
        await place.pause(random.below(20));
        place.move(at(b), at(a));
        place.move(aside, at(b));
        return `swapped: ${a} and ${b}`;
      },
    },
  ];
}
