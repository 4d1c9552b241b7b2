import type { ContentHash, DrvPath, ProjectPath, StepName, StorePath } from '../model/ids.ts';
import type { BuildPlan, CompileStep, ProductStep } from '../model/plan.ts';
import type { StoreDerivation } from './aterm.ts';
import { moduloHash, withOutputPaths, type ModuloHash } from './derivation-modulo.ts';
import { sourcePath } from './source-path.ts';
import { compileDerivation, productDerivation, type NamedDerivation } from './step-derivation.ts';
import { derivationPath, upstreamPlaceholder } from './store-path.ts';
import type { EvaluatedTexts } from './toolchain-evaluation.ts';

/** What the derivations of a plan are a function of. */
export interface PlanInputs {
  readonly plan: BuildPlan;
  /** In bytewise order, without the source. */
  readonly headers: (step: CompileStep) => readonly ProjectPath[];
  /** `narHash` of a file; undefined where there is none. */
  readonly nar: (path: ProjectPath) => ContentHash | undefined;
  /** Of the system headers that an object includes; undefined where Nix accounts for them. */
  readonly fingerprint: (step: StepName) => string | undefined;
  readonly texts: EvaluatedTexts;
}

export interface StepDerivation extends NamedDerivation {
  readonly drv: DrvPath;
  /** What others call its output: a path, or a placeholder while that is not known. */
  readonly out: string;
}

/** A derivation for each step, and what makes the next ones cheap. */
export interface PlanDerivations {
  /** Each after what it needs. Not there: steps that read a file which is not there, and what needs them. */
  readonly steps: ReadonlyMap<StepName, StepDerivation>;
  /** Of the steps that are not there, the file that is not. */
  readonly missing: ReadonlyMap<StepName, ProjectPath>;
  /** Steps whose derivation the previous ones did not have, in the order of `steps`. */
  readonly changed: readonly StepName[];
  /** The files of the project that steps read, and perhaps some that they have read. */
  readonly files: ReadonlyMap<ProjectPath, SourceFile>;
  readonly texts: EvaluatedTexts;
  readonly memory: ReadonlyMap<StepName, Remembered>;
}

export interface ReadFile extends SourceFile {
  readonly file: ProjectPath;
}

export interface SourceFile {
  readonly nar: ContentHash;
  readonly path: StorePath;
}

/** What a derivation was made of, by identity: steps and lists of headers are immutable. */
interface Remembered {
  readonly step: CompileStep | ProductStep;
  readonly read: readonly ProjectPath[];
  readonly fingerprint: string | undefined;
  /** What a product is made from. */
  readonly inputs: readonly StepDerivation[];
  readonly made: StepDerivation;
}

/** Derivations in the making. */
export interface PlanDeriving {
  /** Those of objects, and of products once `all` was called. */
  readonly steps: ReadonlyMap<StepName, StepDerivation>;
  /** Objects whose derivation the previous ones did not have. */
  readonly changedObjects: readonly StepName[];
  /** The files of the project that a step reads, of those in `steps`. */
  filesOf(step: StepName): readonly ReadFile[];
  /** Those of products as well, made when they are first asked for. */
  all(): PlanDerivations;
}

/**
 * Makes the derivations that the generated expression of the same plan evaluates to. `previous` spares those of steps of
 * which nothing has changed.
 */
export const derivePlan = (inputs: PlanInputs, previous?: PlanDerivations): PlanDerivations =>
  beginDeriving(inputs, previous).all();

/**
 * The same in two parts: a compile need not wait for the derivation of what is linked from it, which says of every object
 * where it is.
 */
export function beginDeriving(inputs: PlanInputs, previous?: PlanDerivations): PlanDeriving {
  const { plan, texts } = inputs;
  const { toolchain } = texts;
  const made = new MadeDerivations(inputs, previous);
  for (const step of plan.compiles) {
    const read = inputs.headers(step);
    const fingerprint = inputs.fingerprint(step.name);
    made.derive(step, read, { fingerprint, inputs: none }, () =>
      compileDerivation(step, read, made.sources.path, fingerprint, toolchain),
    );
  }
  let derived: PlanDerivations | undefined;
  const all = (): PlanDerivations => {
    const products = new Map<StepName, ProductStep>();
    for (const step of plan.products) {
      products.set(step.name, step);
      const needed = inputsOf(step);
      if (made.lacks(step, needed)) continue;
      made.derive(step, filesOf(step), { fingerprint: undefined, inputs: needed.map(made.get) }, () =>
        productDerivation(
          step,
          {
            step(name) {
              const { drv, out } = made.get(name);
              const product = products.get(name);
              return product === undefined ? { drv, out } : { drv, out, product };
            },
            file: made.sources.path,
          },
          toolchain,
        ),
      );
    }
    const { steps, missing, changed, sources, memory } = made;
    return { steps, missing, changed, files: sources.known, texts, memory };
  };
  return {
    steps: made.steps,
    changedObjects: [...made.changed],
    filesOf: made.filesOf,
    all: () => (derived ??= all()),
  };
}

/** What has been made so far. */
class MadeDerivations implements Pick<PlanDerivations, 'steps' | 'missing' | 'changed' | 'memory'> {
  readonly #previous: PlanDerivations | undefined;
  readonly #before: PlanDerivations['memory'] | undefined;
  readonly #texts: EvaluatedTexts;
  readonly #isByContent: boolean;
  /** Where outputs are input-addressed. */
  readonly #known = new Map<DrvPath, StoreDerivation>();
  readonly sources: SourceFiles;
  readonly memory = new Map<StepName, Remembered>();
  readonly steps = new Map<StepName, StepDerivation>();
  readonly missing = new Map<StepName, ProjectPath>();
  readonly changed: StepName[] = [];

