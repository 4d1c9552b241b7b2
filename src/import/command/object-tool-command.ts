import type { LinkWord } from './link-words.ts';

/** An option of strip or objcopy: a word, or a file that it reads or writes besides the objects. */
export type ObjectToolWord = Extract<LinkWord, { readonly kind: 'word' | 'file' }>;

export interface ObjectToolCommand {
  /** `inspect`: prints something about itself, or was given no file. */
  readonly action: 'rewrite' | 'inspect';
  /** For objcopy one; strip takes any number. */
  readonly inputs: readonly string[];
  /** Undefined where each input is rewritten in place. */
  readonly output: string | undefined;
  /** All else but the program's name, in order. */
  readonly flags: readonly ObjectToolWord[];
}

/** What an option's operand is: text, the output, a file read or written, or `section=file` with such a file. */
type Operand = 'text' | 'output' | 'read' | 'written' | 'section-read' | 'section-written';

type Table = ReadonlyMap<string, Operand>;

const table = (...rows: readonly (readonly [kind: Operand, names: string])[]): Table =>
  new Map(rows.flatMap(([kind, names]) => names.split(/\s+/).map((name) => [name, kind] as const)));

/** `strip --help`, binutils 2.40; long options take their operand with `=` or as the next word (getopt_long). */
const stripOperands = table(
  ['output', '-o'],
  ['text', '-I -O -F -R -N -K --input-target --output-target --target --remove-section --remove-relocations'],
  ['text', '--strip-symbol --keep-section --keep-symbol'],
);

/** `objcopy --help`, binutils 2.40. Where an operand may be left out it is never the next word (--interleave). */
const objcopyOperands = table(
  [
    'text',
    '-I -O -B -F -j -R -N -K -L -G -W -b -i -s -d --input-target --output-target --binary-architecture --target',
  ],
  [
    'text',
    '--only-section --remove-section --remove-relocations --strip-symbol --strip-unneeded-symbol --keep-section',
  ],
  [
    'text',
    '--keep-symbol --localize-symbol --globalize-symbol --keep-global-symbol --weaken-symbol --interleave-width',
  ],
  ['text', '--byte --gap-fill --pad-to --set-start --change-start --adjust-start --change-addresses --adjust-vma'],
  ['text', '--change-section-address --adjust-section-vma --change-section-lma --change-section-vma'],
  ['text', '--set-section-flags --set-section-alignment --rename-section --long-section-names --reverse-bytes'],
  ['text', '--redefine-sym --srec-len --add-symbol --alt-machine-code --prefix-symbols --prefix-sections'],
  ['text', '--prefix-alloc-sections --file-alignment --heap --image-base --section-alignment --stack --subsystem'],
  ['text', '--elf-stt-common --verilog-data-width --globalize-symbol --dump-symbol'],
  ['read', '--add-gnu-debuglink --redefine-syms --strip-symbols --strip-unneeded-symbols --keep-symbols'],
  ['read', '--localize-symbols --globalize-symbols --keep-global-symbols --weaken-symbols'],
  ['section-read', '--add-section --update-section'],
  ['section-written', '--dump-section'],
  // LLVM's
  ['written', '--split-dwo --build-id-link-output'],
);

/** Reads a command line of strip: `strip -g a b`, `strip -o out --strip-unneeded in`. */
export function parseStripCommand(argv: readonly string[]): ObjectToolCommand {
  const { files, output, flags, prints } = readOptions(argv.slice(1), stripOperands);
  return { action: prints || files.length === 0 ? 'inspect' : 'rewrite', inputs: files, output, flags };
}

/** Reads a command line of objcopy: `objcopy flags in [out]`. */
export function parseObjcopyCommand(argv: readonly string[]): ObjectToolCommand {
  const { files, flags, prints } = readOptions(argv.slice(1), objcopyOperands);
  const [input, output] = files;
  const inputs = input === undefined ? [] : [input];
  return { action: prints || input === undefined ? 'inspect' : 'rewrite', inputs, output, flags };
}

interface Options {
  readonly files: readonly string[];
  readonly output: string | undefined;
  readonly flags: readonly ObjectToolWord[];
  readonly prints: boolean;
}

/** Options may stand anywhere, up to `--` (getopt). */
function readOptions(words: readonly string[], operands: Table): Options {
  const files: string[] = [];
  const flags: ObjectToolWord[] = [];
  let output: string | undefined;
  let prints = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      files.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      files.push(word);
      continue;
    }
    prints ||= /^(?:-[hHV]|--help|--version|--info)$/.test(word);
    const option = word.startsWith('--') ? longOption(word, operands) : shortOption(word, operands);
    const isApart = option?.value === '' && !word.endsWith('=') && at + 1 < words.length;
    if (option === undefined) flags.push({ kind: 'word', text: word });
    else if (isApart) at++;
    if (option === undefined) continue;
    const value = isApart ? (words[at] ?? '') : option.value;
    if (option.kind === 'output') output = value;
    else flags.push(...withOperand(option, value, isApart ? [word] : [], isApart ? '' : option.name));
  }
  return { files, output, flags, prints };
}

interface Found {
  readonly kind: Operand;
  /** The option as far as the operand: `--add-section=`, `-R`, `-xR`. */
  readonly name: string;
  /** Empty where it is the next word. */
  readonly value: string;
}

function longOption(word: string, operands: Table): Found | undefined {
  const equals = word.indexOf('=');
  const kind = operands.get(equals < 0 ? word : word.slice(0, equals));
  if (kind === undefined) return undefined;
  return equals < 0
    ? { kind, name: word, value: '' }
    : { kind, name: word.slice(0, equals + 1), value: word.slice(equals + 1) };
}

/** Letters without operand may come first in the same word: `-xR.comment`. */
function shortOption(word: string, operands: Table): Found | undefined {
  for (let at = 1; at < word.length; at++) {
    const kind = operands.get(`-${word.charAt(at)}`);
    if (kind !== undefined) return { kind, name: word.slice(0, at + 1), value: word.slice(at + 1) };
  }
  return undefined;
}

function withOperand(
  { kind, name }: Found,
  value: string,
  lead: readonly string[],
  prefix: string,
): readonly ObjectToolWord[] {
  const flag = name.replace(/=$/, '');
  const file = (before: string, path: string): ObjectToolWord => ({
    kind: 'file',
    flag,
    path,
    isWritten: kind.endsWith('written'),
    lead,
    prefix: `${prefix}${before}`,
    suffix: '',
  });
  const equals = value.indexOf('=');
  if (kind === 'read' || kind === 'written') return [file('', value)];
  if (kind !== 'text' && equals >= 0) return [file(value.slice(0, equals + 1), value.slice(equals + 1))];
  return [...lead, `${prefix}${value}`].map((text) => ({ kind: 'word', text }));
}
