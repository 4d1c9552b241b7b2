import { operandOptions, plainOptions } from './driver-table.ts';
import type { OperandOption, PathRole, Phase } from './driver-table.ts';

/** A piece of a driver's command line: a file, or an option with all its words. */
export type DriverItem =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'plain'; readonly text: string; readonly phase: Phase }
  | {
      readonly kind: 'operand';
      /** The short name: `-I` for `--include-directory=x`. */
      readonly name: string;
      readonly phase: Phase;
      readonly role: PathRole | undefined;
      /** How it was spelt: `lead` words, then one word of `prefix` and `operand`. */
      readonly lead: readonly string[];
      readonly prefix: string;
      readonly operand: string;
    };

/**
 * Cuts the arguments of gcc or clang, response files already expanded, into files and options. As in gcc, an option takes
 * the next word whatever that looks like (`-D -c` defines `-c`), and one whose operand is missing is an option without.
 *
 * `--` ends the options for clang only; gcc knows no such word and no way to name a file that begins with a dash, except
 * `./-x.c`. That is how such a file comes back here, so that it can be put among options again.
 */
export function driverItems(args: readonly string[]): readonly DriverItem[] {
  const items: DriverItem[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') {
      items.push({ kind: 'plain', text: word, phase: 'aside' });
      for (const path of args.slice(at + 1))
        items.push({ kind: 'file', path: path.startsWith('-') ? `./${path}` : path });
      break;
    }
    // `-` alone is standard input.
    if (!word.startsWith('-') || word === '-') {
      items.push({ kind: 'file', path: word });
      continue;
    }
    const known = plainOptions.get(word);
    const option = known === undefined ? optionOf(word) : undefined;
    if (option === undefined) {
      items.push({ kind: 'plain', text: word, phase: known ?? phaseOf(word) });
      continue;
    }
    const { means: name, phase, role } = option;
    if (word.length > option.name.length || option.spelling === 'joined') {
      const operand = word.slice(option.name.length);
      items.push({ kind: 'operand', name, phase, role, lead: [], prefix: option.name, operand });
    } else {
      const operand = args[at + 1];
      if (operand === undefined) items.push({ kind: 'plain', text: word, phase });
      else items.push({ kind: 'operand', name, phase, role, lead: [word], prefix: '', operand });
      at++;
    }
  }
  return items;
}

/** The words that `item` was made of. */
export const wordsOf = (item: DriverItem): readonly string[] =>
  item.kind === 'file'
    ? [item.path]
    : item.kind === 'plain'
      ? [item.text]
      : [...item.lead, `${item.prefix}${item.operand}`];

const apart = new Map(operandOptions.filter(({ spelling }) => spelling !== 'joined').map((each) => [each.name, each]));
// The longest first: `-iwithprefixbefore` is not `-iwithprefix before`.
const joined = operandOptions
  .filter(({ spelling }) => spelling !== 'apart')
  .toSorted((a, b) => b.name.length - a.name.length);

const optionOf = (word: string): OperandOption | undefined =>
  apart.get(word) ?? joined.find(({ name }) => word.startsWith(name));

function phaseOf(word: string): Phase {
  if (/^--?print-|^-+help/.test(word)) return 'inspect';
  if (/^-W|^-f(no-)?diagnostics-|^-fmessage-length=/.test(word)) return 'diagnostic';
  // -dM, -dD and their like, which say what the preprocessor or the compiler is to print besides.
  if (/^-d[A-Z]+$/.test(word)) return 'compile';
  return 'shared';
}
