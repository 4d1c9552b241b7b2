import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { stepName, trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { reduceToDirectives } from '../scan/projection.ts';
import type { ProjectedFile } from './projection-stage.ts';
import { createReach } from './reach.ts';

type Texts = Readonly<Record<string, string>>;

const project = (files: Texts): ReadonlyMap<ProjectPath, ProjectedFile> =>
  new Map(
    Object.entries(files).map(([path, contents]) => {
      const { text, operands, computed } = reduceToDirectives(Buffer.from(contents));
      return [trustedProjectPath(path), { text: text.toString('latin1'), operands, computed }];
    }),
  );

const stepOf = (source: string, flags: readonly string[] = []): CompileStep => ({
  kind: 'compile',
  name: stepName(source.replace(/\.[^.]*$/, '.o')),
  source: trustedProjectPath(source),
  language: 'c',
  flags,
  packages: [],
  options: 'main',
  target: 'main',
});

const reach = (files: Texts, flags: readonly string[] = [], sources: readonly string[] = ['main.c']) =>
  createReach(project(files))(sources.map((source) => stepOf(source, flags)));

describe('what a scan can come upon', () => {
  it('is the sources, and what they name by any path that ends so', () => {
    const files = { 'main.c': '#include "a.h"\n', 'a.h': '', 'x/a.h': '', 'x/ba.h': '', 'a.h/b': '', 'other.c': '' };
    expect(reach(files).files).toEqual(['a.h', 'main.c', 'x/a.h']);
    expect(reach(files, [], ['main.c', 'other.c']).files).toEqual(['a.h', 'main.c', 'other.c', 'x/a.h']);
  });

  it('goes on from file to file, in circles too', () => {
    const files = {
      'main.c': '#include "a.h"\n',
      'a.h': '#include <d/b.h>\n',
      'i/d/b.h': '#include "a.h"\n',
      'c.h': '',
    };
    expect(reach(files).files).toEqual(['a.h', 'i/d/b.h', 'main.c']);
  });

  it('takes in what is skipped, asked for, or named after a path up', () => {
    const main = [
      ...['#if 0', '#include "skipped.h"', '#endif', '#if __has_include(<asked.h>)', '#endif'],
      ...['#include "gone/../up.h"', '#include "./dot/.//dots.h"', '#import "x/next.h"', '#include_next <after.h>'],
    ].join('\n');
    const names = ['skipped.h', 'asked.h', 'deep/up.h', 'deep/dot/dots.h', 'x/next.h', 'i/after.h'];
    const files = { 'main.c': main, 'no.h': '', ...Object.fromEntries(names.map((name) => [name, ''])) };
    expect(reach(files).files).toEqual(['main.c', ...names].sort());
  });

  it('is everything where a name is computed, or the lexer is not sure', () => {
    const others = { 'a.h': '', 'deep/b.c': '' };
    for (const text of ['#define A "a.h"\n#include A\n', '#if HAS(x)\n#include A\n#endif\n', '/* without an end']) {
      expect(reach({ 'main.c': text, ...others })).toEqual({
        files: ['a.h', 'deep/b.c', 'main.c'],
        needsDirectories: true,
      });
    }
    // Not for those that cannot come upon it.
    expect(reach({ 'main.c': '', 'a.h': '#include A\n' }).files).toEqual(['main.c']);
  });

  it('is every header in a directory that is searched, as a header of the system could name it', () => {
    const files = { 'main.c': '', 'i/a.h': '', 'i/b.c': '', 'i/d/features.h': '', 'inc/x.h': '', 'j/y': '' };
    for (const flags of [['-Ii'], ['-I', 'i'], ['-I./i/'], ['-isystem', 'i'], ['-iquotei'], ['-idirafter', 'i']]) {
      expect(reach(files, flags).files, flags.join(' ')).toEqual(['i/a.h', 'i/d/features.h', 'main.c']);
    }
    const all = ['i/a.h', 'i/d/features.h', 'inc/x.h', 'j/y', 'main.c'];
    for (const flags of [['-I.'], ['-I', './'], ['-Ij/../i']]) expect(reach(files, flags).files).toEqual(all);
  });

  it('is what flags include, and what that includes', () => {
    const files = { 'main.c': '', 'conf/a.h': '#include "b.h"\n', 'conf/b.h': '', 'conf/c.h': '', 'no.h': '' };
    const flags = ['-include', 'conf/a.h', '-imacrosc.h'];
    expect(reach(files, flags).files).toEqual(['conf/a.h', 'conf/b.h', 'conf/c.h', 'main.c']);
  });

  it('names no file that is not there, and each once', () => {
    expect(reach({ 'main.c': '#include "no.h"\n#include "main.c"\n' }).files).toEqual(['main.c']);
    expect(createReach(project({}))([]).files).toEqual([]);
  });

  it.each<[boolean, string, readonly string[]]>([
    [true, '#include "a/../b.h"\n', []],
    [true, '#if __has_include(<../b.h>)\n#endif\n', []],
    [true, '', ['-Ia/../x']],
    [true, '', ['-include', 'a/../b.h']],
    [false, '#include "a/..b.h"\n', ['-Ia', '-include', 'b..h']],
  ])('needs directories: %j, for %j with %j', (needed, text, flags) => {
    expect(reach({ 'main.c': text }, flags).needsDirectories).toBe(needed);
  });
});

const scratch = mkdtempSync(join(tmpdir(), 'makenix-reach-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const paths = [
  'main.c',
  'two.c',
  'a.h',
  'inc/a.h',
  'inc/sub/c.h',
  'inc/features.h',
  'alt/a.h',
  'alt/b.h',
  'alt/stddef.h',
];
const operand = fc.constantFrom('a.h', 'b.h', 'sub/c.h', 'inc/../a.h', '../alt/b.h', 'stddef.h', 'two.c', 'stdio.h');
const include = fc
  .tuple(operand, fc.boolean())
  .map(([name, quoted]) => `#include ${quoted ? `"${name}"` : `<${name}>`}`);
const line = fc.oneof(
  { weight: 6, arbitrary: include },
  {
    weight: 2,
    arbitrary: fc.tuple(operand, include).map(([name, then]) => `#if __has_include(<${name}>)\n${then}\n#endif`),
  },
  { weight: 1, arbitrary: operand.map((name) => `#if __has_include_next(<${name}>)\n#include_next <${name}>\n#endif`) },
  { weight: 1, arbitrary: include.map((then) => `#ifndef SWITCH\n${then}\n#endif\n#define SWITCH`) },
  { weight: 1, arbitrary: fc.constantFrom('#define NAME <b.h>\n#include NAME', 'int x;', '/* "a.h" */') },
);
const tree = fc.dictionary(fc.constantFrom(...paths), fc.array(line, { maxLength: 4 }), { minKeys: 3 });
const flags = fc.subarray([
  '-Iinc',
  '-Ialt',
  '-I.',
  '-iquotealt',
  '-isysteminc',
  '-Inone/../inc',
  '-includeb.h',
  '-DSWITCH',
]);

let trees = 0;

/** What gcc says of a tree of these files. No two of them are equal, so that `#pragma once` tells them apart. */
function scan(files: Texts, directories: readonly string[], args: readonly string[]): string {
  const root = join(scratch, String(trees++));
  for (const directory of directories) mkdirSync(join(root, directory), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `#pragma once\n/* ${path} */\n${text}`);
    utimesSync(join(root, path), 1, 1);
  }
  return spawnSync('gcc', [...args, '-M', '-MG', '-w', 'main.c'], { cwd: root, encoding: 'utf8' }).stdout;
}

describe('a scan of what can be reached', () => {
  it('says what a scan of everything does', () => {
    let headers = 0;
    fc.assert(
      fc.property(tree, flags, (lines, args) => {
        const texts: Record<string, string> = { 'main.c': '' };
        for (const [path, parts] of Object.entries(lines)) texts[path] = `${parts.join('\n')}\n`;
        const directories = [...new Set(Object.keys(texts).map((path) => dirname(path)))];
        const whole = scan(texts, directories, args);
        const { files, needsDirectories } = reach(texts, args);
        const part = Object.fromEntries(files.map((path) => [path, texts[path] ?? '']));
        headers += whole.split(/\s+/).filter((word) => /^(?!\/).*\.h$/.test(word)).length;
        expect(scan(part, ['.', ...(needsDirectories ? directories : [])], args)).toBe(whole);
      }),
      { numRuns: 60 },
    );
    expect(headers).toBeGreaterThan(60);
  });
});
