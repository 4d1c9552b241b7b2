import { projectPath, type ProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { readOperand } from './operand.ts';

/**
 * Where a compile has files looked for, as far as that is in the project (gcc: "Directory Options"). Directories are
 * relative to the project, `''` being the project itself.
 */
export interface SearchPath {
  /** In which the compiler runs. */
  readonly directory: string;
  /** For `"…"`, behind the directory of the file that says so; in order. */
  readonly quoted: readonly string[];
  /** For `<…>`; in order. */
  readonly angled: readonly string[];
  /** What the command line defines, as directives. */
  readonly definitions: string;
  /** Some flag changes where files are looked for in a way that is not followed here: then it could be anywhere. */
  readonly isUnforeseeable: boolean;
  /** Some directory is named by way of another one (`a/../b`), which has to be there. */
  readonly leadsUp: boolean;
  /** Operands of `-include` and `-imacros`, which look in `directory` first. */
  readonly forced: readonly string[];
}

const searchFlag = /^-(iquote|isystem|idirafter|I)(.*)$/s;
const forcedFlag = /^-(?:include|imacros)(.*)$/s;

/**
 * Other spellings of the flags above (`--include=x.h`, `-Wp,-I,dir`), and flags that change what those mean: rare enough not
 * to be understood.
 */
const unforeseeable =
  /^(?:-Wp,|-Xpreprocessor$|--(?:include|imacros|sysroot|prefix)|-(?:isysroot|iprefix|iwith|B|I-$|specs))/;

export function searchPathOf(step: Pick<CompileStep, 'flags' | 'directory'>): SearchPath {
  const { flags } = step;
  const directory: string = step.directory ?? '';
  const found = { iquote: [] as string[], I: [] as string[], isystem: [] as string[], idirafter: [] as string[] };
  const forced: string[] = [];
  const definitions: string[] = [];
  let leadsUp = false;
  for (const [i, flag] of flags.entries()) {
    const argument = (inline: string): string => (inline === '' ? (flags[i + 1] ?? '') : inline);
    const [, kind, inline] = searchFlag.exec(flag) ?? [];
    if (kind !== undefined && inline !== undefined) {
      const path = argument(inline);
      leadsUp ||= goesUp(path);
      const inProject = path.startsWith('/') ? undefined : below(directory, path);
      if (inProject !== undefined) found[kind as keyof typeof found].push(inProject);
    } else {
      const [, operand] = forcedFlag.exec(flag) ?? [];
      if (operand !== undefined) forced.push(argument(operand));
      else if (flag.startsWith('-D')) definitions.push(`#define ${argument(flag.slice(2)).replace('=', ' ')}\n`);
    }
  }
  const { iquote, I, isystem, idirafter } = found;
  // One that is searched as the system's too is searched there only.
  const system = [...isystem, ...idirafter];
  const angled = unique([...I.filter((each) => !system.includes(each)), ...system]);
  return {
    directory,
    quoted: unique([...iquote, ...angled]),
    angled,
    isUnforeseeable: flags.some((flag) => unforeseeable.test(flag)),
    leadsUp,
    forced,
    definitions: definitions.join(''),
  };
}

/** Search paths by their flags: one object for all units that have the same, by which things are remembered of it. */
export class SearchPaths {
  readonly #byFlags = new Map<string, SearchPath>();

  of(step: Pick<CompileStep, 'flags' | 'directory'>): SearchPath {
    const key = [step.directory ?? '', ...step.flags].join('\0');
    let search = this.#byFlags.get(key);
    if (search === undefined) this.#byFlags.set(key, (search = searchPathOf(step)));
    return search;
  }
}

/** Paths at which a file of the project is looked for that `includer` names, the first one first. */
export const candidatesOf = (operand: string, includer: ProjectPath, search: SearchPath): readonly ProjectPath[] =>
  inProject(placesOf(operand, includer, search));

export const forcedCandidatesOf = (name: string, search: SearchPath): readonly ProjectPath[] =>
  inProject(inDirectories(name, [search.directory, ...search.quoted]));

/** The same, as the compiler puts them together: not normal, and some perhaps outside the project. */
export function placesOf(operand: string, includer: ProjectPath, search: SearchPath): readonly string[] {
  const { name, isQuoted } = readOperand(operand);
  if (name.startsWith('/')) return [];
  const own = includer.slice(0, Math.max(0, includer.lastIndexOf('/')));
  return inDirectories(name, isQuoted ? [own, ...search.quoted] : search.angled);
}

const inDirectories = (name: string, directories: readonly string[]): readonly string[] =>
  directories.map((directory) => (directory === '' ? name : `${directory}/${name}`));

const inProject = (places: readonly string[]): readonly ProjectPath[] =>
  unique(places.flatMap((place) => projectPath(place) ?? []));

/** Whether where a path leads depends on directories that it leaves again. */
export const goesUp = (path: string): boolean => path.split('/').includes('..');

/** `''` for the project itself; undefined for what lies outside. */
function below(directory: string, path: string): string | undefined {
  const joined = `${directory}/./${path}`.replace(/^\/+/, '');
  return projectPath(joined) ?? (projectPath(`${joined}/x`) === 'x' ? '' : undefined);
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
