import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeCommands } from '../host/node-commands.ts';
import type { Addressing } from '../model/events.ts';
import { stepName, trustedProjectPath, type DrvPath, type ProjectPath, type StepName } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import type { ArchiveStep, BuildPlan, CompileStep, LinkStep, Package, ProductStep } from '../model/plan.ts';
import { evaluateSteps, narsIn, readDerivation, settingsOf, writeText } from '../testing/derivations.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';
import { printDerivation } from './aterm.ts';
import { withOutputPaths } from './derivation-modulo.ts';
import { printHostExpression, type HostToolchain } from './host-expression.ts';
import type { NixSettings } from './nix-command.ts';
import { nixPath } from './nix-text.ts';
import { derivePlan, type PlanDerivations, type StepDerivation } from './plan-derivations.ts';
import { stageDerivation, stageText } from './stage-derivation.ts';
import { derivationPath, textPath } from './store-path.ts';
import {
  evaluateToolchain,
  textsOfToolchain,
  type EvaluatedTexts,
  type ToolchainRequest,
} from './toolchain-evaluation.ts';

/*
 * The law: derivations made here are those that Nix evaluates the generated expression to, byte for byte, and so are
 * those that are made after an edit from what is remembered.
 */

/** A file of a project, which may be behind a link. */
interface ModelFile {
  readonly text: string;
  readonly isExecutable: boolean;
  readonly isLinked: boolean;
}

/** One moment of a project. */
interface Moment {
  readonly files: ReadonlyMap<ProjectPath, ModelFile>;
  readonly plan: BuildPlan;
  readonly headers: ReadonlyMap<StepName, readonly ProjectPath[]>;
  readonly fingerprints: ReadonlyMap<StepName, string>;
}

const names = [
  ...['a.c', 'b.h', 'two words.h', "quo'te", '"', '${x}', "''${y}", '$', '\\', 'a\tb', 'new\nline', '\u0001', '\r'],
  ...[
    '-dash',
    '--',
    '@at',
    '=sys',
    '#',
    '~',
    '*',
    '[x]',
    '{y}',
    '%25',
    'a:b',
    ';',
    '&',
    '`id`',
    'a=b',
    '.hidden',
    '..c',
  ],
  ...[
    'a.drv',
    'x.drv.h',
    'ü',
    '日本',
    '\u{1F600}',
    '\uE000',
    'x'.repeat(180),
    'x'.repeat(181),
    'ü'.repeat(100),
    '+_?=-',
  ],
  ...['__proto__', 'constructor', 'toString', 'out', 'a--b', '0'],
];
const name = fc.constantFrom(...names);
const directory = fc.constantFrom('', 'src', 'src/-d', 'a-b', 'ä ö', 'src/deep/er');
const anyPath = fc
  .tuple(directory, name)
  .map(([above, below]) => trustedProjectPath(above === '' ? below : `${above}/${below}`));
