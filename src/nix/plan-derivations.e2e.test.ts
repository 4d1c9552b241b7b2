import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeCommands } from '../host/node-commands.ts';
import type { Addressing } from '../model/events.ts';
import type { DrvPath, StepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { evaluateSteps, narsIn, readDerivation, settingsOf, writeText } from '../testing/derivations.ts';
import { history, keeping, type Moment } from '../testing/random-plans.ts';
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

const histories = fc.sample(history, { numRuns: 30, seed: 1 });

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

it('is tried on projects that have everything in them', () => {
  const moments = histories.flat();
  const seen = new Set<string>();
  const see = (is: unknown, what: string): unknown => is && seen.add(what);
  for (const { files, plan, headers } of moments) {
    for (const [path, { text, isExecutable, isLinked }] of files) {
      see(text === '', 'an empty file');
      see(isExecutable, 'an executable file');
      see(isLinked, 'a file behind a link');
      see(/[^\0-\x7f]/.test(path), 'a name in another script');
    }
    for (const { name: step, packages: own, directory: place, language } of plan.compiles) {
      see(true, language);
      see(own.length > 1, 'packages of a unit');
      see(place, 'a unit in a directory');
      see(
        headers.get(step)?.some((path) => !files.has(path)),
        'a header that is not there',
      );
    }
    const products = new Set(plan.products.map((step) => step.name));
    for (const step of plan.products) {
      see(
        step.inputs.some((input) => products.has(input)),
        'a product of products',
      );
      see(step.inputs.length === 0, 'a product of nothing');
      if (step.kind === 'archive') {
        see(true, step.files === undefined ? 'an archive' : 'an archive of files');
        continue;
      }
      see(step.packages.length > 1, 'packages of a link');
      const { recorded } = step;
      see(true, recorded === undefined ? step.form : `a recorded ${step.form}`);
      if (recorded === undefined) continue;
      see(true, `recorded ${step.tool}`);
      see(recorded.aliases.length > 0, 'an alias');
      see(recorded.files.length > 0, 'a file of a link');
      see(recorded.names.length > 0, 'a soname');
      see(recorded.directory, 'a link in a directory');
    }
  }
  const forms = ['executable', 'shared-library', 'object'];
  expect([...seen].sort(bytewise)).toEqual(
    [
      ...['an empty file', 'an executable file', 'a file behind a link', 'a name in another script'],
      ...['c', 'c++', 'packages of a unit', 'a unit in a directory', 'a header that is not there'],
      ...['a product of products', 'a product of nothing', 'an archive', 'an archive of files', 'packages of a link'],
      ...[...forms, ...forms.map((form) => `a recorded ${form}`)],
      ...['cc', 'c++', 'ld', 'objcopy', 'strip'].map((tool) => `recorded ${tool}`),
      ...['an alias', 'a file of a link', 'a soname', 'a link in a directory'],
    ].sort(bytewise),
  );
});

describe.each(['content', 'input'] as const)('what is made here, addressed by %s', (addressing) => {
  it.each(Object.entries(kinds))('is what Nix evaluates, with %s', async (_, kind) => {
    const bench = await openBench(addressing, kind);
    const own = await texts(bench);
    const rounds: Round[] = [];
    for (const [i, moments] of histories.entries()) {
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
    expect(compared).toBeGreaterThan(600);

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
