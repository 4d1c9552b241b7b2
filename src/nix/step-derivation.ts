import type { Addressing } from '../model/events.ts';
import type { DrvPath, ProjectPath, StepName, StorePath } from '../model/ids.ts';
import { productPlace } from '../model/product-place.ts';
import type { ArchiveStep, CompileStep, Language, LinkStep, Package, ProductStep } from '../model/plan.ts';
import type { StoreDerivation } from './aterm.ts';
import { argument, compileArguments, sandboxMap } from './compile-arguments.ts';
import { printRecord, type InputRecord } from './input-records.ts';
import { objectDerivationName } from './store-name.ts';
import { outputPlaceholder } from './store-path.ts';

/*
 * The derivations that the generated expression evaluates to, made without the evaluator: what stands here is what
 * `compile`, `archive` and `link` of prelude.ts say. That both give the same store derivation, byte for byte, is tested
 * with a real Nix (plan-derivations.e2e.test.ts). Input-addressed outputs are left without paths, as
 * derivation-modulo.ts takes them.
 */

/** Store paths that a text names, as Nix remembers them beside it: its string context. */
export interface References {
  /** Derivations whose outputs are used, and which outputs. */
  readonly drvs: ReadonlyMap<DrvPath, readonly string[]>;
  readonly sources: readonly StorePath[];
}

export interface PackageTexts {
  readonly cflags: readonly string[];
  readonly compiling: References;
  readonly ldflags: readonly string[];
  readonly linking: References;
}

/** What a `pkgs` set comes to, with the placeholders of outputs that are not known yet. */
export interface StepToolchain {
  /** Of steps. */
  readonly addressing: Addressing;
  readonly system: string;
  /** The staging program. */
  readonly stage: string;
  /** Prefixes: `bin/cc` and `bin/c++`, respectively `bin/ar`, are below. */
  readonly compiler: string;
  readonly bintools: string;
  /** Environment of every step. */
  readonly environment: ReadonlyMap<string, string>;
  /** Of all of the above. */
  readonly references: References;
  /** By nixpkgs attribute path. */
  readonly packages: ReadonlyMap<string, PackageTexts>;
}

export interface NamedDerivation {
  /** Without `.drv`. */
  readonly name: string;
  readonly derivation: StoreDerivation;
}

/** `fileOf` gives the store path of a file of the project; `fingerprint` stands for the system headers it includes. */
export function compileDerivation(
  step: CompileStep,
  headers: readonly ProjectPath[],
  fileOf: (path: ProjectPath) => StorePath,
  fingerprint: string | undefined,
  toolchain: StepToolchain,
): NamedDerivation {
  const inputs = [step.source, ...headers].map((path): InputRecord => ({ kind: 'c', path, file: fileOf(path) }));
  const packages = textsOf(step.packages, toolchain);
  return stepDerivation(toolchain, {
    name: objectDerivationName(step.name),
    inputs,
    args: [
      `${toolchain.compiler}/bin/${driver(step.language)}`,
      ...compileArguments(step, {
        packageFlags: packages.flatMap(({ cflags }) => cflags),
        added: [sandboxMap],
        output: outputPlaceholder(),
      }),
    ],
    environment: [
      ...(fingerprint === undefined ? [] : ([['fingerprint', fingerprint]] as const)),
      ...directoryOf(step),
    ],
    references: [
      { drvs: new Map(), sources: inputs.map(({ file }) => file as StorePath) },
      ...packages.map(({ compiling }) => compiling),
    ],
  });
}

/** What a product is made from. */
export interface ProductInputs {
  /** The derivation of a step, and where it is a product itself, that. */
  step(name: StepName): {
    readonly drv: DrvPath;
    /** Its output: a path, or the placeholder of one that is not known yet. */
    readonly out: string;
    readonly product?: ProductStep;
  };
  /** The store path of a file of the project. */
  file(path: ProjectPath): StorePath;
}