const file: fc.Arbitrary<ModelFile> = fc.record({
  text: fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', '12345678', 'x'.repeat(5000))),
  isExecutable: fc.boolean(),
  isLinked: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
const flag = fc.constantFrom(
  ...[
    '-O2',
    '-g',
    '-DX="${y}"',
    "-DY=''${z}''",
    '-DZ=a\\b',
    '-DN=1\n2',
    '-DT=\t\r',
    '-Iinc',
    '',
    '-DÜ=\u{1F600}',
    '$ORIGIN',
  ],
);
const flags = fc.array(flag, { maxLength: 4 });
const anyPackage = fc
  .constantFrom('zlib', 'xorg.libX11', 'or.in', 'plain', 'named')
  .map((attribute): Package => ({ attribute, pkgConfig: attribute }));
const packages = fc.uniqueArray(anyPackage, { selector: ({ attribute }) => attribute, maxLength: 3 });
const runDirectory = fc.option(fc.constantFrom('src', 'src/-d', 'ä ö', 'a-b').map(trustedProjectPath), {
  nil: undefined,
});
const picks = fc.array(fc.nat(), { maxLength: 6 });

const unit = fc.record({
  source: fc.nat(),
  headers: picks,
  isCxx: fc.boolean(),
  style: fc.nat(),
  digest: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined }),
});
const style = fc.record({ flags, packages, directory: runDirectory });
const product = fc.record({
  kind: fc.constantFrom('archive', 'executable', 'shared', 'object', 'recorded' as const),
  inputs: picks,
  files: picks,
  tool: fc.constantFrom('cc', 'c++', 'ld', 'objcopy', 'strip' as const),
  form: fc.constantFrom('executable', 'shared-library', 'object' as const),
  flags,
  packages,
  systemLibraries: fc.constantFrom([], ['-lm'], ['-lm', '-lpthread']),
  directory: runDirectory,
  aliases: fc.array(fc.tuple(fc.nat(), fc.option(fc.nat(), { nil: undefined })), { maxLength: 2 }),
  names: fc.uniqueArray(fc.constantFrom('libx.so.1', 'libx.so.2', 'ü'), { maxLength: 2 }),
});
const blueprint = fc.record({
  files: fc.dictionary(anyPath, file, { minKeys: 4, maxKeys: 16 }).map((files) => Object.entries(files)),
  styles: fc.array(style, { minLength: 1, maxLength: 3 }),
  units: fc.array(unit, { minLength: 1, maxLength: 7 }),
  products: fc.array(product, { minLength: 1, maxLength: 6 }),
  absent: fc.boolean(),
});
type Blueprint = typeof blueprint extends fc.Arbitrary<infer B> ? B : never;

/** The plan that a blueprint stands for, in which names tell nothing of what is behind them. */
function momentOf({ files, styles, units, products, absent }: Blueprint): Moment {
  const contents = new Map(files.map(([path, model]) => [path as ProjectPath, model]));
  const paths = [...contents.keys(), ...(absent ? [trustedProjectPath('src/absent.h')] : [])];
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
  const headers = new Map<StepName, readonly ProjectPath[]>();
  const fingerprints = new Map<StepName, string>();
  const compiles = units.map((each, i): CompileStep => {
    const source = at(paths, each.source);
    const own = at(styles, each.style);
    const step = stepName(`${source}.${i === 0 ? '' : `${i}.`}o`);
    headers.set(step, sortedUnique(each.headers.map((pick) => at(paths, pick)).filter((path) => path !== source)));
    if (each.digest !== undefined) fingerprints.set(step, each.digest);
    const language = each.isCxx ? 'c++' : 'c';
    return {
      ...{ kind: 'compile', name: step, source, language, flags: own.flags, packages: own.packages, target: 't' },
      ...(own.directory === undefined ? {} : { directory: own.directory }),
      options: `${language} ${each.style % styles.length} "\${x}"`,
    };
  });
  const made: ProductStep[] = [];
  for (const [i, each] of products.entries()) {
    const known = [...compiles.map((step) => step.name), ...made.map((step) => step.name)];
    const inputs = [...new Set(each.inputs.map((pick) => at(known, pick)))];
    const read = sortedUnique(each.files.map((pick) => at(paths, pick)));
    const target = stepName(['main', 'a=b', 'or', '9?', 'x'.repeat(100), 'lib-x'][i] ?? `t${i}`);
    if (each.kind === 'archive') {
      const archive: ArchiveStep = { kind: 'archive', name: target, path: `lib${i}.a`, inputs };
      made.push(read.length === 0 ? archive : { ...archive, path: `-d/lib${i}.a`, files: read });
      continue;
    }
    const isRecorded = each.kind === 'recorded';
    const form = { shared: 'shared-library', object: 'object', executable: 'executable', recorded: each.form } as const;
    const link: LinkStep = {
      ...{ kind: 'link', name: target, inputs, flags: each.flags, packages: each.packages },
      path: isRecorded ? `src/-p${i}` : `=p${i}.so`,
      form: form[each.kind],
      tool: isRecorded ? each.tool : each.tool.startsWith('c') ? each.tool : 'cc',
      systemLibraries: each.systemLibraries,
    };
    const aliases = new Map(
      each.aliases.map(([step, over]) => [
        over === undefined || inputs.length === 0 ? `alias ${step % 3}` : pathOf(at(inputs, over), made),
        at(known, step),
      ]),
    );
    const recorded = {
      ...(each.directory === undefined ? {} : { directory: each.directory }),
      files: read,
      aliases: [...aliases]
        .map(([path, step]) => ({ path: trustedProjectPath(path), step }))
        .sort((a, b) => bytewise(a.path, b.path)),
      names: [...each.names].sort(bytewise),
    };
    made.push(isRecorded ? { ...link, recorded } : link);
  }
  const plan = {
    project: 'p',
    targets: [],
    compiles: [...compiles].sort((a, b) => bytewise(a.name, b.name)),
    products: made,
  };
  return { files: contents, plan, headers, fingerprints };
}

