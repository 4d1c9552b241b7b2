import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @typedef {object} Unit
 * @property {string} path
 * @property {Version} version
 * @property {readonly Version[]} earlier the last few
 * @property {'syntax' | 'include' | undefined} broken
 *
 * @typedef {object} Version
 * @property {number} value
 * @property {readonly string[]} headers
 * @property {string | undefined} system
 * @property {boolean} warns
 */

const [leastUnits, mostUnits] = [24, 36];
const [leastHeaders, mostHeaders] = [6, 10];
const versions = 4;
const systemHeaders = ['ctype.h', 'errno.h', 'limits.h', 'math.h', 'setjmp.h', 'signal.h', 'stdlib.h', 'string.h'];

/**
 * A program of some 30 units that prints one number, which every unit and every header that it includes has a part in.
 * Names and contents are ever new, and the project stays as large as it is.
 *
 * @param {string} tree
 */
export function soakProject(tree) {
  const units = /** @type {Unit[]} */ ([]);
  const headers = /** @type {Map<string, number>} */ (new Map());
  let saves = 0;
  let flag = 0;

  /** What makenix has to notice. */
  let changes = 0;
  const texts = /** @type {Map<string, string>} */ (new Map());

  const save = (/** @type {string} */ path, /** @type {string} */ text) => {
    if (texts.get(path) === text) return;
    texts.set(path, text);
    changes++;
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    // As most editors do: what is read is a whole file.
    writeFileSync(join(tree, `${path}~`), text);
    renameSync(join(tree, `${path}~`), join(tree, path));
  };
  const remove = (/** @type {string} */ path) => {
    texts.delete(path);
    changes++;
    rmSync(join(tree, path));
    const directory = join(tree, dirname(path));
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  };
  const saveUnit = (/** @type {Unit} */ unit) => save(unit.path, textOf(unit));
  const saveHeader = (/** @type {string} */ name) =>
    save(`include/${name}.h`, `#pragma once\n#define ${name.toUpperCase()} ${headers.get(name)}\n`);
  const saveConfig = () => {
    const cflags = ['-O1', '-Wall', '-Iinclude', `-DFLAG=${flag}`];
    const config = { cflags, targets: { soak: { sources: ['src/**/*.c'] } } };
    save('makenix.json', `${JSON.stringify(config, undefined, 2)}\n`);
  };
  const change = (/** @type {Unit} */ unit, /** @type {Version} */ version) => {
    unit.earlier = [unit.version, ...unit.earlier].slice(0, versions);
    unit.version = version;
    saveUnit(unit);
  };
  const readersOf = (/** @type {string} */ name) => units.filter(({ version }) => version.headers.includes(name));

  /** @typedef {import('../chaos/random.mjs').Random} Random */

  /** One is always there. */
  const anyUnit = (/** @type {Random} */ random) => /** @type {Unit} */ (random.pick(units));
  const anyHeader = (/** @type {Random} */ random) => /** @type {string} */ (random.pick([...headers.keys()]));

  const newUnit = (/** @type {Random} */ random) => {
    // Now and then in a directory that there was not.
    const directory = random.chance(0.3) ? `src/d${saves}` : 'src';
    const version = {
      value: ++saves,
      headers: [anyHeader(random)],
      system: random.pick(systemHeaders),
      warns: random.chance(0.3),
    };
    const unit = { path: `${directory}/u${saves}.c`, version, earlier: [], broken: undefined };
    units.push(unit);
    saveUnit(unit);
  };
  const newHeader = () => {
    const name = `h${++saves}`;
    headers.set(name, saves);
    saveHeader(name);
    return name;
  };

  /** How often each is made, of a hundred edits or so. @type {readonly (readonly [number, (random: Random) => void])[]} */
  const edits = [
    [
      40,
      (random) => {
        const unit = anyUnit(random);
        change(unit, { ...unit.version, value: ++saves, warns: random.chance(0.3) });
      },
    ],
    [
      10,
      // Back to earlier contents.
      (random) => {
        const unit = anyUnit(random);
        const earlier = random.pick(unit.earlier) ?? { ...unit.version, value: ++saves };
        change(unit, { ...earlier, headers: earlier.headers.filter((name) => headers.has(name)) });
      },
    ],
    [
      12,
      // An include more or less.
      (random) => {
        const unit = anyUnit(random);
        const { version } = unit;
        const name = anyHeader(random);
        const has = version.headers.includes(name);
        const included = has ? version.headers.filter((other) => other !== name) : [...version.headers, name];
        change(unit, { ...version, headers: included, system: random.pick(systemHeaders) });
      },
    ],
    [
      6,
      (random) => {
        const name = anyHeader(random);
        // What nobody reads may be anything.
        if (readersOf(name).length === 0) return;
        headers.set(name, random.chance(0.3) ? (headers.get(name) ?? 0) - 1 : ++saves);
        saveHeader(name);
      },
    ],
    [
      6,
      (random) => {
        if (units.length < mostUnits) newUnit(random);
        else dropUnit(anyUnit(random));
      },
    ],
    [
      6,
      (random) => {
        if (units.length > leastUnits) dropUnit(anyUnit(random));
        else newUnit(random);
      },
    ],
    [
      6,
      // Renamed.
      (random) => {
        const unit = anyUnit(random);
        const path = `src/u${++saves}.c`;
        save(path, textOf(unit));
        remove(unit.path);
        unit.path = path;
      },
    ],
    [
      3,
      (random) => {
        const unit = anyUnit(random);
        if (headers.size >= mostHeaders) dropHeader(anyHeader(random));
        else change(unit, { ...unit.version, headers: [...unit.version.headers, newHeader()] });
      },
    ],
    [
      3,
      (random) => {
        if (headers.size > leastHeaders) dropHeader(anyHeader(random));
        else change(anyUnit(random), { ...anyUnit(random).version, headers: [newHeader()] });
      },
    ],
    [
      5,
      (random) => {
        const unit = anyUnit(random);
        unit.broken = random.chance(0.5) ? 'syntax' : 'include';
        saveUnit(unit);
      },
    ],
    [
      0.3,
      () => {
        flag = ++saves;
        saveConfig();
      },
    ],
  ];
  const total = edits.reduce((sum, [weight]) => sum + weight, 0);

  const dropUnit = (/** @type {Unit} */ unit) => {
    units.splice(units.indexOf(unit), 1);
    remove(unit.path);
  };
  const dropHeader = (/** @type {string} */ name) => {
    for (const unit of readersOf(name)) {
      change(unit, { ...unit.version, headers: unit.version.headers.filter((other) => other !== name) });
    }
    headers.delete(name);
    remove(`include/${name}.h`);
  };

  return {
    target: 'soak',
    /** How many files the project has, which figures may grow with. */
    get files() {
      return units.length + headers.size;
    },
    /** @param {Random} random */
    write(random) {
      saveConfig();
      save('include/sum.h', '#pragma once\nvoid add(long value);\n');
      save(
        'src/main.c',
        '#include <stdio.h>\n#include "sum.h"\nstatic long sum;\nvoid add(long value) { sum += value; }\nint main(void) { printf("%ld\\n", sum); return 0; }\n',
      );
      while (headers.size < leastHeaders) newHeader();
      while (units.length < (leastUnits + mostUnits) / 2) newUnit(random);
    },
    /**
     * Saves something else. What is broken is mended soon.
     *
     * @param {Random} random
     */
    edit(random) {
      const broken = units.find((unit) => unit.broken !== undefined);
      if (broken !== undefined && random.chance(0.5)) {
        broken.broken = undefined;
        saveUnit(broken);
        return;
      }
      const before = changes;
      while (changes === before) {
        let at = random.below(total * 1000) / 1000;
        const found = edits.find(([weight]) => (at -= weight) < 0);
        found?.[1](random);
      }
    },
    /** What the program prints, built from what was saved last; undefined where it cannot be. */
    expected() {
      if (units.some(({ broken }) => broken !== undefined)) return undefined;
      let sum = 0;
      for (const { version } of units) {
        sum += version.value + flag;
        for (const name of version.headers) sum += headers.get(name) ?? 0;
      }
      return `${sum}\n`;
    },
  };
}

/** @param {Unit} unit */
function textOf({ version: { value, headers, system, warns }, broken }) {
  const included = [...headers, ...(broken === 'include' ? ['absent'] : [])];
  return [
    ...(system === undefined ? [] : [`#include <${system}>`]),
    '#include "sum.h"',
    ...included.map((name) => `#include "${name}.h"`),
    ...(warns ? [`static int unused${value}(void) { return ${value}; }`] : []),
    `__attribute__((constructor)) static void start(void) {`,
    `  add(${[value, 'FLAG', ...headers.map((name) => name.toUpperCase())].join(' + ')})${broken === 'syntax' ? '' : ';'}`,
    '}\n',
  ].join('\n');
}
