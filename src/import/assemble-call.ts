import { posix } from 'node:path';
import type { Call } from './calls.ts';
import type { DraftObject } from './drafts.ts';
import { absolute, directoryIn, inside, portable, productPath } from './places.ts';

type AssemblerCall = Extract<Call, { readonly tool: 'as' }>;

export interface Assembled {
  /** The object, absolute. */
  readonly path: string;
  readonly draft?: DraftObject;
  /** Why there is no draft, where something is assembled all the same. */
  readonly problem?: string;
}

/**
 * A call of the assembler itself, as the compiler's driver would be asked for the same: `as -I inc -o a.o a.s` is
 * `cc -x assembler -Wa,-I,inc -c a.s`.
 */
export function assembleCall(root: string, call: AssemblerCall): Assembled {
  const place = { root, directory: call.directory };
  const { sources, output, words, inspects } = readWords(call.argv.slice(1), (path) => portable(place, path));
  const path = posix.resolve(call.directory, output ?? 'a.out');
  const [source, ...more] = sources;
  if (inspects) return { path };
  if (source === undefined || more.length > 0 || source === '-')
    return { path, problem: 'the assembler is called by hand, and not for one file' };
  const file = inside(root, absolute(place, source));
  const { directory, isOutside } = directoryIn(place);
  if (file === undefined || isOutside) {
    const stranger = isOutside ? `it runs in ${call.directory}, which` : source;
    return { path, problem: `${stranger} is not in the project` };
  }
  return {
    path,
    draft: {
      kind: 'object',
      path: productPath(root, path),
      source: file,
      language: 'c',
      directory,
      // One word each: an operand may have commas.
      flags: ['-x', 'assembler', ...words.flatMap((word) => ['-Xassembler', word])],
      files: new Set(),
      origin: call,
    },
  };
}

interface AssemblerWords {
  readonly sources: readonly string[];
  readonly output: string | undefined;
  readonly words: readonly string[];
  readonly inspects: boolean;
}

/** `as --help`, binutils 2.40: these take the next word. */
const withOperand = new Set(['--defsym', '--debug-prefix-map', '-G', '-t', '--hash-size']);

function readWords(args: readonly string[], portablePath: (path: string) => string): AssemblerWords {
  const sources: string[] = [];
  const words: string[] = [];
  let output: string | undefined;
  let inspects = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '-o') output = args[++at];
    else if (word.startsWith('-o')) output = word.slice(2);
    // What was read is listed for make, and what was assembled for people.
    else if (word === '--MD') at++;
    else if (/^-a[a-z]*(?:=.*)?$/.test(word)) continue;
    else if (/^--?(?:version|help|target-help)$/.test(word)) inspects = true;
    else if (word === '-I') words.push(word, portablePath(args[++at] ?? ''));
    else if (word.startsWith('-I')) words.push(`-I${portablePath(word.slice(2))}`);
    else if (withOperand.has(word)) words.push(word, args[++at] ?? '');
    else if (word === '--') sources.push('-');
    else if (word.startsWith('-') && word !== '-') words.push(word);
    else sources.push(word);
  }
  return { sources, output, words, inspects: inspects || (sources.length === 0 && output === undefined) };
}
