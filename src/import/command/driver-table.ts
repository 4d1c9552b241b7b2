/**
 * What the options of a compiler driver are for. They decide which of the two halves of a command, compiling and
 * linking, an option belongs to:
 *
 * - `shared`: both. Whatever is in no table is shared too: -O, -g, -f…, -m…, -std=.
 * - `compile`: compiling alone (preprocessor and assembler).
 * - `diagnostic`: compiling, and linking where link-time optimisation compiles once more.
 * - `link`: linking alone. gcc 12 hands none of these to the compiler proper (`gcc -### -c`).
 * - `linker`: its operand is an argument of the linker. `preprocessor`, `assembler`, `clang`: likewise.
 * - `dependency`: asks for a list of what was included. `output`: -o. `language`: -x. `action`: what is to be made.
 * - `inspect`: prints something about the compiler and makes nothing.
 * - `aside`: changes how the driver goes about it, or has it write more files. Results are the same without.
 */
export type Phase =
  | 'shared'
  | 'compile'
  | 'diagnostic'
  | 'link'
  | 'linker'
  | 'preprocessor'
  | 'assembler'
  | 'clang'
  | 'dependency'
  | 'output'
  | 'language'
  | 'action'
  | 'inspect'
  | 'aside';

/**
 * What the path in an operand is. `search`, `sysroot`: a directory. `include`: a file, looked for as `#include "…"`.
 * `prefix`: text put before names, mostly a directory with a slash. `prefix-map`: the text before `=`, which is compared
 * with what paths begin with. `specs`, `plugin`: a file, or a name known to the compiler. `profile`: a file or directory
 * that may not exist. `file`: any other file that is read.
 */
export type PathRole =
  'search' | 'include' | 'sysroot' | 'prefix' | 'prefix-map' | 'specs' | 'plugin' | 'profile' | 'file';

/** An option with an operand: in the next word (`apart`), in its own (`joined`), or as it likes (`either`). */
export interface OperandOption {
  readonly name: string;
  readonly spelling: 'apart' | 'joined' | 'either';
  readonly phase: Phase;
  readonly role: PathRole | undefined;
  /** The short option that a long one stands for, or the option itself. */
  readonly means: string;
}

type Row = readonly [names: string, spelling: OperandOption['spelling'], phase: Phase, role?: PathRole];

/**
 * Options with operands, for C and C++: what gcc's common.opt and c-family/c.opt call Joined and Separate, where
 * `gcc --help=separate` prints most of them, and the driver's own (undocumented there) were found by asking gcc 12 which of
 * the options in its binary miss an argument. After them those of clang's `clang --help`, whose names gcc does not use.
 */
const rows: readonly Row[] = [
  ['-o', 'either', 'output'],
  ['-x', 'either', 'language'],
  ['-I -iquote -isystem -idirafter -iwithprefix -iwithprefixbefore -F', 'either', 'compile', 'search'],
  ['-include -imacros', 'either', 'compile', 'include'],
  ['-iprefix', 'either', 'compile', 'prefix'],
  ['-imultilib -imultiarch', 'either', 'compile'],
  ['--dump', 'apart', 'compile'],
  ['-isysroot', 'either', 'shared', 'sysroot'],
  ['-D -U -A', 'either', 'compile'],
  ['-MF -MT -MQ', 'either', 'dependency'],
  ['-B', 'either', 'shared', 'prefix'],
  ['-L -l -T -u -z -e -h -R', 'either', 'link'],
  ['-Tbss -Tdata -Ttext', 'apart', 'link'],
  ['-Tbss= -Tdata= -Ttext= -fuse-ld=', 'joined', 'link'],
  ['-Xlinker', 'apart', 'linker'],
  ['-Xpreprocessor', 'apart', 'preprocessor'],
  ['-Xassembler', 'apart', 'assembler'],
  ['-Wl,', 'joined', 'linker'],
  ['-Wp,', 'joined', 'preprocessor'],
  ['-Wa,', 'joined', 'assembler'],
  ['--param', 'apart', 'shared'],
  ['-specs', 'apart', 'shared', 'specs'],
  ['-specs=', 'joined', 'shared', 'specs'],
  ['--sysroot', 'apart', 'shared', 'sysroot'],
  ['--sysroot=', 'joined', 'shared', 'sysroot'],
  ['-fplugin=', 'joined', 'shared', 'plugin'],
  ['-fprofile-use= -fprofile-dir= -fprofile-generate= -fauto-profile=', 'joined', 'shared', 'profile'],
  [
    '-ffile-prefix-map= -fdebug-prefix-map= -fmacro-prefix-map= -fprofile-prefix-map=',
    'joined',
    'shared',
    'prefix-map',
  ],
  ['-iplugindir= -fmodule-mapper=', 'joined', 'compile', 'file'],
  ['-aux-info -dumpbase -dumpbase-ext -dumpdir -wrapper --output-pch=', 'apart', 'aside'],
  ['-save-temps= -time= --output-pch= -aux-info=', 'joined', 'aside'],
  ['-print-file-name= -print-prog-name= --print-file-name= --print-prog-name= --help=', 'joined', 'inspect'],
  ['--print-file-name --print-prog-name', 'apart', 'inspect'],
  // clang
  ['-target -arch -mllvm', 'apart', 'shared'],
  ['-Xclang', 'apart', 'clang'],
  ['-rpath -framework', 'apart', 'link'],
  ['-MJ', 'either', 'dependency'],
  ['-iframework -iframeworkwithsysroot -isystem-after -cxx-isystem -stdlib++-isystem', 'either', 'compile', 'search'],
  ['-include-pch -ivfsoverlay', 'apart', 'compile', 'file'],
  ['--gcc-toolchain= --gcc-install-dir=', 'joined', 'shared', 'sysroot'],
  ['-fprofile-instr-use= -fprofile-instr-generate= -fprofile-sample-use=', 'joined', 'shared', 'profile'],
  ['-fcoverage-prefix-map=', 'joined', 'shared', 'prefix-map'],
  ['-fpass-plugin= --config=', 'joined', 'shared', 'plugin'],
  ['-fsanitize-ignorelist= -fsanitize-blacklist= -fsanitize-system-ignorelist=', 'joined', 'shared', 'file'],
  ['-fsanitize-coverage-allowlist= -fsanitize-coverage-ignorelist=', 'joined', 'compile', 'file'],
  ['-fmodule-map-file= -fmodules-cache-path= -fprebuilt-module-path=', 'joined', 'compile', 'file'],
];

