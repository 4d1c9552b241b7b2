/** What `ar` was asked to do. `inspect`: to print something about itself, or, without an operation, how to call it. */
export type ArchiveOperation = 'add' | 'index' | 'extract' | 'delete' | 'move' | 'list' | 'script' | 'inspect';

export interface ArchiveCommand {
  readonly operation: ArchiveOperation;
  /** Undefined for a script and where nothing is named. */
  readonly archive: string | undefined;
  /** Files to add, or names of members for the other operations; in order. */
  readonly members: readonly string[];
  /** Holds the names of its members only, by -T or --thin. */
  readonly isThin: boolean;
  /** All letters as given, the operation's among them: `rcs`. `r` replaces members of the same name, `q` does not look. */
  readonly letters: string;
  /** The member that the modifiers a, b and i put new ones after or before. */
  readonly position: string | undefined;
  /** Options with operands: `--target=elf64-little`, `--plugin x`, `-l x`, the count of N; not --thin. */
  readonly flags: readonly string[];
}

const operations: Readonly<Record<string, ArchiveOperation>> = {
  r: 'add',
  q: 'add',
  x: 'extract',
  d: 'delete',
  m: 'move',
  t: 'list',
  p: 'list',
};

const withOperand = new Set(['--plugin', '--target', '--output', '--record-libdeps']);

/**
 * Reads a command line of ar (binutils' or LLVM's), response files expanded: `ar rcs x.a a.o`, `ar -r -c x.a a.o`,
 * `ar --thin rc x.a`. The first word is letters even without a dash; options may stand anywhere, as getopt has it.
 */
export function parseArchiveCommand(argv: readonly string[]): ArchiveCommand {
  const flags: string[] = [];
  const plain: string[] = [];
  let letters = '';
  let isThin = false;
  let inspects = false;
  const words = argv.slice(1);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      plain.push(...words.slice(at + 1));
      break;
    } else if (word === '--thin') {
      isThin = true;
    } else if (word === '--version' || word === '--help') {
      inspects = true;
    } else if (withOperand.has(word)) {
      flags.push(...words.slice(at, at + 2));
      at++;
    } else if (word.startsWith('--')) {
      flags.push(word);
    } else if ((word.startsWith('-') && word !== '-') || letters === '') {
      const [own, text] = splitAtText(word.replace(/^-/, ''));
      letters += own;
      if (text !== undefined) flags.push('-l', text === '' ? (words[++at] ?? '') : text);
    } else {
      plain.push(word);
    }
  }
  const position = /[abi]/.test(letters) ? plain.shift() : undefined;
  // N: which of several members of one name.
  if (letters.includes('N')) flags.push(...plain.splice(0, 1));
  const operation = inspects ? 'inspect' : operationOf(letters);
  const [archive, ...members] = operation === 'script' ? [] : plain;
  return { operation, archive, members, isThin: isThin || letters.includes('T'), letters, position, flags };
}

/** `l` is followed by text, the rest of its word or the next one (asked binutils 2.40; it was ignored before 2.36). */
function splitAtText(letters: string): readonly [own: string, text?: string] {
  const at = letters.indexOf('l');
  return at < 0 ? [letters] : [letters.slice(0, at), letters.slice(at + 1)];
}

function operationOf(letters: string): ArchiveOperation {
  if (letters.includes('M')) return 'script';
  const letter = Array.from(letters).find((each) => each in operations);
  if (letter !== undefined) return operations[letter] ?? 'inspect';
  return letters.includes('s') ? 'index' : 'inspect';
}

/** The archives that a command line of ranlib gives an index; none where it only prints something. */
export function parseRanlibCommand(argv: readonly string[]): readonly string[] {
  const archives: string[] = [];
  const words = argv.slice(1);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (/^(-[hHvV]|--help|--version)$/.test(word)) return [];
    if (word === '--plugin' || word === '--target') at++;
    else if (!word.startsWith('-')) archives.push(word);
  }
  return archives;
}
