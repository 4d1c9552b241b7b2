import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from './execute.ts';
import { storeParent, temporaryDirectory } from './temporary.ts';

export const repository = join(import.meta.dirname, '../..');

/** A project of the test's own, with a store of its own: what another test has built is not there. */
export interface TestProject {
  readonly root: string;
  /** Not there until the first build. */
  readonly store: string;
  path(name: string): string;
  exists(name: string): boolean;
  read(name: string): string;
  /** Writes in place, as many editors do: the file is empty for a moment. */
  write(name: string, text: string): void;
  /** Writes beside and renames, as the other editors do. */
  writeAtomically(name: string, text: string): void;
  /** Replaces the one occurrence of `from`; a test that edits nothing tests nothing. */
  edit(name: string, from: string, to: string): void;
  append(name: string, text: string): void;
  rename(from: string, to: string): void;
  remove(name: string): void;
  /** A new time stamp and nothing else. */
  touch(name: string): void;
  /** Runs a program of the project, `result/bin/main`, and returns what it prints. */
  run(program: string, ...args: string[]): Promise<string>;
}

/**
 * A copy of `fixtures/NAME`, in a directory that is called the same, as the repository has it: without what building in
 * place leaves there, as `npm start` does.
 */
export function copyFixture(name: string, project = emptyProject(name)): TestProject {
  const filter = (path: string): boolean => !/^(?:\.makenix|derivation\.nix|result(?:-\d+)?)$/.test(basename(path));
  cpSync(join(repository, 'fixtures', name), project.root, { recursive: true, filter });
  return project;
}

/** A project of these files and no others. */
export function projectOf(files: Readonly<Record<string, string>>, name = 'project'): TestProject {
  const project = emptyProject(name);
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  return project;
}

function emptyProject(name: string): TestProject {
  const root = join(temporaryDirectory(), name);
  mkdirSync(root);
  return openProject(root, join(temporaryDirectory(storeParent()), 'store'));
}

/** What is a project already. */
export function openProject(root: string, store: string): TestProject {
  const path = (name: string): string => join(root, name);
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  return {
    root,
    store,
    path,
    read,
    write,
    exists: (name) => existsSync(path(name)),
    writeAtomically(name, text) {
      writeFileSync(path(`${name}.new~`), text);
      renameSync(path(`${name}.new~`), path(name));
    },
    edit(name, from, to) {
      const parts = read(name).split(from);
      if (parts.length !== 2) throw new Error(`${name} has ${parts.length - 1} times, not once: ${from}`);
      write(name, parts.join(to));
    },
    append: (name, text) => write(name, read(name) + text),
    rename(from, to) {
      mkdirSync(dirname(path(to)), { recursive: true });
      renameSync(path(from), path(to));
    },
    remove: (name) => rmSync(path(name), { recursive: true }),
    touch(name) {
      const now = new Date();
      utimesSync(path(name), now, now);
    },
    run: (program, ...args) => run(path(program), args, root),
  };
}