const pathOf = (step: StepName, products: readonly ProductStep[]): string =>
  products.find(({ name: each }) => each === step)?.path ?? step;

/** What says the same is the same object, as a session has it. */
function keeping(before: Moment, { files, plan, headers, fingerprints }: Moment): Moment {
  const old = new Map([...before.plan.compiles, ...before.plan.products].map((step) => [step.name, step]));
  const keep = <S extends { readonly name: StepName }>(step: S): S => {
    const known = old.get(step.name);
    return JSON.stringify(known) === JSON.stringify(step) ? (known as unknown as S) : step;
  };
  const lists = new Map(
    [...headers].map(([step, read]) => {
      const known = before.headers.get(step);
      return [step, known !== undefined && JSON.stringify(known) === JSON.stringify(read) ? known : read] as const;
    }),
  );
  const same = { ...plan, compiles: plan.compiles.map(keep), products: plan.products.map(keep) };
  return { files, plan: same, headers: lists, fingerprints };
}

type Edit = (before: Blueprint) => Blueprint;
const replaced = <T>(list: readonly T[], index: number, change: (item: T) => T): T[] =>
  list.map((item, i) => (i === index % list.length ? change(item) : item));
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(), file).map(([pick, model]): Edit => (before) => ({
      ...before,
      files: replaced(before.files, pick, ([path]) => [path, model]),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.nat().map((pick): Edit => (before) => ({
      ...before,
      files: replaced(before.files, pick, ([path, model]) => [path, { ...model, isExecutable: !model.isExecutable }]),
    })),
  },
  fc
    .tuple(fc.nat(), unit)
    .map(([pick, other]): Edit => (before) => ({ ...before, units: replaced(before.units, pick, () => other) })),
  unit.map((other): Edit => (before) => ({ ...before, units: [...before.units, other] })),
  fc
    .tuple(fc.nat(), style)
    .map(([pick, other]): Edit => (before) => ({ ...before, styles: replaced(before.styles, pick, () => other) })),
  fc
    .tuple(fc.nat(), product)
    .map(([pick, other]): Edit => (before) => ({ ...before, products: replaced(before.products, pick, () => other) })),
  fc.boolean().map((absent): Edit => (before) => ({ ...before, absent })),
  fc.constant<Edit>((before) => before),
);
const history = fc.tuple(blueprint, fc.array(edit, { minLength: 3, maxLength: 3 })).map(([first, edits]) => {
  const blueprints = [first];
  for (const change of edits) blueprints.push(change(blueprints.at(-1) ?? first));
  return blueprints.map(momentOf);
});

/** Derivations of all kinds in the shape of nixpkgs; the compiler and the packages are never built here. */
const nixpkgs = `{ byContent ? false }:
let
  system = "x86_64-linux";
  addressing =
    if byContent then
      { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; }
    else
      { };
  make = name: more: derivation ({ inherit name system; builder = "/bin/sh"; args = [ "-c" "" ]; } // addressing // more);
  fetched = url: derivation {
    name = "fetched"; inherit system url; builder = "builtin:fetchurl"; outputHashMode = "flat";
    outputHashAlgo = "sha256"; outputHash = "0000000000000000000000000000000000000000000000000000000000000000";
  };
  tree = derivation {
    name = "tree"; inherit system; builder = "/bin/sh"; outputHashMode = "recursive";
    outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  };
  base = make "base" { outputs = [ "dev" "out" "bin" ]; one = fetched "one"; other = fetched "other"; inherit tree; src = ./default.nix; };
  library = make "library" { outputs = [ "out" "dev" "lib" ]; inherit base; inherit (base) dev bin; text = builtins.toFile "text" "\${./default.nix}"; };
in
{
  stdenv.hostPlatform = { inherit system; };
  stdenv.cc = make "compiler" { inherit base; } // { bintools = make "bintools" { inherit library; }; };
  config.contentAddressedByDefault = byContent;
  zlib = library;
  xorg.libX11 = make "libX11" { inherit library; inherit (library) lib; };
  "or"."in" = make "in" { outputs = [ "out" "dev" ]; } // { makenix = { cflags = [ "-I\${base.dev}" "-DF=\${./default.nix}" ]; ldflags = [ ]; }; };
  plain.outPath = "/opt/plain";
  named = { outPath = "/opt"; makenix.cflags = [ "-DX=\\"\\\${y}\\"" "a\\nb" ]; };
}
`;

const host: HostToolchain = {
  system: 'x86_64-linux',
  compilerPrefix: '/usr',
  bintoolsPrefix: '/usr/local',
  fingerprint: 'of the compiler',
  packages: new Map(
    ['zlib', 'xorg.libX11', 'or.in', 'plain', 'named'].map((attribute) => [
      attribute,
      { version: '1', cflags: [`-I/usr/include/"\${${attribute}}"`], ldflags: ['-l', `\\${attribute}`] },
    ]),
  ),
};

const attributes = [...host.packages.keys()];
const commands = createNodeCommands(process.env);

interface Bench {
  readonly directory: string;
  readonly settings: NixSettings;
  readonly request: ToolchainRequest;
  /** Of a moment that lies in `place`: an expression for its `pkgs`. */
  packagesFor(place: string, moment: Moment): string;
}

const kinds = {
  "the machine's own toolchain": 'host',
  'a compiler and packages that are derivations': 'input',
  'a compiler and packages that are content-addressed derivations': 'content',
} as const;

async function openBench(addressing: Addressing, kind: (typeof kinds)[keyof typeof kinds]): Promise<Bench> {
  const directory = temporaryDirectory(storeParent());
  const store = join(directory, 'store');
  const settings = settingsOf(store, addressing);
  writeText(join(directory, 'nixpkgs/default.nix'), nixpkgs);
  const searchPath = nixPath(join(directory, 'nixpkgs'));
  const argument = `byContent = ${kind === 'content' ? 'true' : 'false'};`;
  const own = (fingerprints: Moment['fingerprints']): string => printHostExpression(host, { addressing, fingerprints });
  const others = `{ }: import ${searchPath} { ${argument} }`;
  const packages: ToolchainRequest['packages'] = { text: kind === 'host' ? own(new Map()) : others };
  return {
    directory,
    settings,
    request: { packages, attributes, nixVersion: 'any', readDerivation: (drv) => readDerivation(store, drv) },
    packagesFor(place, { fingerprints }) {
      if (kind !== 'host') return `(${others}) { }`;
      writeText(join(place, 'host.nix'), own(fingerprints));
      return `import ${nixPath(join(place, 'host.nix'))} { }`;
    },
  };
}

/** Writes a project as it is at a moment. */
function place(root: string, { files }: Moment): void {
  for (const [path, { text, isExecutable, isLinked }] of files) {
    const target = isLinked
      ? join(root, `../behind/${Buffer.from(path).toString('hex').slice(0, 200)}`)
      : join(root, path);
    writeText(target, text);
    chmodSync(target, isExecutable ? 0o755 : 0o644);
    if (!isLinked) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
}

async function texts(bench: Bench): Promise<EvaluatedTexts> {
  const evaluated = await evaluateToolchain(commands, bench.settings, bench.request);
  if (!evaluated.ok) throw new Error(JSON.stringify(evaluated.failure));
  const again = await evaluateToolchain(
    commands,
    { ...bench.settings, program: '/none' },
    bench.request,
    evaluated.value,
  );
  expect(again).toEqual(evaluated);
  return textsOfToolchain(JSON.parse(JSON.stringify(evaluated.value)) as typeof evaluated.value);
}

interface Round {
  readonly place: string;
  readonly moment: Moment;
  readonly derived: PlanDerivations;
}

const evaluated = (bench: Bench, rounds: readonly Round[]): Promise<readonly ReadonlyMap<StepName, DrvPath>[]> =>
  evaluateSteps(
    bench.settings,
    rounds.map(({ place: root, moment, derived }) => {
      const { plan, headers } = moment;
      return { root, plan, headers, steps: derived.steps.keys(), pkgs: bench.packagesFor(root, moment) };
    }),
  );

const deriveMoment = (
  root: string,
  { plan, headers, fingerprints }: Moment,
  own: EvaluatedTexts,
  isHost: boolean,
  previous?: PlanDerivations,
): PlanDerivations =>
  derivePlan(
    {
      ...{ plan, texts: own, nar: narsIn(root) },
      headers: ({ name: step }) => headers.get(step) ?? [],
      fingerprint: (step) => (isHost ? fingerprints.get(step) : undefined),
    },
    previous,
  );

const pathsOf = ({ steps }: PlanDerivations): ReadonlyMap<StepName, DrvPath> =>
  new Map([...steps].map(([step, { drv }]) => [step, drv]));

const textOf = ({ derivation }: StepDerivation): string => printDerivation(derivation);

/** What the second has and the first has not, or other. */
const differing = (before: PlanDerivations | undefined, after: PlanDerivations): readonly StepName[] =>
  [...after.steps].flatMap(([step, { drv }]) => (before?.steps.get(step)?.drv === drv ? [] : step));

describe.each(['content', 'input'] as const)('what is made here, addressed by %s', (addressing) => {
  it.each(Object.entries(kinds))('is what Nix evaluates, with %s', async (_, kind) => {
    const bench = await openBench(addressing, kind);
    const own = await texts(bench);
    const rounds: Round[] = [];
    for (const [i, moments] of fc.sample(history, { numRuns: 12, seed: 1 }).entries()) {
      let before: Round | undefined;
      for (const [j, later] of moments.entries()) {
        const moment: Moment = before === undefined ? later : keeping(before.moment, later);
        const root = join(bench.directory, `p${i}-${j}/project`);
        mkdirSync(root, { recursive: true });
        place(root, moment);
        const derived = deriveMoment(root, moment, own, kind === 'host', before?.derived);
        expect(derived.changed).toEqual(differing(before?.derived, derived));
        const scratch = deriveMoment(root, moment, own, kind === 'host');
        expect([...scratch.steps.keys()]).toEqual([...derived.steps.keys()]);
        expect(scratch.missing).toEqual(derived.missing);
        before = { place: root, moment, derived };
        rounds.push(before);
      }
    }
    const theirs = await evaluated(bench, rounds);
    let compared = 0;
    for (const [i, { derived }] of rounds.entries()) {
      // Texts first: where they differ, it is to be seen in what.
      for (const [step, made] of derived.steps) {
        const drv = theirs[i]?.get(step);
        expect(textOf(made)).toBe(readDerivation(bench.settings.store ?? '', drv as DrvPath));
        compared++;
      }
      expect(pathsOf(derived)).toEqual(theirs[i]);
    }
    expect(compared).toBeGreaterThan(200);

    const { toolchain, modulos } = own;
    const stage = stageDerivation(toolchain);
    const withPaths =
      addressing === 'content'
        ? stage.derivation
        : withOutputPaths(stage.name, stage.derivation, (drv) => modulos.get(drv)!);
    const stageDrv = derivationPath(stage.name, withPaths);
    expect(toolchain.references.drvs.has(stageDrv)).toBe(true);
    expect(existsSync(join(bench.settings.store ?? '', textPath(stageText.name, stageText.contents, [])))).toBe(true);
  });
});
