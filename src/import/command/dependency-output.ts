import { wordsOf } from './driver-options.ts';
import type { DriverItem } from './driver-options.ts';
import { baseName, withoutExtension } from './source-name.ts';

/** What a command wants to have written of what it included. */
export interface DependencyRequest {
  /** A list besides the result: -MD, -MMD. */
  readonly isAside: boolean;
  /** A list in place of the result: -M, -MM. */
  readonly isResult: boolean;
  /** As -MF named it, or `-Wp,-MD,…`. */
  readonly file: string | undefined;
}

export function dependencyRequest(items: readonly DriverItem[]): DependencyRequest {
  let isAside = false;
  let isResult = false;
  let file: string | undefined;
  for (const item of items) {
    if (item.kind === 'plain') {
      if (/^-MM?D$|^--write-(user-)?dependencies$/.test(item.text)) isAside = true;
      if (/^-MM?$|^--(user-)?dependencies$/.test(item.text)) isResult = true;
    }
    if (item.kind === 'operand' && item.name === '-MF') file = item.operand;
  }
  return { isAside, isResult, file };
}

/**
 * The list that gcc writes where nothing names it: the output's name with `.d` for its extension, also for a link (asked
 * gcc 12, `gcc -### -MD x.c -o prog`); without an output the source's name, in the working directory. With -E or -M it is
 * what -o names. Undefined where there is none, or one for each of several sources.
 */
export function dependencyFile(
  { isAside, isResult, file }: DependencyRequest,
  command: { readonly output: string | undefined; readonly sources: readonly string[]; readonly action: string },
): string | undefined {
  const { output, sources, action } = command;
  if (file !== undefined || (!isAside && !isResult)) return file;
  if (action === 'preprocess') return output;
  if (output !== undefined) return `${withoutExtension(output)}.d`;
  const [source, ...others] = sources;
  if (source === undefined || others.length > 0) return undefined;
  const name = `${baseName(withoutExtension(source))}.d`;
  // Since gcc 11, for `a.out`. Before, and with clang, the name alone.
  return action === 'link' ? `a-${name}` : name;
}

/** Options for the preprocessor or the assembler, and the list of dependencies that was among them. */
export interface CarriedOptions {
  readonly words: readonly string[];
  readonly file: string | undefined;
}

/**
 * Takes what asks for dependencies from a run of `-Wp,…` and `-Xpreprocessor …` (or `-Wa,…` and `-Xassembler …`). There
 * -MD and -MMD are followed by the name of the list, which they never are for the driver. Linux is built so.
 */
export function withoutDependencies(items: readonly DriverItem[]): CarriedOptions {
  const parts = items.flatMap((item, of) => textsOf(item).map((text) => ({ text, of })));
  const kept: (readonly string[])[] = items.map(() => []);
  let file: string | undefined;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part === undefined) break;
    const named = /^(?:--?MM?D|-M[FTQ])(.*)$/.exec(part.text);
    if (named !== null) {
      const operand = named[1] === '' ? parts[++at]?.text : named[1];
      if (!/^-M[TQ]/.test(part.text)) file = operand;
    } else if (!/^-M[MPG]?$/.test(part.text)) {
      kept[part.of] = [...(kept[part.of] ?? []), part.text];
    }
  }
  return { words: items.flatMap((item, i) => wordsAgain(item, kept[i] ?? [])), file };
}

const isList = (item: DriverItem): boolean => item.kind === 'operand' && /^-W[pal],$/.test(item.name);

/** The options that `item` carries to the program behind the driver. */
export const textsOf = (item: DriverItem): readonly string[] =>
  item.kind !== 'operand' ? [] : isList(item) ? item.operand.split(',') : [item.operand];

/** The words of `item` with other options to carry, or none. */
export const wordsAgain = (item: DriverItem, texts: readonly string[]): readonly string[] =>
  texts.length === 0 || item.kind !== 'operand' ? [] : wordsOf({ ...item, operand: texts.join(',') });
