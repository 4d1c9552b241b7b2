import { textsOf } from './dependency-output.ts';
import type { CompilerInput } from './driver-inputs.ts';
import { wordsOf } from './driver-options.ts';
import type { DriverItem } from './driver-options.ts';
import type { LinkWord, Spelling } from './link-words.ts';
import { nothingRead, readLinkerArguments, strongerForm, withOperand } from './linker-words.ts';
import type { LinkerArgument, LinkerReading } from './linker-words.ts';
import { isHeader } from './source-name.ts';

type Operand = Extract<DriverItem, { readonly kind: 'operand' }>;

/** The link that a driver's items ask for; `inputs` are its files, in order. */
export function readDriverLink(items: readonly DriverItem[], inputs: readonly CompilerInput[]): LinkerReading {
  // Then the link compiles, with the flags given to it.
  const compiles = items.some((item) => item.kind === 'plain' && /^-flto(=|$)/.test(item.text));
  const words: LinkWord[] = [];
  let { output, soname, form } = nothingRead;
  let input = 0;
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (item === undefined) break;
    if (item.kind === 'file') {
      words.push(...fileWords(item.path, inputs[input], input));
      input++;
    } else if (item.phase === 'linker') {
      const start = at;
      while (isForLinker(items[at + 1])) at++;
      const read = readLinkerArguments(items.slice(start, at + 1).flatMap(linkerArguments));
      words.push(...read.words);
      output = read.output ?? output;
      soname = read.soname ?? soname;
      form = strongerForm(form, read.form);
    } else if (item.kind === 'plain') {
      if (/^--?shared$/.test(item.text)) form = strongerForm(form, 'shared-library');
      if (item.text === '-r') form = 'object';
      if (isForLink(item, compiles)) words.push({ kind: 'word', text: item.text });
    } else if (isForLink(item, compiles)) {
      words.push(...operandWords(item, compiles));
    }
  }
  return { words, output, soname, form };
}

function fileWords(path: string, input: CompilerInput | undefined, index: number): readonly LinkWord[] {
  if (input?.kind !== 'source') return [{ kind: 'input', path, lead: [], prefix: '', suffix: '' }];
  // A header becomes a precompiled one, which is not linked.
  return isHeader(path, input.language) ? [] : [{ kind: 'object-of', input: index }];
}

const isForLinker = (item: DriverItem | undefined): boolean => item?.kind === 'operand' && item.phase === 'linker';

/** `-Wl,a,b` are two arguments of the linker, `-Xlinker a` is one. */
const linkerArguments = (item: DriverItem): readonly LinkerArgument[] =>
  item.kind !== 'operand'
    ? []
    : textsOf(item).map((text, i) => ({ text, lead: item.lead, prefix: item.prefix, follows: i > 0 }));

function isForLink(item: Exclude<DriverItem, { readonly kind: 'file' }>, compiles: boolean): boolean {
  switch (item.phase) {
    case 'shared':
    case 'link':
      return true;
    case 'diagnostic':
    case 'assembler':
      return compiles;
    default:
      return false;
  }
}

function operandWords(item: Operand, compiles: boolean): readonly LinkWord[] {
  const { name, operand, role, lead, prefix } = item;
  const spelling: Spelling = { lead, prefix, suffix: '' };
  switch (name) {
    case '-L':
      return withOperand('search', 'L', operand, spelling);
    case '-l':
      return withOperand('library', 'l', operand, spelling);
    case '-T':
      return withOperand('read', 'T', operand, spelling);
    case '-rpath':
      return withOperand('rpath', 'rpath', operand, spelling);
  }
  switch (role) {
    case 'search':
    case 'sysroot':
    case 'prefix':
      return [{ kind: 'directory', flag: role, path: operand, ...spelling }];
    case 'include':
    case 'specs':
    case 'plugin':
    case 'profile':
    case 'file':
      return [{ kind: 'file', flag: name, path: operand, isWritten: false, ...spelling }];
    case 'prefix-map':
      if (!compiles) return [];
      break;
    case undefined:
  }
  return wordsOf(item).map((text) => ({ kind: 'word', text }));
}
