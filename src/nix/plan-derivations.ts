import type { ContentHash, DrvPath, ProjectPath, StepName } from '../model/ids.ts';
import type { BuildPlan, CompileStep, ProductStep } from '../model/plan.ts';
import type { StoreDerivation } from './aterm.ts';
import { moduloHash, withOutputPaths, type ModuloHash } from './derivation-modulo.ts';
import { SourceFiles, type SourceFile } from './source-files.ts';
import { compileDerivation, productDerivation, type NamedDerivation, type ProductInputs } from './step-derivation.ts';
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
  /** What a product is made from. */
  inputsOf(step: StepName): readonly StepDerivation[];
  /** Those of products as well, made when they are first asked for. */
  all(): PlanDerivations;
}

/**
 * Makes the derivations that the generated expression of the same plan evaluates to. `previous` spares those of steps of
 * which nothing has changed.
 */
export const derivePlan = (inputs: PlanInputs, previous?: PlanDerivations): PlanDerivations =>
  new PlanDeriver(inputs, previous).begin(inputs).all();

/** What is made of objects one by one, and then of all that there is. */
export class PlanDeriver {
  readonly #made: MadeDerivations;
  readonly texts: EvaluatedTexts;

  constructor(inputs: Pick<PlanInputs, 'nar' | 'texts'>, previous?: PlanDerivations) {
    this.#made = new MadeDerivations(inputs, previous);
    this.texts = inputs.texts;
  }

  /**
   * The derivation of an object, ahead of the others; undefined where it reads a file that is not there. `headers` and
   * `fingerprint` as in `PlanInputs`.
   */
  object(
    step: CompileStep,
    headers: readonly ProjectPath[],
    fingerprint: string | undefined,
  ): StepDerivation | undefined {
    const { sources, steps } = this.#made;
    this.#made.derive(step, headers, { fingerprint, inputs: none }, () =>
      compileDerivation(step, headers, sources.path, fingerprint, this.texts.toolchain),
    );
    return steps.get(step.name);
  }

  readonly filesOf = (step: StepName): readonly ReadFile[] => this.#made.filesOf(step);

  /**
   * In two parts: a compile need not wait for the derivation of what is linked from it, which says of every object where
   * it is.
   */
  begin({ plan, headers, fingerprint }: Pick<PlanInputs, 'plan' | 'headers' | 'fingerprint'>): PlanDeriving {
    for (const step of plan.compiles) this.object(step, headers(step), fingerprint(step.name));
    const { steps, changed } = this.#made;
    let derived: PlanDerivations | undefined;
    const all = (): PlanDerivations => (derived ??= this.#products(plan));
    return { steps, changedObjects: [...changed], filesOf: this.filesOf, inputsOf: this.#made.inputsOf, all };
  }

  #products(plan: BuildPlan): PlanDerivations {
    const made = this.#made;
    const products = new Map<StepName, ProductStep>();
    for (const step of plan.products) {
      products.set(step.name, step);
      const needed = inputsOf(step);
      if (made.lacks(step, needed)) continue;
      const inputs: ProductInputs = {
        step(name) {
          const { drv, out } = made.get(name);
          const product = products.get(name);
          return product === undefined ? { drv, out } : { drv, out, product };
        },
        file: made.sources.path,
      };
      made.derive(step, filesOf(step), { fingerprint: undefined, inputs: needed.map(made.get) }, () =>
        productDerivation(step, inputs, this.texts.toolchain),
      );
    }
    const { steps, missing, changed, sources, memory } = made;
    return { steps, missing, changed: [...changed], files: sources.known, texts: this.texts, memory };
  }
}

/** What has been made so far. */
class MadeDerivations {
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
  readonly changed = new Set<StepName>();

  constructor({ nar, texts }: Pick<PlanInputs, 'nar' | 'texts'>, previous: PlanDerivations | undefined) {
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

  readonly inputsOf = (name: StepName): readonly StepDerivation[] => this.memory.get(name)?.inputs ?? none;

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
    const isOf = (known: Remembered | undefined): known is Remembered =>
      known?.step === step &&
      known.read === read &&
      known.fingerprint === of.fingerprint &&
      sameItems(known.inputs, of.inputs);
    if (isOf(this.memory.get(name))) return;
    const old = this.#before?.get(name);
    if (isOf(old) && !sources.hasChanged(step, read)) {
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
    if (!isSame) this.changed.add(name);
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