/** Long names that both spellings know, `--name operand` and `--name=operand` (common.opt, c.opt: Alias). */
const longNames: Readonly<Record<string, string>> = {
  '--assert': '-A',
  '--define-macro': '-D',
  '--undefine-macro': '-U',
  '--entry': '-e',
  '--force-link': '-u',
  '--for-assembler': '-Xassembler',
  '--for-linker': '-Xlinker',
  '--imacros': '-imacros',
  '--include': '-include',
  '--include-directory': '-I',
  '--include-directory-after': '-idirafter',
  '--include-prefix': '-iprefix',
  '--include-with-prefix': '-iwithprefix',
  '--include-with-prefix-after': '-iwithprefix',
  '--include-with-prefix-before': '-iwithprefixbefore',
  '--language': '-x',
  '--library-directory': '-L',
  '--output': '-o',
  '--prefix': '-B',
  '--specs': '-specs',
  '--dumpbase': '-dumpbase',
  '--dumpbase-ext': '-dumpbase-ext',
  '--dumpdir': '-dumpdir',
};

const short: readonly OperandOption[] = rows.flatMap(([names, spelling, phase, role]) =>
  names.split(' ').map((name) => ({ name, spelling, phase, role, means: name })),
);

const long = Object.entries(longNames).flatMap(([name, means]): readonly OperandOption[] => {
  const option = short.find((each) => each.name === means);
  if (option === undefined) throw new Error(`${name} means ${means}, which is in no row`);
  return [
    { ...option, name, spelling: 'apart' },
    { ...option, name: `${name}=`, spelling: 'joined' },
  ];
});

export const operandOptions: readonly OperandOption[] = [...short, ...long];

const words = (phase: Phase, names: string): readonly (readonly [string, Phase])[] =>
  names.split(/\s+/).map((name) => [name, phase]);

/** Options without operand. Matched before those with one: `-undef` is not `-u ndef`, nor `-export-dynamic` an entry. */
export const plainOptions: ReadonlyMap<string, Phase> = new Map([
  // gcc 12 hands it to the linker too, which takes it for -u.
  ...words('shared', '-undef'),
  ...words(
    'action',
    '-c -S -E -M -MM -fsyntax-only --compile --assemble --preprocess --dependencies --user-dependencies',
  ),
  ...words('dependency', '-MD -MMD -MP -MG -MV --write-dependencies --write-user-dependencies'),
  ...words('dependency', '--print-missing-file-dependencies'),
  ...words(
    'compile',
    '-nostdinc -nostdinc++ -C -CC -P -H -I- -trigraphs -remap --no-standard-includes --trace-includes',
  ),
  ...words('diagnostic', '-w -pedantic -pedantic-errors --pedantic --pedantic-errors --all-warnings --extra-warnings'),
  ...words('link', '-shared -static -r -s -t -n -N -pie -no-pie -static-pie -rdynamic -export-dynamic -symbolic'),
  ...words('link', '-nostdlib -nostdlib++ -nostartfiles -nodefaultlibs -nolibc -shared-libgcc -static-libgcc'),
  ...words('link', '-static-libstdc++ -static-libasan -static-libtsan -static-liblsan -static-libubsan'),
  ...words('link', '--shared --static --pie --no-pie --symbolic --no-standard-libraries'),
  ...words(
    'aside',
    '-pipe --pipe -save-temps --save-temps -time --time -v --verbose -pass-exit-codes --pass-exit-codes',
  ),
  ...words('inspect', '--version --help --target-help -### -dumpmachine -dumpversion -dumpfullversion -dumpspecs'),
]);
