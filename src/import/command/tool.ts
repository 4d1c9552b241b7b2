import { baseName } from './source-name.ts';

/** What a program of a build is to makenix. */
export type Tool =
  | { readonly kind: 'compiler'; readonly driver: 'c' | 'c++'; readonly family: CompilerFamily }
  | {
      /** `inspector`: reads and prints (nm, objdump, size). `other`: nothing known of it. */
      readonly kind: 'ar' | 'ranlib' | 'ld' | 'strip' | 'objcopy' | 'as' | 'libtool' | 'inspector' | 'other';
    };

export type CompilerFamily = 'gcc' | 'clang' | 'unknown';

/** Names that only compilers have: whatever may stand before them (`afl-gcc`, `musl-gcc`), and a version close behind. */
const distinct: readonly (readonly [name: RegExp, tool: Tool])[] = [
  [/gcc/, { kind: 'compiler', driver: 'c', family: 'gcc' }],
  [/g\+\+/, { kind: 'compiler', driver: 'c++', family: 'gcc' }],
  [/clang/, { kind: 'compiler', driver: 'c', family: 'clang' }],
  [/clang\+\+/, { kind: 'compiler', driver: 'c++', family: 'clang' }],
];

/** Names so short that a project's own program could end in them (`gen-size`): only a target may stand before them. */
const common: readonly (readonly [name: RegExp, tool: Tool])[] = [
  [/cc|c[89]9|c1[17]/, { kind: 'compiler', driver: 'c', family: 'unknown' }],
  [/c\+\+|CC/, { kind: 'compiler', driver: 'c++', family: 'unknown' }],
  [/(?:gcc-|llvm-)?ar/, { kind: 'ar' }],
  [/(?:gcc-|llvm-)?ranlib/, { kind: 'ranlib' }],
  [/(?:ld|ld64)(?:\.(?:bfd|gold|lld|mold))?|gold|lld|mold/, { kind: 'ld' }],
  [/as|gas/, { kind: 'as' }],
  [/(?:llvm-)?strip/, { kind: 'strip' }],
  [/(?:llvm-)?objcopy/, { kind: 'objcopy' }],
  [/g?libtool/, { kind: 'libtool' }],
  [/(?:gcc-|llvm-)?nm|(?:llvm-)?(?:objdump|size|readelf|strings|addr2line|cxxfilt)/, { kind: 'inspector' }],
  [/c\+\+filt|gcov|gprof|ldd/, { kind: 'inspector' }],
];

const other: Tool = { kind: 'other' };

/** `x86_64-linux-gnu-`, `arm-none-eabi-`, `riscv64-unknown-elf-`: begins with a processor. */
const target =
  /(?:x86_64|i[3-7]86|amd64|aarch64|arm|thumb|riscv|powerpc|ppc|mips|s390|sparc|alpha|m68k|sh[2-5]|hppa|ia64|loongarch|avr|msp430|xtensa|nios2|microblaze|wasm|bpf|amdgcn|nvptx|arc|csky|or1k|rx|tricore|v850|bfin|e2k)\w*-(?:[\w.]+-)*/;

/** What distributions put behind the name of a program that they move out of a wrapper's way. */
const aside = String.raw`(?:\.exe|[.-](?:real|orig|wrapped|unwrapped))*$`;

const patterns = [
  ...distinct.map(
    ([name, tool]) => [String.raw`^\.?(?:[\w.+]+-)*(?:${name.source})(?:-?\d+(?:\.\d+)*)?${aside}`, tool] as const,
  ),
  ...common.map(
    ([name, tool]) =>
      [String.raw`^\.?(?:${target.source})?(?:${name.source})(?:-\d+(?:\.\d+)*)?${aside}`, tool] as const,
  ),
].map(([pattern, tool]) => ({ pattern: new RegExp(pattern), tool }));

const toolNamed = (path: string): Tool => patterns.find(({ pattern }) => pattern.test(baseName(path)))?.tool ?? other;

/**
 * What a program is, by the name it was called by and by that of the file that ran. The name counts first: `gcc` may be a
 * link to ccache, and `c++` one to the clang that also is `clang`. Which family a compiler is of, the file knows better.
 */
export function toolOf(argv0: string, executable: string): Tool {
  const called = toolNamed(argv0);
  const file = toolNamed(executable);
  if (called.kind === 'other') return file;
  if (called.kind !== 'compiler' || file.kind !== 'compiler' || file.family === 'unknown') return called;
  return { ...called, family: file.family };
}

const properNames =
  /^(?:cc1|cc1plus|cc1obj|cc1objplus|f951|gnat1|d21|go1|lto1|lto-wrapper|collect2|collect-ld|real-ld)$/;

/**
 * Whether a program is what only a compiler driver starts: a compiler proper, or what stands between driver and linker.
 * clang is its own compiler proper, where its first argument is `-cc1` or `-cc1as`. Assembler and linker are not told here:
 * a build may call them itself, and only who started them says that it did not.
 */
export const isCompilerProper = (name: string, argv: readonly string[] = []): boolean =>
  properNames.test(baseName(name)) || /^-cc1(as)?$/.test(argv[1] ?? '');
