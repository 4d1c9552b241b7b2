import { posix } from 'node:path';
import type { StartedProgram } from './command-words.ts';

/** What a program that only moves files about does; paths are absolute, a link's target is as it stands in it. */
export type FileAction =
  | { readonly kind: 'copy' | 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'symlink'; readonly target: string; readonly path: string }
  | { readonly kind: 'remove'; readonly path: string };

/**
 * What `cp`, `mv`, `install`, `ln`, `rm` and those of `cmake -E` like them do, by their command line; none for other programs.
 *
 * @param isDirectory whether there is a directory at an absolute path, into which files are then put
 */
export function fileActions(
  { argv, directory }: Pick<StartedProgram, 'argv' | 'directory'>,
  isDirectory: (path: string) => boolean,
): readonly FileAction[] {
  const at = (path: string): string => posix.resolve(directory, path);
  const [program = '', ...args] = argv;
  const name = posix.basename(program).replace(/^g(?=(?:cp|mv|install|ln)$)/, '');
  if (name === 'cmake' && args[0] === '-E') return cmakeActions(args[1] ?? '', args.slice(2), at, isDirectory);
  const files = operands(name, args);
  switch (name) {
    case 'cp':
    case 'install':
      return moved('copy', files, at, isDirectory);
    case 'mv':
      return moved('rename', files, at, isDirectory);
    case 'ln': {
      const isSymbolic = args.some((word) => /^-[a-zA-Z]*s|^--symbolic$/.test(word));
      return isSymbolic ? linked(files, at, isDirectory) : moved('copy', files, at, isDirectory);
    }
    case 'rm':
      return removed(files, at);
    default:
      return [];
  }
}

/** Programs that say something, or see to it that there is a place, and leave files as they are; all others of CMake's. */
export const isIdle = ({ argv: [program = '', mode] }: Pick<StartedProgram, 'argv'>): boolean => {
  const name = posix.basename(program);
  return name === 'cmake' ? mode === '-E' : /^(?:echo|printf|touch|mkdir|chmod|test|\[)$/.test(name);
};

const removed = (files: readonly string[], at: (path: string) => string): readonly FileAction[] =>
  files.map((file) => ({ kind: 'remove', path: at(file) }));

function cmakeActions(
  command: string,
  args: readonly string[],
  at: (path: string) => string,
  isDirectory: (path: string) => boolean,
): readonly FileAction[] {
  const link = (target: string, path: string): readonly FileAction[] =>
    at(target) === at(path) ? [] : [{ kind: 'symlink', target: posix.basename(target), path: at(path) }];
  const [first = '', second = '', third = second] = args;
  switch (command) {
    // The file, its soname, and the name that it is linked by; two of them may be one (CMake's cmcmd.cxx).
    case 'cmake_symlink_library':
      return [...link(first, second), ...link(second, third)];
    case 'cmake_symlink_executable':
      return link(first, second);
    case 'create_symlink':
      return linked(args, at, isDirectory);
    case 'copy':
    case 'copy_if_different':
      return moved('copy', args, at, isDirectory);
    case 'rename':
      return moved('rename', args, at, isDirectory);
    case 'rm':
    case 'remove':
      return removed(operands('rm', args), at);
    default:
      return [];
  }
}

/** Words that are files, of programs that have few options with operands. */
function operands(name: string, args: readonly string[]): readonly string[] {
  const takesNext = name === 'install' ? /^-[gmo]$|^--(?:group|mode|owner)$/ : /(?!)/;
  return args.filter((word, i) => !word.startsWith('-') && !takesNext.test(args[i - 1] ?? ''));
}

function moved(
  kind: 'copy' | 'rename',
  files: readonly string[],
  at: (path: string) => string,
  isDirectory: (path: string) => boolean,
): readonly FileAction[] {
  const to = files.at(-1);
  const from = files.slice(0, -1);
  if (to === undefined) return [];
  const isInto = from.length > 1 || to.endsWith('/') || isDirectory(at(to));
  return from.map((file) => ({ kind, from: at(file), to: isInto ? posix.join(at(to), posix.basename(file)) : at(to) }));
}

function linked(
  files: readonly string[],
  at: (path: string) => string,
  isDirectory: (path: string) => boolean,
): readonly FileAction[] {
  const [target, path] = files;
  if (target === undefined || path === undefined || files.length > 2) return [];
  return [
    { kind: 'symlink', target, path: isDirectory(at(path)) ? posix.join(at(path), posix.basename(target)) : at(path) },
  ];
}
