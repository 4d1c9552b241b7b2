import { textsOf, wordsAgain } from './dependency-output.ts';
import { driverItems, wordsOf } from './driver-options.ts';
import type { DriverItem } from './driver-options.ts';
import type { PathRole } from './driver-table.ts';

/** A path among compile flags, and what it is for. */
export interface CompilePath {
  readonly path: string;
  readonly role: PathRole;
}

/**
 * Rewrites the paths among flags of a compiler (`compileFlags` of a command), and leaves all else and the way each flag is
 * spelt as they are. Not offered to `rewrite`: operands that begin with `=` or `$SYSROOT`, which are below a directory that
 * only the compiler knows.
 *
 * What is carried to the preprocessor, the assembler or clang's own front end (`-Wp,-Iinc`, `-Xclang -include-pch -Xclang
 * x.pch`) is rewritten too; within `-Wp,` and `-Wa,` a path cannot have a comma.
 */
export function mapCompilePaths(
  flags: readonly string[],
  rewrite: (path: string, role: PathRole) => string,
): readonly string[] {
  const items = driverItems(flags);
  const words: string[] = [];
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (item === undefined) break;
    if (!carries(item)) {
      words.push(...wordsOf(mapItem(item, rewrite)));
      continue;
    }
    const start = at;
    while (carries(items[at + 1]) && phaseOf(items[at + 1]) === phaseOf(item)) at++;
    const run = items.slice(start, at + 1);
    // As many as before: rewriting changes no word into several.
    const texts = mapCompilePaths(run.flatMap(textsOf), rewrite);
    let next = 0;
    for (const each of run) words.push(...wordsAgain(each, texts.slice(next, (next += textsOf(each).length))));
  }
  return words;
}

/** The paths among flags of a compiler, in order. */
export function pathsOf(flags: readonly string[]): readonly CompilePath[] {
  const paths: CompilePath[] = [];
  mapCompilePaths(flags, (path, role) => {
    paths.push({ path, role });
    return path;
  });
  return paths;
}

const phaseOf = (item: DriverItem | undefined): string | undefined =>
  item?.kind === 'operand' ? item.phase : undefined;

const carries = (item: DriverItem | undefined): boolean =>
  ['preprocessor', 'assembler', 'clang'].includes(phaseOf(item) ?? '');

function mapItem(item: DriverItem, rewrite: (path: string, role: PathRole) => string): DriverItem {
  if (item.kind !== 'operand' || item.role === undefined) return item;
  const { role, operand } = item;
  if (/^$|^=|^\$SYSROOT/.test(operand)) return item;
  if (role !== 'prefix-map') return { ...item, operand: rewrite(operand, role) };
  const end = operand.indexOf('=');
  if (end <= 0) return item;
  return { ...item, operand: `${rewrite(operand.slice(0, end), role)}${operand.slice(end)}` };
}
