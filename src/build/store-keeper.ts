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

  async open(toolchain: ToolchainKind): Promise<Result<OpenedStore, Failure>> {
    const store = this.#options.store ?? this.#config()?.store;
    const key = JSON.stringify([store, toolchain]);
    if (this.#opened?.key === key) return ok(this.#opened.store);
    const { addressing, machine, jobs } = this.#options;
    const opened = await openStore(this.#commands, machine, { store, addressing, toolchain, jobs });
    if (!opened.ok) return opened;
    this.#opened = { key, store: opened.value };
    return opened;
  }
}
