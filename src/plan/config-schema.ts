import * as v from 'valibot';
import { TARGET_NAME } from './names.ts';

/**
 * The shape of makenix.json. From it come the type `Config`, the checks of `readConfig` and the JSON schema that editors
 * use, so nothing here goes beyond what a JSON schema can say (strict objects, records, arrays, picklists, unions,
 * strings with patterns); what needs more, such as a library that must be a target, is in config-rules.ts.
 * The messages of patterns are whole sentences' worth of `problem`; those of types are made in config-shape.ts.
 */

const PACKAGE_ATTRIBUTE = /^[A-Za-z_][A-Za-z0-9_'-]*(\.[A-Za-z_][A-Za-z0-9_'-]*)*$/;
const MACRO = /^(?!(?:__proto__|constructor|prototype)$)[A-Za-z_$][A-Za-z0-9_$]*(\([^()=\n\r]*\))?$/;

/** PATH_MAX. Also well below the length at which the glob compiler throws. */
const LONGEST_PATH = 4096;

const quoted = (issue: { readonly input: unknown }): string => JSON.stringify(issue.input);

const filled = v.pipe(v.string(), v.nonEmpty('an empty string'));
const path = v.pipe(
  v.string(),
  v.nonEmpty('an empty path'),
  v.maxLength(LONGEST_PATH, 'a path of more than 4096 characters'),
);

const targetName = v.pipe(
  v.string(),
  v.regex(
    TARGET_NAME,
    (issue) =>
      `${quoted(issue)} cannot be a name: use up to 100 letters, digits and any of + - . _ ? =, not starting with "." or "-"`,
  ),
);

const attribute = v.pipe(
  v.string(),
  v.regex(
    PACKAGE_ATTRIBUTE,
    (issue) => `${quoted(issue)} is not an attribute path of nixpkgs, such as "zlib" or "xorg.libX11"`,
  ),
);

const pkgConfigName = v.pipe(
  v.string(),
  // Of a path, or a name that ends in `.pc`, pkg-config reads the file: one of the project's own could hold any flags.
  v.regex(/^(?!-)(?!.*\.pc$)[^\s/]+$/, (issue) => `${quoted(issue)} is not the name of a pkg-config module`),
);

const packageEntry = v.union([
  attribute,
  v.strictObject({
    nixpkgs: v.pipe(attribute, v.description('Its attribute path in nixpkgs: "SDL2", "xorg.libX11".')),
    'pkg-config': v.pipe(
      pkgConfigName,
      v.description('Its name for pkg-config, which the host toolchain asks: "sdl2".'),
    ),
  }),
]);

const macroValue = v.union([
  v.pipe(v.string(), v.regex(/^[^\n\r]*$/, 'a line break, at which the compiler would cut the definition off')),
  v.number(),
  v.boolean(),
]);

/** The settings that every target has and that can be given once for all of them. */
const settings = {
  include: v.exactOptional(
    v.pipe(
      v.array(path),
      v.description(
        'Project directories where #include looks, in order ("." is the project itself). Those given for all targets come first.',
      ),
    ),
  ),
  defines: v.exactOptional(
    v.pipe(
      v.record(
        v.pipe(
          v.string(),
          v.regex(MACRO, (issue) => `${quoted(issue)} cannot be defined: expected the name of a macro`),
        ),
        macroValue,
      ),
      v.description(
        'Macros: true is -DNAME, text or a number is -DNAME=value, false leaves it out (also where it is given for all targets). ' +
          'A C string needs its own quotes: "\\"5.4\\"".',
      ),
    ),
  ),
  cflags: v.exactOptional(
    v.pipe(
      v.array(filled),
      v.description(
        'Compiler arguments for C and C++ alike, each a string of its own: ["-O2", "-g"]. Those given for all targets come first.',
      ),
    ),
  ),
  cxxflags: v.exactOptional(
    v.pipe(v.array(filled), v.description('Compiler arguments for C++ only, after cflags: ["-std=c++20"].')),
  ),
  ldflags: v.exactOptional(
    v.pipe(
      v.array(filled),
      v.description(
        'Linker arguments, before the objects: ["-Wl,-E"]. Libraries belong in "libs". Executables and shared libraries only.',
      ),
    ),
  ),
  packages: v.exactOptional(
    v.pipe(
      v.array(packageEntry),
      v.description(
        'Libraries from outside the project: "zlib" where nixpkgs and pkg-config call it the same, ' +
          'otherwise { "nixpkgs": "SDL2", "pkg-config": "sdl2" }.',
      ),
    ),
  ),
};

const target = v.strictObject({
  kind: v.exactOptional(
    v.pipe(
      v.picklist(['executable', 'static-library', 'shared-library']),
      v.description('What is made: an executable (the default), lib<name>.a or lib<name>.so.'),
    ),
  ),
  sources: v.pipe(
    v.array(path),
    v.minLength(1, 'no sources'),
    v.description(
      'C and C++ sources: paths and globs in order, "!" excludes: ["src/*.c", "!src/luac.c"]. A plain path must be there.',
    ),
  ),
  ...settings,
  libs: v.exactOptional(
    v.pipe(
      v.array(filled),
      v.description(
        'Libraries to link: other targets by name, and those of the system as "-lm". What a static library needs goes to whoever links it.',
      ),
    ),
  ),
});

export const configSchema = v.pipe(
  v.strictObject({
    $schema: v.exactOptional(v.pipe(v.string(), v.description('The JSON schema of this file, for editors.'))),
    name: v.exactOptional(
      v.pipe(
        targetName,
        v.description("The project's name, and its executable's where no targets are given. Default: the directory's."),
      ),
    ),
    toolchain: v.exactOptional(
      v.pipe(
        v.picklist(['host', 'nixpkgs']),
        v.description('Where the compiler comes from: this machine (host), or the nixpkgs that <nixpkgs> resolves to.'),
      ),
    ),
    store: v.exactOptional(v.pipe(filled, v.description('The Nix store to build in, as a store URI or a directory.'))),
    output: v.exactOptional(
      v.pipe(path, v.description('Where the generated expression goes. Default: "derivation.nix".')),
    ),
    compileCommands: v.exactOptional(
      v.pipe(
        path,
        v.description(
          'Where a compilation database goes, for clangd and its like: "compile_commands.json". Kept true with every build; without, none is written.',
        ),
      ),
    ),
    ignore: v.exactOptional(
      v.pipe(v.array(path), v.description('Globs of what is neither listed nor watched: ["build/**"].')),
    ),
    included: v.exactOptional(
      v.pipe(
        v.array(path),
        v.description(
          'Sources with objects of their own that other sources include. Only dynamic mode needs to be told; it says so.',
        ),
      ),
    ),
    ...settings,
    targets: v.exactOptional(
      v.pipe(
        v.record(targetName, target),
        v.minEntries(1, 'no targets: leave the key out to have the sources of src/ made into one executable'),
        v.description('What is built, by name. The first is what `result` links to.'),
      ),
    ),
  }),
  v.description('The configuration of a makenix project.'),
);

/**
 * The contents of makenix.json. Objects keep the order of the file, but for names that are whole numbers (`"2048"`),
 * which JavaScript puts first, in ascending order.
 */
export type Config = Frozen<v.InferOutput<typeof configSchema>>;

export type TargetConfig = Frozen<v.InferOutput<typeof target>>;

/** What defaults and targets have in common. */
export type Settings = Pick<TargetConfig, keyof typeof settings>;

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;
