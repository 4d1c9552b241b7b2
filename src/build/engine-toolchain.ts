import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import { trustedProjectPath, type DrvPath, type ProjectPath } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { OpenedStore } from '../nix/store.ts';
import {
  derivationsOf,
  evaluateToolchain,
  packagesOf,
  textsOfToolchain,
  type EvaluatedTexts,
  type EvaluatedToolchain,
} from '../nix/toolchain-evaluation.ts';
import { buildToolchain, type NamedOutputs } from '../nix/toolchain-outputs.ts';
import type { ConnectionPool } from '../nix/worker/connection-pool.ts';
import { physicalPath } from './outputs.ts';
import type { Toolchain } from './toolchain.ts';

/** What has to be there before anything can be built of a plan. */
export interface ToolchainUse {
  readonly store: OpenedStore;
  readonly toolchain: Toolchain;
  readonly plan: BuildPlan;
}

/** A `pkgs` set as steps use it: its texts, of one evaluation, and the outputs that they name. */
export class EngineToolchain {
  readonly #commands: CommandRunner;
  /** Files of the whole machine. */
  readonly #machine: ProjectFiles;
  /** Of the last run. */
  #remembered: EvaluatedToolchain | undefined;
  #evaluated: { readonly toolchain: EvaluatedToolchain; readonly texts: EvaluatedTexts } | undefined;
  /** What the last evaluation was asked for, by identity. */
  #use: ToolchainUse | undefined;
  #built: { readonly texts: EvaluatedTexts; readonly outputs: NamedOutputs } | undefined;
  /** Under way: whoever asks for the same has the same. */
  #evaluating: { readonly use: ToolchainUse; readonly done: Promise<Result<EvaluatedTexts, string>> } | undefined;
  #building:
    | {
        readonly texts: EvaluatedTexts;
        readonly signal: AbortSignal;
        readonly done: Promise<Result<NamedOutputs, string>>;
      }
    | undefined;

  constructor(commands: CommandRunner, machine: ProjectFiles, remembered: EvaluatedToolchain | undefined) {
    this.#commands = commands;
    this.#machine = machine;
    this.#remembered = remembered;
  }

  /** For the next run. */
  get memory(): EvaluatedToolchain | undefined {
    return this.#evaluated?.toolchain ?? this.#remembered;
  }

  /** What it was collected for may be gone: all is evaluated and built anew. */
  forget(): void {
    this.#remembered = this.#evaluated = this.#use = this.#built = undefined;
  }

  /** Texts are compared by identity: the same evaluation, the same object. */
  async evaluate(use: ToolchainUse): Promise<Result<EvaluatedTexts, string>> {
    if (this.#evaluated !== undefined && isSame(this.#use, use)) return ok(this.#evaluated.texts);
    if (!isSame(this.#evaluating?.use, use)) this.#evaluating = { use, done: this.#evaluate(use) };
    const { done } = this.#evaluating as { readonly done: Promise<Result<EvaluatedTexts, string>> };
    const texts = await done;
    if (this.#evaluating?.done === done) this.#evaluating = undefined;
    return texts;
  }

  async build(pool: ConnectionPool, texts: EvaluatedTexts, signal: AbortSignal): Promise<Result<NamedOutputs, string>> {
    if (this.#built?.texts === texts) return ok(this.#built.outputs);
    const underWay = this.#building;
    const isThis = underWay?.texts === texts && underWay.signal === signal;
    const building = isThis ? underWay : { texts, signal, done: buildToolchain(pool, texts.toolchain, signal) };
    this.#building = building;
    const built = await building.done;
    if (this.#building === building) this.#building = undefined;
    if (built.ok) this.#built = { texts, outputs: built.value };
    return built;
  }

  /** What both come to, where nothing has to be waited for. */
  known(use: ToolchainUse): { readonly texts: EvaluatedTexts; readonly outputs: NamedOutputs } | undefined {
    return isSame(this.#use, use) && this.#built?.texts === this.#evaluated?.texts ? this.#built : undefined;
  }

  async #evaluate(use: ToolchainUse): Promise<Result<EvaluatedTexts, string>> {
    const { store, toolchain, plan } = use;
    const { addressing } = store.settings;
    const text = toolchain.hostExpression({ addressing, fingerprints: new Map() });
    const fileOf = (drv: DrvPath): ProjectPath => trustedProjectPath((physicalPath(store, drv) ?? drv).slice(1));
    const request = {
      packages: text === undefined ? { searchPath: '<nixpkgs>', identity: toolchain.identity } : { text },
      attributes: packagesOf(plan),
      nixVersion: store.version,
      readDerivation: (drv: DrvPath) => this.#machine.read(fileOf(drv))?.toString('utf8'),
    };
    // What `<nixpkgs>` leads to may be another in each run; what evaluates from a text may have been collected since.
    const remembered = text === undefined || this.#remembered === undefined ? [] : [this.#remembered];
    const usable = remembered.find((each) => derivationsOf(each).every((drv) => this.#machine.exists(fileOf(drv))));
    const known = this.#evaluated?.toolchain ?? usable;
    const evaluated = await evaluateToolchain(this.#commands, store.settings, request, known);
    if (!evaluated.ok) return fail('Nix could not evaluate the toolchain');
    if (this.#evaluated?.toolchain !== evaluated.value) {
      this.#evaluated = { toolchain: evaluated.value, texts: textsOfToolchain(evaluated.value) };
    }
    this.#use = use;
    return ok(this.#evaluated.texts);
  }
}

const isSame = (one: ToolchainUse | undefined, other: ToolchainUse): boolean =>
  one?.store === other.store && one.toolchain === other.toolchain && one.plan === other.plan;
