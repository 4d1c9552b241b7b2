/** How text was spelt among other words: the words `lead`, then one of `prefix`, the text and `suffix`. */
export interface Spelling {
  /** `['-Xlinker', '-rpath', '-Xlinker']`, `['-L']`, `['-Wl,-T']`, mostly none. */
  readonly lead: readonly string[];
  /** `-L`, `-Wl,--version-script=`, `-Wl,`, mostly none. */
  readonly prefix: string;
  /** Colons after an element of an rpath: CMake pads it with them. Otherwise none. */
  readonly suffix: string;
}

/**
 * A piece of a link command. Only `word` names no file. One piece has at most one path, so that each can be rewritten by
 * itself: `-Wl,--whole-archive,a.a` is taken apart to `-Wl,--whole-archive -Wl,a.a`, and `-Wl,-rpath,x:y` to
 * `-Wl,-rpath,x -Wl,-rpath,y`, which the driver and the linker put together again.
 */
export type LinkWord =
  | { readonly kind: 'word'; readonly text: string }
  /** The object made of the command's input number `input`, a source. */
  | { readonly kind: 'object-of'; readonly input: number }
  /** An object, archive, shared library or linker script that takes part in the link. */
  | (Spelling & { readonly kind: 'input'; readonly path: string })
  /** What `-l` names: `z`, or `:libz.a` for a file of that very name. It is looked for in `search` directories. */
  | (Spelling & { readonly kind: 'library'; readonly name: string })
  /** A file read besides the inputs, or one written besides the output (`isWritten`: a map, an import library). */
  | (Spelling & { readonly kind: 'file'; readonly flag: string; readonly path: string; readonly isWritten: boolean })
  | (Spelling & { readonly kind: 'directory'; readonly flag: DirectoryFlag; readonly path: string });

/**
 * `search`: -L. `sysroot`: --sysroot and its like. `prefix`: the driver's -B, which need not end at a slash. `rpath` may
 * hold `$ORIGIN`.
 */
export type DirectoryFlag = 'search' | 'rpath' | 'rpath-link' | 'sysroot' | 'prefix';

/** The words again, `objectOf` naming the object of an input that is a source. */
export const printLinkWords = (words: Iterable<LinkWord>, objectOf: (input: number) => string): readonly string[] =>
  Array.from(words).flatMap((word) => printLinkWord(word, objectOf));

function printLinkWord(word: LinkWord, objectOf: (input: number) => string): readonly string[] {
  switch (word.kind) {
    case 'word':
      return [word.text];
    case 'object-of':
      return [objectOf(word.input)];
    case 'library':
      return [...word.lead, `${word.prefix}${word.name}${word.suffix}`];
    case 'input':
    case 'file':
    case 'directory':
      return [...word.lead, `${word.prefix}${word.path}${word.suffix}`];
  }
}

/** A piece that names a file or directory by its path. */
export type PathWord = Extract<LinkWord, { readonly path: string }>;

/**
 * Rewrites every path. What `rewrite` returns must not have a comma where `prefix` begins with `-Wl,`, nor a colon in an
 * rpath: neither the driver nor the linker could tell.
 */
export const mapLinkPaths = (
  words: readonly LinkWord[],
  rewrite: (path: string, word: PathWord) => string,
): readonly LinkWord[] => words.map((word) => ('path' in word ? { ...word, path: rewrite(word.path, word) } : word));
