import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FileHistory } from './file-history.ts';

const directories = ['d', 'e', 'd/f'];
const paths = ['', ...directories].flatMap((directory) =>
  ['x', 'y', 'd', 'e', 'f'].map((name) => join(directory, name)),
);

type Operation = readonly ['write' | 'copy' | 'rename' | 'symlink', from: string, to: string];

const operations: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.tuple(fc.constantFrom('write', 'copy', 'rename', 'symlink'), fc.constantFrom(...paths), fc.constantFrom(...paths)),
  { maxLength: 25 },
);

/** Does it to real files; false where the system refuses. */
function happens([kind, from, to]: Operation, root: string, serial: number): boolean {
  try {
    const target = join(root, to);
    if (kind === 'rename') {
      renameSync(join(root, from), target);
      return from !== to;
    }
    const source = kind === 'copy' ? readFileSync(join(root, from)) : undefined;
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory() === true) return false;
    // As compilers and `ln -f` do; what a link leads to is not written to.
    if (kind === 'copy' && realpathSync(join(root, from)) === target) return false;
    rmSync(target, { force: true });
    if (kind === 'write') writeFileSync(target, String(serial));
    else if (kind === 'symlink') symlinkSync(join(root, from), target);
    else if (source !== undefined) writeFileSync(target, source);
    return true;
  } catch {
    return false;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

it('agrees with a real directory, whatever was made, copied, linked and moved in it', () => {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'makenix-history-')));
  try {
    let runs = 0;
    fc.assert(
      fc.property(operations, (all) => {
        const root = join(parent, String(runs++));
        for (const directory of ['', ...directories]) mkdirSync(join(root, directory));
        const history = new FileHistory<string>();
        // The directories are known, as they are of anything that was ever made in them.
        for (const directory of directories) {
          writeFileSync(join(root, directory, 'seed'), 'seed');
          history.set(join(root, directory, 'seed'), 'seed');
        }
        for (const [serial, operation] of all.entries()) {
          if (!happens(operation, root, serial)) continue;
          const [kind, from, to] = operation;
          if (kind === 'write') history.set(join(root, to), String(serial));
          else if (kind === 'symlink') history.link(join(root, to), join(root, from));
          else history[kind](join(root, from), join(root, to));
        }
        for (const path of paths.map((each) => join(root, each))) {
          expect([path, history.at(path)]).toEqual([path, contentOf(path)]);
        }
      }),
      { numRuns: 300 },
    );
  } finally {
    rmSync(parent, { recursive: true });
  }
});
