import type { Addressing, Toolchain as ToolchainKind } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { trustedProjectPath } from '../model/ids.ts';
import { ok, type Result } from '../model/result.ts';
import { createCliRealiser } from '../nix/cli-realiser.ts';
import type { Realiser } from '../nix/realiser.ts';
import { openStore, type Machine, type OpenedStore } from '../nix/store.ts';
import type { SessionPorts } from './session.ts';
import { stateDirectory } from './tree.ts';
import type { TreeView } from './tree-view.ts';

/** The host toolchain as an expression for this machine. */
export const hostExpressionFile = trustedProjectPath(`${stateDirectory}/host.nix`);

export interface StoreOptions {
  readonly store: string | undefined;
  readonly addressing: Addressing | undefined;
  readonly machine: Machine;
  readonly jobs: number;
}

export interface StoreAndRealiser {
  readonly store: OpenedStore;
  readonly realiser: Realiser;
}

/**
 * The store that the command line or the configuration asks for, and Nix to build in it. Asks the machine once, and again
 * only when the configuration names another store, toolchain or place for the expression.
 */
export class StoreKeeper {
  readonly #ports: SessionPorts;
  readonly #options: StoreOptions;
  readonly #tree: () => TreeView;
  #opened: { readonly key: string; readonly value: StoreAndRealiser } | undefined;

  constructor(ports: SessionPorts, options: StoreOptions, tree: () => TreeView) {
    this.#ports = ports;
    this.#options = options;
    this.#tree = tree;
  }

  /** The store opened last. */
  get current(): OpenedStore | undefined {
    return this.#opened?.value.store;
  }

  async open(toolchain: ToolchainKind): Promise<Result<StoreAndRealiser, Failure>> {
    const { commands, clock, files } = this.#ports;
    const { config, output } = this.#tree();
    const store = this.#options.store ?? config?.store;
    const key = JSON.stringify([store, toolchain, output]);
    if (this.#opened?.key === key) return ok(this.#opened.value);
    const { addressing, machine, jobs } = this.#options;
    const opened = await openStore(commands, machine, { store, addressing, toolchain, jobs });
    if (!opened.ok) return opened;
    const { settings } = opened.value;
    const realiser = createCliRealiser(commands, clock, settings, {
      expression: `${files.root}/${output}`,
      packages:
        toolchain === 'host'
          ? { file: `${files.root}/${hostExpressionFile}` }
          : { searchPath: '<nixpkgs>', addressing: settings.addressing },
    });
    const value = { store: opened.value, realiser };
    this.#opened = { key, value };
    return ok(value);
  }
}
