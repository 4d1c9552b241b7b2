import { readLinkerArguments } from './linker-words.ts';
import type { LinkerReading } from './linker-words.ts';

/** A link asked of the linker itself: `ld -r -o all.o a.o b.o`, `ld -r -b binary -o data.o data.txt`. */
export interface LinkerCommand extends LinkerReading {
  /** `inspect`: prints something, or has nothing to link. */
  readonly action: 'link' | 'inspect';
  /** What takes part in the link by its path, in order, as `words` have it. */
  readonly inputs: readonly string[];
}

/**
 * Reads a command line of ld, ld.gold or ld.lld: its name and arguments, response files expanded. The order of `words` is
 * that of the arguments, since options such as `-b binary` and `--whole-archive` are for the files after them.
 */
export function parseLinkerCommand(argv: readonly string[]): LinkerCommand {
  const args = argv.slice(1);
  const reading = readLinkerArguments(args.map((text) => ({ text, lead: [], prefix: '', follows: false })));
  const inputs = reading.words.flatMap((word) => (word.kind === 'input' ? [word.path] : []));
  const prints = args.some((word) =>
    /^(?:--?version|--?help|--?target-help|--print-(?:sysroot|output-format))$/.test(word),
  );
  return { ...reading, inputs, action: prints || inputs.length === 0 ? 'inspect' : 'link' };
}
