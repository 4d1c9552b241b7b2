import { dependencyFile, dependencyRequest, withoutDependencies } from './dependency-output.ts';
import { inputsOf } from './driver-inputs.ts';
import type { CompilerInput } from './driver-inputs.ts';
import { readDriverLink } from './driver-link.ts';
import { driverItems, wordsOf } from './driver-options.ts';
import type { DriverItem } from './driver-options.ts';
import type { LinkWord } from './link-words.ts';
import type { LinkerFacts } from './linker-words.ts';
import { isHeader } from './source-name.ts';

/**
 * What a compiler driver was asked to do. `inspect`: to print something about itself, or to fail for want of a file, as
 * `gcc -v` and `gcc -Wl,--version` do. `preprocess` includes -M and -MM.
 */
export type CompilerAction =
  'compile' | 'link' | 'preprocess' | 'assembly' | 'syntax' | 'inspect' | 'precompile-header';

export interface CompilerCommand {
  readonly action: CompilerAction;
  /** In order. Files that only the linker is told of (`-Wl,x.a`) are in `linkWords` alone. */
  readonly inputs: readonly CompilerInput[];
  /** What the last -o names; also for -M and -E. */
  readonly output: string | undefined;
  /**
   * What each source is compiled with, in order: all but the driver, inputs, -o, -x, what is to be made (-c), requests for
   * dependencies, and what is for the linker only or changes no result (-pipe, -save-temps, -v).
   */
  readonly compileFlags: readonly string[];
  /** The link, in order; empty where nothing is linked. Without the driver, -o, -x, and what is for compiling only. */
  readonly linkWords: readonly LinkWord[];
  /** What the link makes: -shared and -r say it, to the driver or the linker. */
  readonly form: LinkerFacts['form'];
  /** From the linker's -soname or -h. The driver's own -h goes nowhere (gcc 12). */
  readonly soname: string | undefined;
  /** Where what was included is listed. */
  readonly dependencyFile: string | undefined;
}

/** Reads a command line of gcc, clang or a driver like them: its name and arguments, response files expanded. */
export function parseCompilerCommand(argv: readonly string[]): CompilerCommand {
  const items = driverItems(argv.slice(1));
  const inputs = inputsOf(items);
  const sources = inputs.filter(({ kind }) => kind === 'source');
  const action = actionOf(items, inputs);
  const compile = compileFlagsOf(items);
  const link = readDriverLink(items, inputs);
  const output = (action === 'link' ? link.output : undefined) ?? outputOf(items);
  return {
    action,
    inputs,
    output,
    compileFlags: compile.words,
    linkWords: action === 'link' ? link.words : [],
    form: link.form,
    soname: link.soname,
    dependencyFile:
      compile.file ??
      dependencyFile(dependencyRequest(items), { output, sources: sources.map(({ path }) => path), action }),
  };
}

/** Which wins where several are given is what gcc 12 does (`gcc -### -S -c`, `-fsyntax-only -E`, …). */
function actionOf(items: readonly DriverItem[], inputs: readonly CompilerInput[]): CompilerAction {
  if (inputs.length === 0 || items.some((item) => item.kind !== 'file' && item.phase === 'inspect')) return 'inspect';
  const asked = new Set(items.map((item) => (item.kind === 'plain' && item.phase === 'action' ? item.text : '')));
  const has = (...names: readonly string[]): boolean => names.some((name) => asked.has(name));
  if (has('-E', '-M', '-MM', '--preprocess', '--dependencies', '--user-dependencies')) return 'preprocess';
  if (has('-fsyntax-only')) return 'syntax';
  if (inputs.every(({ path, language, kind }) => kind === 'source' && isHeader(path, language)))
    return 'precompile-header';
  if (has('-S', '--assemble')) return 'assembly';
  return has('-c', '--compile') ? 'compile' : 'link';
}

const outputOf = (items: readonly DriverItem[]): string | undefined =>
  items.flatMap((item) => (item.kind === 'operand' && item.phase === 'output' ? [item.operand] : [])).at(-1);

function compileFlagsOf(items: readonly DriverItem[]): { words: readonly string[]; file: string | undefined } {
  const words: string[] = [];
  let file: string | undefined;
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (item === undefined || item.kind === 'file') continue;
    switch (item.phase) {
      case 'shared':
      case 'compile':
      case 'diagnostic':
      case 'clang':
        words.push(...wordsOf(item));
        break;
      case 'preprocessor':
      case 'assembler': {
        const end = endOfRun(items, at, item.phase);
        const carried = withoutDependencies(items.slice(at, end));
        words.push(...carried.words);
        file = carried.file ?? file;
        at = end - 1;
        break;
      }
      default:
        break;
    }
  }
  return { words, file };
}

/** Where the items for the same program, which may need each other (`-Xpreprocessor -MD -Xpreprocessor x`), end. */
function endOfRun(items: readonly DriverItem[], start: number, phase: string): number {
  let end = start;
  for (let item = items[end]; item?.kind === 'operand' && item.phase === phase; item = items[end]) end++;
  return Math.max(end, start + 1);
}
