/**
 * What a project's own build runs, by programs that stand before the real ones on the PATH. It is another way than
 * makenix's own, so that what makenix says of a project can be held against it.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { which } from '../run.mjs';
import { SetupError } from '../main.mjs';

/**
 * @typedef {object} Ran
 * @property {string} program `gcc`, `ar`
 * @property {string} directory
 * @property {readonly string[]} args
 */

const recorded = ['cc', 'gcc', 'c++', 'g++', 'ar', 'gcc-ar', 'ld', 'mv', 'cp', 'install'];

/** @param {string} directory of its own */
export function startRecorder(directory) {
  const programs = join(directory, 'bin');
  const log = join(directory, 'log');
  mkdirSync(programs, { recursive: true });
  mkdirSync(log);
  const found = recorded.flatMap((name) => {
    const real = which(name);
    return real === undefined ? [] : [{ name, real, file: join(programs, name) }];
  });
  for (const { name, real, file } of found) {
    // A file for each process: what is written at once by several is not whole. Its number may come again.
    const note = `printf '%s\\0' "$#" ${quoted(name)} "$PWD" "$@" >> ${quoted(log)}/$$`;
    writeFileSync(file, `#!/bin/sh\n${note}\nexec ${quoted(real)} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return {
    /** @type {(path: string | undefined) => string} */
    path: (path) => [programs, path].join(delimiter),
    /** Forgets what a configuration has tried. */
    clear() {
      for (const name of readdirSync(log)) rmSync(join(log, name));
    },
    /** In no order: what depends on what is for the files to say. */
    read: () => readdirSync(log).flatMap((name) => parse(readFileSync(join(log, name), 'utf8'))),
    /** From now on they are the real programs, so that what comes next takes as long as it does without. */
    stop() {
      for (const { real, file } of found) {
        rmSync(file);
        symlinkSync(real, file);
      }
    },
  };
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * @param {string} text
 * @returns {readonly Ran[]}
 */
export function parse(text) {
  const words = text.split('\0');
  const all = /** @type {Ran[]} */ ([]);
  for (let at = 0; at + 2 < words.length;) {
    const [count = '', program = '', directory = ''] = words.slice(at, at + 3);
    const end = at + 3 + Number(count);
    const args = words.slice(at + 3, end);
    if (args.some((argument) => argument.startsWith('@'))) {
      throw new SetupError('failed', `${basename(program)} was given a file of arguments, which nothing here reads`);
    }
    all.push({ program, directory, args });
    at = end;
  }
  return all;
}
