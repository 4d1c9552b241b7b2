/** What the operand of a linker's option is. */
export type LinkerOperand =
  | 'text'
  | 'output'
  | 'soname'
  | 'library'
  /** A file that is read, one that is written, and one that only says what was read. */
  | 'read'
  | 'written'
  | 'dependencies'
  | 'search'
  | 'rpath'
  | 'rpath-link'
  | 'sysroot';

const rows: readonly (readonly [kind: LinkerOperand, names: string])[] = [
  ['output', 'o output'],
  ['soname', 'h soname'],
  ['library', 'l library'],
  ['search', 'L library-path'],
  ['rpath', 'rpath'],
  ['rpath-link', 'rpath-link'],
  ['sysroot', 'sysroot'],
  ['dependencies', 'dependency-file'],
  ['written', 'Map out-implib output-def base-file base_file reproduce print-symbol-order'],
  ['read', 'T script dT default-script version-script dynamic-list export-dynamic-symbol-list retain-symbols-file'],
  ['read', 'R just-symbols c mri-script plugin error-handling-script in-implib'],
  // lld and gold
  ['read', 'symbol-ordering-file call-graph-ordering-file section-ordering-file lto-sample-profile'],
  ['text', 'a A architecture b format e entry f auxiliary F filter G gpsize I dynamic-linker m u undefined y'],
  ['text', 'trace-symbol Y z P audit depaudit plugin-opt require-defined assert defsym fini init oformat hash-size'],
  ['text', 'hash-style sort-section spare-dynamic-tags task-link section-start Tbss Tdata Ttext Ttext-segment'],
  ['text', 'Trodata-segment Tldata-segment unresolved-symbols version-exports-section export-dynamic-symbol wrap'],
  ['text', 'ignore-unresolved-symbol exclude-libs exclude-modules-for-implib exclude-symbols compress-debug-sections'],
  ['text', 'max-cache-size package-metadata ctf-share-types orphan-handling image-base'],
];

/**
 * Options of `ld` with an operand that may stand in the next word, without dashes: `ld --help` of binutils 2.40, and what
 * lld and gold have besides. Operands that may be left out (--build-id, -O, --unique) are never in a word of their own.
 */
export const linkerOperands: ReadonlyMap<string, LinkerOperand> = new Map(
  rows.flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);

/**
 * Short options whose operand may follow at once. The others with one are left out: `-export-dynamic` and `-check-sections`
 * are long options, and where `-ufoo` really is `-u foo` it names no file.
 */
export const joinedOperands: ReadonlySet<string> = new Set(['o', 'l', 'L', 'T', 'R', 'h']);

/** Long options that begin like one of these. `-o…` always is an output: long ones with o need two dashes (ld's manual). */
export const notJoined = /^-(?:T(?:bss|data|text|text-segment|rodata-segment|ldata-segment)\b|h(?:elp|ash-))/;