export const productDerivation = (
  step: ProductStep,
  inputs: ProductInputs,
  toolchain: StepToolchain,
): NamedDerivation =>
  step.kind === 'archive' ? archiveDerivation(step, inputs, toolchain) : linkDerivation(step, inputs, toolchain);

function archiveDerivation(step: ArchiveStep, inputs: ProductInputs, toolchain: StepToolchain): NamedDerivation {
  const place = placeIn(step, outputPlaceholder());
  const placed = step.inputs.map((name) => placedInput(name, inputs));
  const files = placedFiles(step.files, inputs);
  return stepDerivation(toolchain, {
    name: step.name,
    inputs: [...placed.map(linkRecord), ...files.map(copyRecord)],
    args: [`${toolchain.bintools}/bin/ar`, 'qcsD', place, ...[...placed, ...files].map(({ path }) => argument(path))],
    environment: [['product', place]],
    references: [outputsOf(placed.map(({ drv }) => drv)), sourcesOf(files)],
  });
}

function linkDerivation(step: LinkStep, inputs: ProductInputs, toolchain: StepToolchain): NamedDerivation {
  const { recorded } = step;
  const place = placeIn(step, outputPlaceholder());
  const placed = step.inputs.map((name) => placedInput(name, inputs));
  const aliases = (recorded?.aliases ?? []).map(({ path, step: name }) => ({ ...placedInput(name, inputs), path }));
  const packages = textsOf(step.packages, toolchain);
  const isComposedLibrary = step.form === 'shared-library' && recorded === undefined;
  const aliased = new Set<string>(aliases.map(({ path }) => path));
  const staged = [...placed.filter(({ path }) => !aliased.has(path)), ...aliases];
  const searched = placed.filter(({ isShared }) => isShared && rpath(step, '').length > 0);
  const files = placedFiles(recorded?.files, inputs);
  const names = recorded?.names ?? [];
  return stepDerivation(toolchain, {
    name: step.name,
    inputs: [...staged.map(linkRecord), ...files.map(copyRecord)],
    args: [
      `${step.tool.startsWith('c') ? toolchain.compiler : toolchain.bintools}/bin/${step.tool}`,
      ...(isComposedLibrary ? ['-shared', `-Wl,-soname,${step.path}`] : []),
      ...step.flags,
      ...(step.tool === 'objcopy' ? [] : ['-o']),
      place,
      ...(recorded === undefined ? placed.map(({ path }) => argument(path)) : []),
      ...searched.flatMap(({ out }) => rpath(step, `${out}/lib`)),
      ...packages.flatMap(({ ldflags }) => ldflags),
      ...step.systemLibraries,
    ],
    environment: [
      ...(step.form === 'object' ? [] : ([['product', place]] as const)),
      ...directoryOf(recorded),
      ...(names.length === 0 ? [] : ([['names', names.join('\n')]] as const)),
    ],
    references: [
      // One that an alias takes the place of is read by nobody.
      outputsOf([...staged, ...searched].map(({ drv }) => drv)),
      sourcesOf(files),
      ...packages.map(({ linking }) => linking),
    ],
  });
}

/** Only what is linked looks for libraries; strip and objcopy keep what it knows. */
function rpath({ form, tool }: LinkStep, directory: string): readonly string[] {
  if (form === 'object') return [];
  if (tool === 'cc' || tool === 'c++') return [`-Wl,-rpath,$ORIGIN${directory}`];
  return tool === 'ld' ? [`-rpath=$ORIGIN${directory}`] : [];
}

const placeIn = (step: ProductStep, out: string): string => {
  const place = productPlace(step);
  return place === undefined ? out : `${out}/${place}`;
};

interface PlacedInput {
  readonly drv: DrvPath;
  readonly path: string;
  readonly file: string;
  readonly isShared: boolean;
  readonly out: string;
}

