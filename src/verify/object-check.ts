import type { ProjectFiles } from '../host/ports.ts';
import type { Mapped, Verdict } from '../model/events.ts';
import { filesOf } from '../graph/include-graph.ts';
import type { BuiltObjects, BuiltUnit } from '../build/built-objects.ts';
import type { AskingPlaces } from './asking-places.ts';
import { differingSections, sectionsOf } from './elf-sections.ts';
import { filesReadBesides } from './files-read.ts';
import { differsInKeptCode, withoutSeeds } from './kept-code.ts';
import type { PlainCompiler } from './plain-compiler.ts';

export interface CheckParts {
  readonly compiler: PlainCompiler;
  readonly files: ProjectFiles;
  readonly scratch: ProjectFiles;
  readonly places: AskingPlaces;
  readonly isCurrent: BuiltObjects['isCurrent'];
  /** The compiler's arguments that give directories of this machine the names that they have in a sandbox. */
  readonly pathMaps: readonly string[];
}

/** Something that a sandbox has otherwise, and how a compile in the tree is told. */
interface Adjustment {
  readonly kind: 'file-times' | 'paths';
  readonly flags: readonly string[];
}

/**
 * Compiles a unit in the tree and compares; where the two differ, tells the compiler what the sandbox has otherwise, one thing
 * after another, until they agree: only then is that the reason. Undefined where it was aborted.
 */
export async function checkObject(unit: BuiltUnit, object: Buffer, parts: CheckParts): Promise<Verdict | undefined> {
  const { compiler, files, scratch, places, pathMaps, isCurrent } = parts;
  const { step, output, inputs } = unit;
  const first = await compiler.compile(step, output);
  if (first === undefined) return undefined;
  if (first.isMade && first.object.equals(object)) return { outcome: 'same' };
  const changed = filesOf(inputs).find((path) => !isCurrent(path));
  if (changed !== undefined) return { outcome: 'changed', path: changed };
  if (!first.isMade) return { outcome: 'failed', messages: first.messages };

  const asking = places.of(filesOf(inputs));
  const adjustments: readonly Adjustment[] = [
    ...(asking.some(({ what }) => what === '__TIMESTAMP__') ? [timeOfSource] : []),
    { kind: 'paths', flags: pathMaps },
  ];
  const sections = difference(object, first.object);
  let last = sections;
  let flags: readonly string[] = [];
  let mapped: readonly Mapped[] = [];
  for (let made = first.object, next = 0; ; next++) {
    const agreement = await agreementOf(unit, object, made, compiler);
    if (agreement !== undefined) return { outcome: 'mapped', mapped: [...mapped, ...agreement], sections };
    const adjustment = adjustments[next];
    if (adjustment === undefined) break;
    flags = [...flags, ...adjustment.flags];
    mapped = [...mapped, ...(adjustment.kind === 'paths' ? placesOfPaths(last) : [adjustment.kind])];
    const adjusted = await compiler.compile(step, output, flags);
    if (adjusted === undefined) return undefined;
    if (!adjusted.isMade) break;
    made = adjusted.object;
    last = difference(object, made);
  }

  const again = await compiler.compile(step, output);
  const read = await filesReadBesides(unit, compiler, files.root, scratch);
  if (again === undefined) return undefined;
  const isRepeatable = again.isMade && areAlike(first.object, again.object);
  return { outcome: 'differs', sections: last, files: read, places: asking, isRepeatable };
}

/** Whether two objects are the same, and what has to be left out of account for that. Undefined where they differ. */
async function agreementOf(
  { step, output }: BuiltUnit,
  built: Buffer,
  made: Buffer,
  compiler: PlainCompiler,
): Promise<readonly Mapped[] | undefined> {
  if (made.equals(built)) return [];
  const codeOf = (object: Buffer): Promise<Buffer | undefined> => compiler.codeOf(step, output, object);
  return (await differsInKeptCode(built, made, codeOf)) ? ['link-time-optimization'] : undefined;
}

/** What the stage gives to the first file of a step, which is the source: see nix/stage-source.ts. */
const timeOfSource: Adjustment = {
  kind: 'file-times',
  flags: ['-Wno-builtin-macro-redefined', '-D__TIMESTAMP__="Thu Jan  1 00:00:01 1970"'],
};

/** The names of sections that differ, without what is random of them; none of what has none. */
function difference(built: Buffer, made: Buffer): readonly string[] {
  const [one, other] = [sectionsOf(built), sectionsOf(made)];
  return one === undefined || other === undefined ? [] : differingSections(withoutSeeds(one), withoutSeeds(other));
}

/** But for names that are always random. */
const areAlike = (one: Buffer, other: Buffer): boolean =>
  one.equals(other) || (sectionsOf(one) !== undefined && difference(one, other).length === 0);

const isOfDebugInformation = (name: string): boolean => /^(?:\.rela?)?\.(?:z?debug|gnu\.(?:debug)?lto)/.test(name);

/** Of link-time optimization, debug information is found by names that are digests of it. */
const isSymbolTable = (name: string): boolean => /^\.(?:sym|str)tab$/.test(name);

function placesOfPaths(sections: readonly string[]): readonly Mapped[] {
  const isDebug = sections.some(isOfDebugInformation);
  const isOther = sections.some((name) => !isOfDebugInformation(name) && !isSymbolTable(name));
  return [
    ...(isDebug ? (['debug-information'] as const) : []),
    ...(isOther || !isDebug ? (['file-macros'] as const) : []),
  ];
}
