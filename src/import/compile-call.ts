import { posix } from 'node:path';
import { unsafeFlags } from '../plan/unsafe-flags.ts';
import { mapCompilePaths, pathsOf } from './command/compile-paths.ts';
import type { PathRole } from './command/driver-table.ts';
import { baseName, withoutExtension } from './command/source-name.ts';
import type { Call } from './calls.ts';
import type { DraftObject } from './drafts.ts';
import { absolute, directoryIn, inside, portable, productPath, type Place } from './places.ts';

type CompilerCall = Extract<Call, { readonly tool: 'compiler' }>;

/** What a call compiles: by the index of the input, each with the absolute path at which the build finds the object. */
export interface CompiledInput {
  readonly input: number;
  readonly path: string;
  readonly draft: DraftObject;
}

export interface CompileReading {
  readonly compiled: readonly CompiledInput[];
  /** Why an input is not compiled here, and the absolute path of what the build made of it. */
  readonly problems: readonly { readonly problem: string; readonly path: string }[];
}

/**
 * The compile steps of a call of a compiler's driver. One that compiles and links at once (`gcc -o prog a.c`) makes objects
 * that nobody sees; they are named after the product.
 */
export function readCompiles(root: string, call: CompilerCall): CompileReading {
  const { command, directory } = call;
  const place = { root, directory };
  const own = directoryIn(place);
  const compiled: CompiledInput[] = [];
  const problems: { problem: string; path: string }[] = [];
  const shared = sharedFlags(root, call);
  for (const [input, { path, language, kind }] of command.inputs.entries()) {
    if (kind !== 'source') continue;
    const source = inside(root, absolute(place, path));
    const object = objectPath(call, input, path);
    if (source === undefined || own.isOutside) {
      const stranger = own.isOutside ? `it runs in ${directory}, which` : path;
      problems.push({ problem: `${stranger} is not in the project`, path: object });
      continue;
    }
    const draft: DraftObject = {
      kind: 'object',
      path: productPath(root, object),
      source,
      language: call.driver,
      directory: own.directory,
      flags: language === undefined ? shared : [...shared, '-x', language],
      files: new Set(),
      origin: call,
    };
    compiled.push({ input, path: object, draft });
  }
  return { compiled, problems };
}

function objectPath({ command, directory }: CompilerCall, input: number, source: string): string {
  const stem = withoutExtension(baseName(source));
  if (command.action === 'link') {
    const product = posix.resolve(directory, command.output ?? 'a.out');
    return `${product}-${command.inputs.slice(0, input).some(({ path }) => withoutExtension(baseName(path)) === stem) ? `${String(input)}-` : ''}${stem}.o`;
  }
  return posix.resolve(directory, command.output ?? `${stem}.o`);
}

/** Of all compiles of a call: with paths that hold on every machine, and what the environment adds to them. */
function sharedFlags(root: string, { command, directory, driver, environment }: CompilerCall): readonly string[] {
  const place = { root, directory };
  const flags = withoutUnsafe(mapCompilePaths(command.compileFlags, (path, role) => rewritten(place, path, role)));
  const listed = (variable: string, flag: string): readonly string[] => {
    const { [variable]: list = '' } = environment;
    // An empty element is the working directory (gcc's manual, "Environment Variables"), an empty variable nothing.
    return list === '' ? [] : list.split(':').flatMap((each) => [flag, portable(place, each === '' ? '.' : each)]);
  };
  return [
    ...flags,
    ...listed('CPATH', '-I'),
    ...listed(driver === 'c' ? 'C_INCLUDE_PATH' : 'CPLUS_INCLUDE_PATH', '-isystem'),
  ];
}

/**
 * `-include x.h` is looked for along the search path when it is not in the working directory, so only what cannot be meant
 * so is rewritten. A prefix may end at a slash or not, which makes a difference.
 */
function rewritten(place: Place, path: string, role: PathRole): string {
  if (role === 'include' && !path.startsWith('/')) return path;
  if (role === 'prefix' && path.endsWith('/')) return `${portable(place, path)}/`;
  return portable(place, path);
}

/** Paths of what the compiler itself reads and does not tell of, absolute; there may be nothing. */
export const unseenInputs = ({ command, directory }: CompilerCall, root: string): readonly string[] =>
  pathsOf(withoutUnsafe(command.compileFlags)).flatMap(({ path, role }) =>
    role === 'specs' || role === 'plugin' || role === 'profile' || role === 'file'
      ? [absolute({ root, directory }, path)]
      : [],
  );

/** Without what no plan may say. */
function withoutUnsafe(flags: readonly string[]): readonly string[] {
  const unsafe = new Set(unsafeFlags(flags).flatMap(({ index, words }) => [index, index + words - 1]));
  return unsafe.size === 0 ? flags : flags.filter((_, index) => !unsafe.has(index));
}

/** What of a call no step has: flags that no plan may say, and files that the compiler writes beside the object. */
export function lostOutputs({ command }: CompilerCall): readonly string[] {
  const lost: string[] = unsafeFlags(command.compileFlags).map(({ problem }) => problem);
  const flags = command.compileFlags;
  const last = (pattern: RegExp): string => flags.findLast((flag) => pattern.test(flag)) ?? '';
  if (last(/^-g(?:no-)?split-dwarf$/) === '-gsplit-dwarf')
    lost.push('debug information in files of its own (-gsplit-dwarf) is not kept: build without');
  if (flags.some((flag) => /^--?coverage$|^-ftest-coverage$|^-fprofile-arcs$/.test(flag)))
    lost.push('notes for gcov (--coverage, .gcno) are not kept, and counts are not written: build without');
  return lost;
}
