import type { ProjectFiles } from '../host/ports.ts';
import { projectPath, trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { filesOf, type UnitInputs } from '../graph/include-graph.ts';
import type { ScanCompiler } from './compiler-run.ts';
import { fileQueries, usesComputed } from './file-queries.ts';
import type { KnownFiles } from './known-files.ts';
import { couldName, readOperand } from './operand.ts';
import { reduceToDirectives } from './projection.ts';
import { candidatesOf, goesUp, placesOf, type SearchPath } from './search-path.ts';

/** A file outside the project, or named by an absolute path, that a unit asks for: a sandbox would give another answer. */
export interface StrangeQuery {
  readonly file: ProjectPath;
  /** From 1. */
  readonly line: number;
  readonly path: string;
}

export interface UnlistedInputs {
  /** In no order; of them, some may be among what the compiler listed. */
  readonly files: readonly ProjectPath[];
  /** The toolchain's, that are asked for; absolute paths. */
  readonly system: readonly string[];
  readonly strange?: StrangeQuery;
}

/**
 * The files of the project that a unit asks for and does not include (see file-queries.ts). Where what is asked for cannot be
 * told, it is all of the project: rare, and never wrong.
 */
export function unlistedInputs(
  unit: UnitInputs,
  search: SearchPath,
  compiler: Pick<ScanCompiler, 'systemDirectories' | 'systemSearch'>,
  known: KnownFiles,
): UnlistedInputs {
  const { systemDirectories, systemSearch } = compiler;
  const system = new Set<string>();
  const found = new Set<ProjectPath>();
  const macros = new Set<string>();
  const ofFlags = fileQueries(search.definitions);
  for (const macro of ofFlags.queryMacros) macros.add(macro);
  // Whoever uses such a macro asks from where it is.
  let isComputed = ofFlags.hasComputedQuery || ofFlags.queries.length > 0;
  let strange: StrangeQuery | undefined;
  for (const file of filesOf(unit)) {
    const projection = known.factsOf(file)?.projection;
    if (projection === undefined) continue;
    isComputed ||= projection.hasComputedQuery;
    for (const macro of projection.queryMacros) macros.add(macro);
    for (const query of projection.queries) {
      const path = strangerOf(query, file, search, systemDirectories, known.files);
      if (path !== undefined) strange ??= { file, line: lineOf(known.files, file, readOperand(query).name), path };
      const answers = answersTo(query, file, search, known);
      for (const answer of answers) found.add(answer);
      if (answers.length === 0)
        for (const header of systemAnswers(query, systemSearch, known.files)) system.add(header);
    }
  }
  isComputed ||= macros.size > 0 && filesOf(unit).some((file) => asksComputed(known.files, file, macros));
  // A link that leads out of the project is nobody's input, and is refused where it is named.
  const isInside = (path: ProjectPath): boolean =>
    known.files.realPath(path)?.startsWith(`${known.files.root}/`) === true;
  if (isComputed) for (const path of known.listing) if (isInside(path)) found.add(path);
  return {
    files: [...found],
    system: [...system],
    ...(strange === undefined ? {} : { strange }),
  };
}

/** The first file that is there; of those behind the file's own directory, any: where that is in the search is not known. */
function answersTo(
  query: string,
  file: ProjectPath,
  search: SearchPath,
  { files, listing }: KnownFiles,
): readonly ProjectPath[] {
  const { name, isNext } = readOperand(query);
  const there = candidatesOf(query, file, search).filter((path) => files.stat(path) !== undefined);
  if (search.isUnforeseeable) return [...there, ...[...listing].filter((path) => couldName(name, path))];
  return isNext ? there : there.slice(0, 1);
}

/** Which of several is found does not matter: all of them are. */
function systemAnswers(query: string, directories: readonly string[], files: ProjectFiles): readonly string[] {
  const { name } = readOperand(query);
  const places = name.startsWith('/') ? [name] : directories.map((directory) => `${directory}/${name}`);
  return places.filter((place) => isAnywhere(place, files));
}

/** The way to the top is as good as any, whatever links there are to the project. */
const isAnywhere = (path: string, files: ProjectFiles): boolean =>
  files.stat(trustedProjectPath(`${'../'.repeat(files.root.split('/').length - 1)}${path.slice(1)}`)) !== undefined;

function strangerOf(
  query: string,
  file: ProjectPath,
  search: SearchPath,
  systemDirectories: readonly string[],
  files: ProjectFiles,
): string | undefined {
  const { name } = readOperand(query);
  if (name.startsWith('/')) {
    if (systemDirectories.some((directory) => name.startsWith(directory))) return undefined;
    return isAnywhere(name, files) ? name : undefined;
  }
  if (!goesUp(name)) return undefined;
  const outside = placesOf(query, file, search).filter((place) => projectPath(place) === undefined);
  return outside.find((place) => files.stat(trustedProjectPath(place)) !== undefined);
}

/** A unit may use a macro that another of its files defines. */
function asksComputed(files: ProjectFiles, file: ProjectPath, macros: ReadonlySet<string>): boolean {
  const contents = files.read(file);
  return contents !== undefined && usesComputed(reduceToDirectives(contents).text.toString('utf8'), macros);
}

const lineOf = (files: ProjectFiles, file: ProjectPath, text: string): number => {
  const contents = files.read(file)?.toString('utf8') ?? '';
  return contents.slice(0, Math.max(0, contents.indexOf(text))).split('\n').length;
};
