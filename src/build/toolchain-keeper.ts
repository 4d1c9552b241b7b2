import type { Toolchain as ToolchainKind } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { Result } from '../model/result.ts';
import type { CommandRunner, FileDigests } from '../host/ports.ts';
import type { OpenedStore } from '../nix/store.ts';
import type { Config } from '../plan/config-schema.ts';
import { openToolchain, toolchainNeeds, type Toolchain } from './toolchain.ts';

export interface ToolchainOptions {
  /** Of the command line; it goes before the configuration's. */
  readonly toolchain: ToolchainKind | undefined;
  /** Used where neither says. */
  readonly defaultToolchain: () => Promise<ToolchainKind>;
  /** Packages that are not installed do not matter: nothing is built. */
  readonly optionalPackages?: boolean;
}

/** The toolchain that the command line or the configuration asks for, looked for again only when a plan needs more. */
export class ToolchainKeeper {
  readonly #commands: CommandRunner;
  readonly #digests: FileDigests;
  readonly #options: ToolchainOptions;
  readonly #openStore: (toolchain: ToolchainKind) => Promise<Result<OpenedStore, Failure>>;
  readonly #config: () => Config | undefined;
  #default: Promise<ToolchainKind> | undefined;
  #opened: { readonly needs: string; readonly toolchain: Result<Toolchain, Failure> } | undefined;

  constructor(
    commands: CommandRunner,
    digests: FileDigests,
    options: ToolchainOptions,
    openStore: (toolchain: ToolchainKind) => Promise<Result<OpenedStore, Failure>>,
    config: () => Config | undefined,
  ) {
    this.#commands = commands;
    this.#digests = digests;
    this.#options = options;
    this.#openStore = openStore;
    this.#config = config;
  }

  /** The kind that somebody asks for, if anybody does. */
  get kind(): ToolchainKind | undefined {
    return this.#options.toolchain ?? this.#config()?.toolchain;
  }

  async open(plan: BuildPlan): Promise<Result<Toolchain, Failure>> {
    const kind = this.kind ?? (await this.#askDefault());
    const needs = `${kind} ${toolchainNeeds(plan)}`;
    if (this.#opened?.needs === needs) return this.#opened.toolchain;
    const packages = { optionalPackages: this.#options.optionalPackages ?? false };
    const openStore = () => this.#openStore(kind);
    const opened = await openToolchain(kind, plan, this.#commands, this.#digests, packages, openStore);
    // What failed may have been mended until it is asked for again.
    if (opened.ok) this.#opened = { needs, toolchain: opened };
    return opened;
  }

  #askDefault(): Promise<ToolchainKind> {
    this.#default ??= this.#options.defaultToolchain();
    return this.#default;
  }
}
