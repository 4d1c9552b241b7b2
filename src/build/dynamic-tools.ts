import type { Failure } from '../model/failure.ts';
import { sortedUnique } from '../model/order.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import { isBefore, storeFeatures } from '../nix/nix-command.ts';
import type { OpenedStore } from '../nix/store.ts';
import { digestSystemHeaders } from '../nix/system-headers.ts';
import type { Config } from '../plan/config-schema.ts';
import type { FrontEndOptions } from './expression-front-end.ts';
import type { OpenedTools } from './front-end.ts';
import type { SessionPorts } from './session.ts';
import { hostExpressionFiles, type StateFiles } from './state-files.ts';
import { StoreKeeper } from './store-keeper.ts';
import type { Toolchain } from './toolchain.ts';
import { ToolchainKeeper } from './toolchain-keeper.ts';

/** What the sandbox is given besides the project. */
export interface DynamicParts {
  /** Directory of the library in the Nix language and of the generator. */
  readonly library: string;
  /** The Node that runs the generator, with the host toolchain; an absolute path that ends in `/bin/node`. */
  readonly node: string;
  /** Files below a directory that is there. */
  readonly openFiles: (directory: string) => ProjectFiles;
}

/** An expression for the `pkgs` set. */
export type PackagesSource = { readonly file: string } | { readonly searchPath: string };

const features = ['ca-derivations', 'dynamic-derivations'] as const;
/** The first Nix that builds what a build has made derivations of. */
const needed = [2, 30] as const;

/** Store and toolchain of dynamic mode: those of the other mode, if they can and with what they need for it. */
export class DynamicTools {
  readonly #root: string;
  readonly #commands: CommandRunner;
  readonly #parts: DynamicParts;
  readonly #state: StateFiles;
  readonly #stores: StoreKeeper;
  readonly #toolchains: ToolchainKeeper;
  /** The store as opened, and with the settings for dynamic mode. */
  #opened: { readonly plain: OpenedStore; readonly dynamic: OpenedStore } | undefined;
  #systemHeaders: { readonly key: string; readonly digest: Promise<string> } | undefined;

  constructor(
    { files, commands, systemFiles }: SessionPorts,
    options: FrontEndOptions,
    parts: DynamicParts,
    state: StateFiles,
    config: () => Config | undefined,
  ) {
    this.#root = files.root;
    this.#commands = commands;
    this.#parts = parts;
    this.#state = state;
    this.#stores = new StoreKeeper(commands, options, config);
    this.#toolchains = new ToolchainKeeper(
      commands,
      systemFiles,
      options,
      (toolchain) => this.#stores.open(toolchain),
      config,
    );
  }

  async open(plan: BuildPlan): Promise<Result<OpenedTools, Failure>> {
    const toolchain = await this.#toolchains.open(plan);
    if (!toolchain.ok) return toolchain;
    const plain = await this.#stores.open(toolchain.value.kind);
    if (!plain.ok) return plain;
    if (this.#opened?.plain !== plain.value) {
      const dynamic = await this.#forDynamicMode(plain.value, toolchain.value);
      if (!dynamic.ok) return dynamic;
      this.#opened = { plain: plain.value, dynamic: dynamic.value };
    }
    return ok({ store: this.#opened.dynamic, toolchain: toolchain.value });
  }

  async #forDynamicMode(store: OpenedStore, toolchain: Toolchain): Promise<Result<OpenedStore, Failure>> {
    const { settings, version, root, label } = store;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (isBefore([major, minor], needed)) {
      return fail({ kind: 'dynamic-unsupported', found: version, needed: needed.join('.') });
    }
    if (root === undefined) return fail({ kind: 'dynamic-store', store: label });
    const there = await storeFeatures(this.#commands, settings.program, settings.isPrivate);
    const missing = features.filter((feature) => there?.has(feature) === false);
    if (missing.length > 0) return fail({ kind: 'dynamic-disabled', features: missing });
    const { node } = this.#parts;
    const isSeen = settings.sandboxPaths.some((path) => node.startsWith(`${path.replace(/\?$/, '')}/`));
    const sandboxPaths = toolchain.kind !== 'host' || isSeen ? settings.sandboxPaths : [...settings.sandboxPaths, node];
    return ok({
      ...store,
      settings: { ...settings, addressing: 'content', features: ['dynamic-derivations'], sandboxPaths },
    });
  }

  /** The `pkgs` set to evaluate with; of the host toolchain it is written down, so that plain Nix can have it too. */
  async packages(toolchain: Toolchain, plan: BuildPlan): Promise<Result<PackagesSource, Failure>> {
    if (toolchain.kind === 'nixpkgs') return ok({ searchPath: '<nixpkgs>' });
    const generator = {
      nodePrefix: this.#parts.node.replace(/\/bin\/[^/]*$/, ''),
      systemHeaders: await this.#digestHeaders(toolchain, plan),
    };
    const text = toolchain.hostExpression({ addressing: 'content', fingerprints: new Map(), generator });
    if (text === undefined) throw new Error('the host toolchain has no expression');
    const written = this.#state.write(hostExpressionFiles.dynamic, text);
    return written.ok ? ok({ file: `${this.#root}/${hostExpressionFiles.dynamic}` }) : written;
  }

  /** Once a run, as long as it is of the same directories. */
  async #digestHeaders({ scan }: Toolchain, plan: BuildPlan): Promise<string> {
    const isCxx = plan.compiles.some(({ language }) => language === 'c++');
    const search = {
      drivers: isCxx ? [scan.cc, scan.cxx] : [scan.cc],
      env: scan.env,
      directories: sortedUnique(
        plan.compiles
          .flatMap((step) => scan.packageFlags(step))
          .flatMap((flag) => /^-(?:I|isystem)(\/.*)$/.exec(flag)?.[1] ?? []),
      ),
    };
    const key = JSON.stringify(search);
    if (this.#systemHeaders?.key !== key) {
      this.#systemHeaders = { key, digest: digestSystemHeaders(this.#commands, search, this.#parts.openFiles) };
    }
    return this.#systemHeaders.digest;
  }
}
