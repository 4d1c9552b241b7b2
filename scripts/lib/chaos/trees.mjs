/** The projects that are edited, as they are at first. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchSource } from '../debian-source.mjs';
import { repository } from '../prepare.mjs';
import { closingFile, writeFiles } from './workplace.mjs';

/**
 * What of a project chaos has to know.
 *
 * @typedef {object} EditedProject
 * @property {string} name
 * @property {number} share of the edits; one whose files are small takes more in the same time
 * @property {(tree: string, site: import('./site.mjs').Site) => Promise<void>} write
 * @property {Config} config
 * @property {readonly string[]} includePath the first is there for what shadows
 * @property {(path: string) => boolean} mayInclude whether a header can be included wherever one likes
 * @property {(path: string) => boolean} isDelicate of files that are not edited: next to nothing can be added to them
 * @property {readonly string[]} systemHeaders that are included, and may be shadowed
 * @property {{ source: string, header: string }} endings of files that are made
 * @property {readonly string[]} fixed directories that stay where they are
 *
 * @typedef {{ sources: string[], kind?: string, include?: string[], libs?: string[], ldflags?: string[] }} Target
 * @typedef {{ name?: string, cflags?: string[], cxxflags?: string[], include?: string[], defines?: Record<string, unknown>, ignore?: string[], targets: Record<string, Target> }} Config
 */

const closingTarget = { kind: 'static-library', sources: [closingFile] };
const closing = { [closingFile]: 'int closing;\n' };

const lua = luaConfig();

/** @type {readonly EditedProject[]} */
export const editedProjects = [
  {
    name: 'lua',
    share: 1,
    async write(tree, { signal, say }) {
      await fetchSource({ name: 'lua5.4', destination: tree, patches: false, signal, say });
      writeFiles(tree, { ...closing, 'first/README': 'What shadows goes here.\n' });
    },
    config: lua,
    includePath: ['first', 'src'],
    mayInclude: (path) =>
      /^(?:lua|lauxlib|llimits|made\d+|maybe\d|link\d+)\.h$/.test(path.slice(path.lastIndexOf('/') + 1)),
    isDelicate: (path) => /(?:ljumptab|lopnames)\.h$/.test(path),
    systemHeaders: ['string.h', 'stdlib.h', 'limits.h', 'stddef.h'],
    endings: { source: '.c', header: '.h' },
    fixed: ['src', 'first'],
  },
  {
    name: 'c++',
    share: 2,
    write: async (tree) => writeFiles(tree, { ...closing, ...cxxFiles() }),
    config: {
      name: 'generated',
      cxxflags: ['-std=c++17', '-Wall'],
      include: ['first', 'inc', 'alt', 'lib/include'],
      targets: {
        app: { sources: ['src/**/*.cpp'], libs: ['base'] },
        base: { kind: 'static-library', sources: ['lib/**/*.cpp'] },
        tools: { kind: 'static-library', sources: ['tools/*.c', 'more/**/*.c*'] },
        closing: closingTarget,
      },
    },
    includePath: ['first', 'inc', 'alt', 'lib/include'],
    mayInclude: () => true,
    isDelicate: () => false,
    systemHeaders: ['stddef.h', 'limits.h', 'cstddef'],
    endings: { source: '.cpp', header: '.hpp' },
    fixed: ['first'],
  },
];

/** @returns {Config} compiled without optimisation: many objects, and no time */
function luaConfig() {
  const config = /** @type {Config} */ (
    JSON.parse(readFileSync(join(repository, 'fixtures/lua/makenix.json'), 'utf8'))
  );
  const cflags = (config.cflags ?? []).filter((flag) => !flag.startsWith('-O'));
  return { ...config, cflags, include: ['first', 'src'], targets: { ...config.targets, closing: closingTarget } };
}

/** Headers by quotes, by angles, through `..`, in two directories of one name, asked for and not there; templates in them. */
function cxxFiles() {
  const header = (/** @type {string} */ name, /** @type {readonly string[]} */ ...lines) =>
    [
      `#ifndef ${name}_HPP`,
      `#define ${name}_HPP`,
      ...lines,
      `template <class T> struct ${name} { T value; T twice() const { return value + value; } };`,
      '#endif',
      '',
    ].join('\n');
  /** @type {Record<string, string>} */
  const files = {
    'first/README': 'What shadows goes here.\n',
    'inc/a.hpp': header('a', '#include <b.hpp>', '#include "c.hpp"'),
    'inc/b.hpp': header('b', '#include "sub/g.hpp"'),
    'inc/c.hpp': header('c', '#if __has_include_next(<c.hpp>)', '#include_next <c.hpp>', '#endif'),
    'inc/d.hpp': header('d', '#include <i.hpp>', '#if __has_include("maybe0.h")', '#include "maybe0.h"', '#endif'),
    'inc/sub/g.hpp': header('g', '#include "../sub/h.hpp"', '#include <cstddef>'),
    'inc/sub/h.hpp': header('h', '#ifdef CHAOS_SWITCH', '#include "../d.hpp"', '#endif'),
    'alt/c.hpp': header('alt_c', '#include <sub/h.hpp>'),
    'alt/i.hpp': header('i', '#if __has_include(<maybe3.hpp>)', '#include <maybe3.hpp>', '#endif'),
    'alt/sub/k.hpp': header('k', '#define NEXT_OF_K "../i.hpp"', '#include NEXT_OF_K'),
    'lib/include/lib.hpp': header('lib', '#include "../../inc/sub/g.hpp"', '#include <sub/k.hpp>'),
    'src/deep/local.hpp': header('local', '#include "../../inc/b.hpp"', '#include "x/other.hpp"'),
    'src/deep/x/other.hpp': header('other', '#include <c.hpp>'),
    'tools/t.h': '#pragma once\n#include <stddef.h>\n#include <limits.h>\nextern size_t tools;\n',
    'src/main.cpp': '#include <a.hpp>\nint main() { return a<int>{0}.twice(); }\n',
  };
  const unit = (/** @type {string} */ path, /** @type {readonly string[]} */ ...includes) => {
    const name = path.replace(/\W/g, '_');
    files[path] =
      `${includes.map((operand) => `#include ${operand}\n`).join('')}int ${name}() { return ${path.length}; }\n`;
  };
  const operands = ['<a.hpp>', '"b.hpp"', '<c.hpp>', '"d.hpp"', '<sub/k.hpp>', '<i.hpp>', '"lib.hpp"', '<sub/g.hpp>'];
  for (const [i, operand] of operands.entries())
    unit(`src/u${i}.cpp`, operand, operands[(i + 3) % operands.length] ?? '');
  for (let i = 0; i < 4; i++) unit(`src/deep/x/u${i}.cpp`, '"../local.hpp"', '"other.hpp"', operands[i] ?? '');
  for (let i = 0; i < 5; i++) unit(`lib/l${i}.cpp`, '"include/lib.hpp"', operands[i] ?? '');
  for (let i = 0; i < 3; i++) {
    files[`tools/t${i}.c`] = `#include "t.h"\n#include "../tools/t.h"\nint tool_${i}(void) { return ${i}; }\n`;
  }
  // Enough that another branch is more than a watcher tells of one by one.
  for (let i = 0; i < 220; i++) files[`notes/n${i}.txt`] = `${i}\n`;
  return files;
}
