import type { Addressing, Toolchain as ToolchainKind } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { ok, type Result } from '../model/result.ts';
import type { CommandRunner } from '../host/ports.ts';
import { openStore, type Machine, type OpenedStore } from '../nix/store.ts';
import type { Config } from '../plan/config-schema.ts';

export interface StoreOptions {
  readonly store: string | undefined;
  readonly addressing: Addressing | undefined;
  readonly machine: Machine;
  readonly jobs: number;
}

/**
 * The store that the command line or the configuration asks for. Asks the machine once, and again only when the
 * configuration names another store or toolchain.
 */
export class StoreKeeper {
  readonly #commands: CommandRunner;
  readonly #options: StoreOptions;
  readonly #config: () => Config | undefined;
  #opened: { readonly key: string; readonly store: OpenedStore } | undefined;

  constructor(commands: CommandRunner, options: StoreOptions, config: () => Config | undefined) {
    this.#commands = commands;
    this.#options = options;
    this.#config = config;
  }

  /** The store, where it is open already. */
  known(toolchain: ToolchainKind): OpenedStore | undefined {
    return this.#opened?.key === this.#key(toolchain) ? this.#opened.store : undefined;
  }

  async open(toolchain: ToolchainKind): Promise<Result<OpenedStore, Failure>> {
    const known = this.known(toolchain);
    if (known !== undefined) return ok(known);
    const [store, key] = [this.#store, this.#key(toolchain)];
    const { addressing, machine, jobs } = this.#options;
    const opened = await openStore(this.#commands, machine, { store, addressing, toolchain, jobs });
    if (!opened.ok) return opened;
    this.#opened = { key, store: opened.value };
    return opened;
  }

  get #store(): string | undefined {
    return this.#options.store ?? this.#config()?.store;
  }

  #key(toolchain: ToolchainKind): string {
    return JSON.stringify([this.#store, toolchain]);
  }
}