function placedInput(name: StepName, inputs: ProductInputs): PlacedInput {
  const { drv, out, product } = inputs.step(name);
  if (product === undefined) return { drv, path: name, file: out, isShared: false, out };
  const isShared = product.kind === 'link' && product.form === 'shared-library';
  return { drv, path: product.path, file: placeIn(product, out), isShared, out };
}

interface PlacedFile {
  readonly path: ProjectPath;
  readonly file: StorePath;
}

const placedFiles = (paths: readonly ProjectPath[] = [], inputs: ProductInputs): readonly PlacedFile[] =>
  paths.map((path) => ({ path, file: inputs.file(path) }));

const sourcesOf = (files: readonly PlacedFile[]): References => ({
  drvs: new Map(),
  sources: files.map(({ file }) => file),
});

const copyRecord = ({ path, file }: PlacedFile): InputRecord => ({ kind: 'c', path, file });

const linkRecord = ({ path, file }: PlacedInput): InputRecord => ({ kind: 'l', path, file });

const directoryOf = (step: { readonly directory?: ProjectPath } | undefined): readonly (readonly [string, string])[] =>
  step?.directory === undefined ? [] : [['directory', step.directory]];

interface StepParts {
  readonly name: string;
  readonly inputs: readonly InputRecord[];
  readonly args: readonly string[];
  readonly environment: readonly (readonly [string, string])[];
  readonly references: readonly References[];
}

const stepDerivation = (
  toolchain: StepToolchain,
  { name, inputs, args, environment, references }: StepParts,
): NamedDerivation =>
  derivationOf(toolchain, {
    ...{ name, args, builder: toolchain.stage },
    environment: [...environment, ['inputs', inputs.map(printRecord).join('')], ['passAsFile', 'inputs']],
    references: [toolchain.references, ...references],
  });

/** A derivation with what all have in common. */
export function derivationOf(
  { addressing, system, environment }: StepToolchain,
  parts: Omit<StepParts, 'inputs'> & { readonly builder: string },
): NamedDerivation {
  const { name, builder, args } = parts;
  const drvs = new Map<DrvPath, readonly string[]>();
  for (const references of parts.references) {
    for (const [drv, outputs] of references.drvs) {
      const known = drvs.get(drv);
      drvs.set(drv, known === undefined ? outputs : [...new Set([...known, ...outputs])]);
    }
  }
  const isByContent = addressing === 'content';
  return {
    name,
    derivation: {
      outputs: new Map([['out', { path: '', hashAlgorithm: isByContent ? 'r:sha256' : '', hash: '' }]]),
      // Store paths are ASCII: sorted natively, thousands of them cost little when they are printed.
      inputDrvs: new Map([...drvs.keys()].sort().map((drv) => [drv, drvs.get(drv) ?? []])),
      inputSrcs: [...new Set(parts.references.flatMap(({ sources }) => sources))].sort(),
      ...{ system, builder, args },
      env: new Map([
        ...environment,
        ...parts.environment,
        ...Object.entries({ builder, name, system }),
        ...(isByContent ? contentAddressed : ([['out', '']] as const)),
      ]),
    },
  };
}

/** What the evaluator adds to the environment for the sake of such outputs. */
const contentAddressed = [
  ['out', outputPlaceholder()],
  ['outputHashAlgo', 'sha256'],
  ['outputHashMode', 'recursive'],
] as const;

const outputsOf = (drvs: readonly DrvPath[]): References => ({
  drvs: new Map(drvs.map((drv) => [drv, ['out']])),
  sources: [],
});

function textsOf(packages: readonly Package[], toolchain: StepToolchain): readonly PackageTexts[] {
  return packages.map(({ attribute }) => {
    const texts = toolchain.packages.get(attribute);
    if (texts === undefined) throw new Error(`package ${attribute} was not evaluated`);
    return texts;
  });
}

const driver = (language: Language): string => (language === 'c' ? 'cc' : 'c++');
