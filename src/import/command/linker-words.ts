import type { LinkWord, Spelling } from './link-words.ts';
import { joinedOperands, linkerOperands, notJoined } from './linker-table.ts';
import type { LinkerOperand } from './linker-table.ts';

/** An argument of the linker and how it reached it: by `-Xlinker` (`lead`), within `-Wl,` (`prefix`), or directly. */
export interface LinkerArgument {
  readonly text: string;
  readonly lead: readonly string[];
  readonly prefix: string;
  /** Stands in the same `-Wl,` word as the argument before, so that both can be printed as one again. */
  readonly follows: boolean;
}

/** What a linker was asked beyond the words it gets. */
export interface LinkerFacts {
  readonly output: string | undefined;
  readonly soname: string | undefined;
  readonly form: 'executable' | 'shared-library' | 'object';
}

export interface LinkerReading extends LinkerFacts {
  /** Without the output, and without lists of dependencies. */
  readonly words: readonly LinkWord[];
}

export const nothingRead: LinkerReading = { words: [], output: undefined, soname: undefined, form: 'executable' };

/** -r wins over -shared, as with gcc, which takes both and leaves it to ld to refuse. */
export const strongerForm = (a: LinkerFacts['form'], b: LinkerFacts['form']): LinkerFacts['form'] =>
  a === 'object' || b === 'object' ? 'object' : a === 'shared-library' ? a : b;

/** Reads consecutive arguments of ld, ld.gold or ld.lld. */
export function readLinkerArguments(args: readonly LinkerArgument[]): LinkerReading {
  const words: LinkWord[] = [];
  let { output, soname, form } = nothingRead as LinkerFacts;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at];
    if (argument === undefined) break;
    const option = optionOf(argument, args[at + 1]);
    if (option === undefined) {
      form = strongerForm(form, formOf(argument.text));
      words.push(...withoutOperand(argument));
      continue;
    }
    if (option.isApart) at++;
    const { kind, flag, value, spelling } = option;
    if (kind === 'output') {
      output = value;
      continue;
    }
    if (kind === 'soname') soname = value;
    words.push(...withOperand(kind, flag, value, spelling));
  }
  return { words, output, soname, form };
}

interface FoundOption {
  readonly kind: LinkerOperand;
  readonly flag: string;
  readonly value: string;
  readonly spelling: Spelling;
  readonly isApart: boolean;
}

function optionOf(argument: LinkerArgument, next: LinkerArgument | undefined): FoundOption | undefined {
  const { text, lead, prefix } = argument;
  const parts = /^(--?)([^=]+)(=?)/.exec(text);
  if (parts === null) return undefined;
  const [whole, dashes = '', name = '', equals = ''] = parts;
  const kind = linkerOperands.get(name);
  const isShort = name.length === 1;
  // `--o` is no option, and `-o=x` names the file `=x`.
  if (kind !== undefined && (isShort ? dashes === '-' : dashes === '--' || !name.startsWith('o'))) {
    if (equals === '=' && !isShort) {
      const spelling = { lead, prefix: `${prefix}${whole}`, suffix: '' };
      return { kind, flag: name, value: text.slice(whole.length), spelling, isApart: false };
    }
    if (equals === '' && next !== undefined) {
      const spelling = next.follows
        ? { lead, prefix: `${prefix}${text},`, suffix: '' }
        : { lead: [...lead, `${prefix}${text}`, ...next.lead], prefix: next.prefix, suffix: '' };
      return { kind, flag: name, value: next.text, spelling, isApart: true };
    }
    if (equals === '') return undefined;
  }
  const letter = text.charAt(1);
  const ofLetter = joinedOperands.has(letter) && !notJoined.test(text) ? linkerOperands.get(letter) : undefined;
  if (ofLetter === undefined || text.length === 2) return undefined;
  const spelling = { lead, prefix: `${prefix}-${letter}`, suffix: '' };
  return { kind: ofLetter, flag: letter, value: text.slice(2), spelling, isApart: false };
}

/** The words for one option of the linker, or for the driver's option of the same meaning. */
export function withOperand(kind: LinkerOperand, flag: string, value: string, spelling: Spelling): readonly LinkWord[] {
  const plain = [...spelling.lead, `${spelling.prefix}${value}`].map((text) => ({ kind: 'word', text }) as const);
  switch (kind) {
    case 'output':
    case 'dependencies':
      return [];
    case 'text':
    case 'soname':
      return plain;
    case 'library':
      return [{ kind, name: value, ...spelling }];
    case 'read':
    case 'written':
      return [{ kind: 'file', flag, path: value, isWritten: kind === 'written', ...spelling }];
    case 'search':
    case 'sysroot':
      // `-L=/lib` is below the linker's own sysroot, and so no path that anybody else could follow.
      if (/^=|^\$SYSROOT/.test(value)) return plain;
      return [{ kind: 'directory', flag: kind, path: value, ...spelling }];
    case 'rpath':
    case 'rpath-link':
      return pathList(value).map(({ path, suffix }) => ({ kind: 'directory', flag: kind, path, ...spelling, suffix }));
  }
}

/** The elements of a list with colons, each with the empty ones after it: `a:b::` is `a` and `b` with `::`. */
function pathList(list: string): readonly { readonly path: string; readonly suffix: string }[] {
  const found = Array.from(list.matchAll(/([^:]+)(:*)/g), ([, path = '', colons = '']) => ({ path, colons }));
  if (found.length === 0 || list.startsWith(':')) return [{ path: list, suffix: '' }];
  // One colon between two elements goes, since what separates them now is that they are words.
  return found.map(({ path, colons }, i) => ({ path, suffix: i < found.length - 1 ? colons.slice(1) : colons }));
}

function withoutOperand({ text, lead, prefix }: LinkerArgument): readonly LinkWord[] {
  if (text.startsWith('@')) {
    const spelling = { lead, prefix: `${prefix}@`, suffix: '' };
    return [{ kind: 'file', flag: '@', path: text.slice(1), isWritten: false, ...spelling }];
  }
  if (text.startsWith('-') || text === '')
    return [...lead, `${prefix}${text}`].map((each) => ({ kind: 'word', text: each }));
  return [{ kind: 'input', path: text, lead, prefix, suffix: '' }];
}

const formOf = (text: string): LinkerFacts['form'] =>
  /^-(?:r|i|Ur|-relocatable|relocatable)$/.test(text)
    ? 'object'
    : /^-(?:-?shared|-?Bshareable)$/.test(text)
      ? 'shared-library'
      : 'executable';