  constructor({ nar, texts }: PlanInputs, previous: PlanDerivations | undefined) {
    this.#previous = previous;
    this.#before = previous?.texts === texts ? previous.memory : undefined;
    this.#texts = texts;
    this.#isByContent = texts.toolchain.addressing === 'content';
    this.sources = new SourceFiles(nar, previous?.files);
  }

  readonly get = (name: StepName): StepDerivation => this.steps.get(name) as StepDerivation;

  readonly filesOf = (name: StepName): readonly ReadFile[] => {
    const { step, read } = this.memory.get(name) as Remembered;
    const files = step.kind === 'compile' ? [step.source, ...read] : read;
    return files.map((file) => ({ file, ...this.sources.get(file) }));
  };

  /** Whether one of what a product needs is missing, and so the product is too. */
  lacks({ name }: ProductStep, needed: readonly StepName[]): boolean {
    const lacking = needed.find((input) => !this.steps.has(input));
    if (lacking === undefined) return false;
    const file = this.missing.get(lacking);
    if (file === undefined) throw new Error(`${name} needs ${lacking}, which comes later or never`);
    this.missing.set(name, file);
    return true;
  }

  /** `make` is called where what is remembered does not hold, and everything that the step reads is there. */
  derive(
    step: CompileStep | ProductStep,
    read: readonly ProjectPath[],
    of: Pick<Remembered, 'fingerprint' | 'inputs'>,
    make: () => NamedDerivation,
  ): void {
    const { name } = step;
    const { sources } = this;
    const old = this.#before?.get(name);
    const isOld =
      old?.step === step &&
      old.read === read &&
      old.fingerprint === of.fingerprint &&
      sameItems(old.inputs, of.inputs) &&
      !sources.hasChanged(step, read);
    if (isOld) {
      this.#keep(name, old);
      return;
    }
    const absent = sources.absentOf(step, read);
    if (absent !== undefined) {
      this.missing.set(name, absent);
      return;
    }
    const named = make();
    const derivation = this.#isByContent
      ? named.derivation
      : withOutputPaths(named.name, named.derivation, this.#moduloOf);
    const drv = derivationPath(named.name, derivation);
    const last = this.#previous?.steps.get(name);
    // What is made from it need not be looked at where it has come out the same.
    const isSame = last?.drv === drv;
    const made = isSame ? last : { name: named.name, derivation, drv, out: outOf(drv, derivation) };
    this.#keep(name, { step, read, ...of, made });
    if (!isSame) this.changed.push(name);
  }

  #keep(name: StepName, remembered: Remembered): void {
    const { made } = remembered;
    this.memory.set(name, remembered);
    this.steps.set(name, made);
    if (!this.#isByContent) this.#known.set(made.drv, made.derivation);
  }

  readonly #moduloOf = (drv: DrvPath): ModuloHash => {
    const foreign = this.#texts.modulos.get(drv);
    if (foreign !== undefined) return foreign;
    const derivation = this.#known.get(drv);
    if (derivation === undefined) throw new Error(`${drv} is an input that nobody knows`);
    let modulo = modulos.get(derivation);
    if (modulo === undefined) modulos.set(derivation, (modulo = moduloHash(derivation, this.#moduloOf)));
    return modulo;
  };
}

const none: readonly never[] = [];

/** Asked for when something is made from it, which nothing is from most products. */
const modulos = new WeakMap<StoreDerivation, ModuloHash>();

const outOf = (drv: DrvPath, { outputs }: StoreDerivation): string =>
  outputs.get('out')?.path || upstreamPlaceholder(drv);

const inputsOf = (step: ProductStep): readonly StepName[] =>
  step.kind === 'archive' || step.recorded === undefined
    ? step.inputs
    : [...step.inputs, ...step.recorded.aliases.map((alias) => alias.step)];

const filesOf = (step: ProductStep): readonly ProjectPath[] =>
  (step.kind === 'archive' ? step.files : step.recorded?.files) ?? none;

const sameItems = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one === other || (one.length === other.length && one.every((item, i) => item === other[i]));

/** The store paths of the project's files. Most are what they were, which is looked at once. */
class SourceFiles {
  readonly #nar: PlanInputs['nar'];
  readonly #known = new Map<ProjectPath, SourceFile>();
  /** Not as they were before, or not there any more. */
  readonly #changed = new Set<ProjectPath>();

  constructor(nar: PlanInputs['nar'], before: PlanDerivations['files'] = new Map()) {
    this.#nar = nar;
    for (const [path, file] of before) {
      if (nar(path) === file.nar) this.#known.set(path, file);
      else this.#changed.add(path);
    }
  }

  get known(): ReadonlyMap<ProjectPath, SourceFile> {
    return this.#known;
  }

  readonly path = (path: ProjectPath): StorePath => this.get(path).path;

  get(path: ProjectPath): SourceFile {
    const file = this.#look(path);
    if (file === undefined) throw new Error(`${path} is not there`);
    return file;
  }

  hasChanged(step: CompileStep | ProductStep, read: readonly ProjectPath[]): boolean {
    if (this.#changed.size === 0) return false;
    return (step.kind === 'compile' && this.#changed.has(step.source)) || read.some((path) => this.#changed.has(path));
  }

  /** The first file that a step reads and that is not there. */
  absentOf(step: CompileStep | ProductStep, read: readonly ProjectPath[]): ProjectPath | undefined {
    if (step.kind === 'compile' && this.#look(step.source) === undefined) return step.source;
    return read.find((path) => this.#look(path) === undefined);
  }

  #look(path: ProjectPath): SourceFile | undefined {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const nar = this.#nar(path);
    if (nar === undefined) return undefined;
    const file = { nar, path: sourcePath(path, nar) };
    this.#known.set(path, file);
    return file;
  }
}
