import type { ByteStreams, Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { MakenixEvent } from '../model/events.ts';
import type { ProjectPath, StepName } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { createDaemonRealiser } from '../nix/daemon-realiser.ts';
import { EarlyBuilds } from '../nix/early-builds.ts';
import { PlanDeriver, type PlanDerivations, type PlanDeriving, type PlanInputs } from '../nix/plan-derivations.ts';
import { RealisationBook } from '../nix/realisation-book.ts';
import type { Realiser } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { StoreSources } from '../nix/store-sources.ts';
import type { EvaluatedTexts } from '../nix/toolchain-evaluation.ts';
import type { NamedOutputs } from '../nix/toolchain-outputs.ts';
import { connect, type WorkerConnection } from '../nix/worker/connection.ts';
import { createConnectionPool, type ConnectionPool } from '../nix/worker/connection-pool.ts';
import { daemonEndpoints, openDaemon } from '../nix/worker/daemon-process.ts';
import { describeWorkerFailure, type WorkerFailure } from '../nix/worker/failure.ts';
import { defaultOptions } from '../nix/worker/options.ts';
import { resumeLost } from '../nix/worker/resuming-pool.ts';
import { decodeMemory, encodeMemory } from './engine-memory.ts';
import { forgetOld, forgetUnused } from './engine-limits.ts';
import { EngineToolchain, type ToolchainUse } from './engine-toolchain.ts';
import { HeadStart, type HeadStartTools } from './head-start.ts';
import type { Prepared } from './session.ts';
import { StoreOutputs } from './store-outputs.ts';

export interface EnginePorts {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly streams: ByteStreams;
  /** Files of the whole machine. */
  readonly machine: ProjectFiles;
  readonly emit: (event: MakenixEvent) => void;
}

/** How long a daemon may take until it is ready. */
const limitMs = 20_000;

/** A daemon that has done as much is replaced by another when there is nothing to do. */
const mostOperations = 500;

/**
 * Builds without the evaluator: the derivations are made here, and a Nix daemon builds them one by one. For stores of this
 * machine; others, and input-addressed ones whose daemon does not trust us, are left to `nix build`.
 */
export class DaemonEngine {
  readonly #ports: EnginePorts;
  readonly #remembered: () => string | undefined;
  #loaded: LoadedMemory | undefined;
  readonly #early = new EarlyBuilds();
  #opened: Opened | undefined;
  #derivations: PlanDerivations | undefined;

  /** `remembered` is what `memory` gave in another run. */
  constructor(ports: EnginePorts, remembered: () => string | undefined) {
    this.#ports = ports;
    this.#remembered = remembered;
  }

  /** Read when it is first needed: it is long, and where there is nothing to build, nobody needs it. */
  get #memory(): LoadedMemory {
    if (this.#loaded === undefined) {
      const { realisations, durations, toolchain } = decodeMemory(this.#remembered());
      const { commands, machine } = this.#ports;
      this.#loaded = {
        book: new RealisationBook(realisations),
        durations: new Map(durations),
        toolchain: new EngineToolchain(commands, machine, toolchain),
      };
    }
    return this.#loaded;
  }

  /**
   * For a cycle that begins: compiles what it is offered before all is known that is to be done. `realiserFor` the same
   * cycle takes it over.
   */
  headStart({ nar }: FilesRead, signal: AbortSignal): HeadStart {
    const toolsWith = (store: OpenedStore, texts: EvaluatedTexts, tools: NamedOutputs): HeadStartTools => {
      const { pool, sources, outputs } = this.#open(store);
      return { deriver: new PlanDeriver({ nar, texts }, this.#derivations), tools, pool, sources, outputs };
    };
    const find = async (use: ToolchainUse): Promise<HeadStartTools | undefined> => {
      const { store } = use;
      if (!isLocal(store)) return undefined;
      const { pool } = this.#open(store);
      if (!isYes(await mayBuild(store, pool))) return undefined;
      const texts = await this.#memory.toolchain.evaluate(use);
      const tools = texts.ok ? await this.#memory.toolchain.build(pool, texts.value, signal) : texts;
      return texts.ok && tools.ok ? toolsWith(store, texts.value, tools.value) : undefined;
    };
    return new HeadStart({
      toolsFor: (use) => {
        const known = this.#memory.toolchain.known(use);
        return known === undefined ? find(use) : toolsWith(use.store, known.texts, known.outputs);
      },
      book: () => this.#memory.book,
      ...{ clock: this.#ports.clock, early: this.#early, signal },
    });
  }

  /**
   * The realiser for what was prepared; `fallBack` where this engine is not for it. `headStart`: of the same cycle.
   * `objection` says of derivations, in words, why they are not to be built.
   */
  realiserFor(
    store: OpenedStore,
    prepared: Prepared,
    read: FilesRead,
    fallBack: Realiser,
    {
      headStart,
      objection,
    }: {
      readonly headStart?: HeadStart | undefined;
      readonly objection?: ((these: PlanDerivations, signal: AbortSignal) => Promise<string | undefined>) | undefined;
    },
  ): Realiser {
    if (!isLocal(store)) return fallBack;
    const opened = this.#open(store);
    const { pool, sources, outputs } = opened;
    const realiser: Realiser = {
      realise: async (request) => {
        const { clock, emit } = this.#ports;
        const surrender = (because: string): Realiser => {
          emit({ kind: 'engine-fallback', because });
          return fallBack;
        };
        const may = await mayBuild(store, pool);
        // Where it is closed under us, all that follows is cancelled.
        if (!may.ok && may.failure.kind !== 'cancelled') {
          return surrender(describeWorkerFailure(may.failure)).realise(request);
        }
        if (may.ok && !may.value) return fallBack.realise(request);
        // What was begun early may have something to say.
        if (this.#early.size > 0) await clock.turn();
        const begun = await this.#beginDeriving(store, prepared, read, headStart);
        if (!begun.ok) return surrender(begun.failure).realise(request);
        const { texts, deriving } = begun.value;
        const objected = await objection?.(deriving.all(), request.stop.abort);
        if (objected !== undefined) return surrender(objected).realise(request);
        return createDaemonRealiser({
          ...{ pool, clock, sources, early: this.#early, book: this.#memory.book, durations: this.#memory.durations },
          expectedMs(step) {
            const source = prepared.indexed.compiles.get(step)?.source;
            return source === undefined ? productMs : compileMs + (read.size(source) ?? 0) * msPerByte;
          },
          jobs: store.settings.jobs,
          deriving,
          toolchain: (signal) => this.#memory.toolchain.build(pool, texts, signal),
          outputs,
          forget: () => {
            outputs.forget();
            sources.forget();
            this.#memory.toolchain.forget();
          },
          fallBack: surrender,
        }).realise(request);
      },
    };
    return { realise: (request) => realiser.realise(request).finally(() => this.#forgetOld(opened)) };
  }

  /** A run may see any number of versions of a project, and stays as large as the project. */
  #forgetOld({ pool, outputs }: Opened): void {
    pool.retire(mostOperations);
    if (this.#loaded !== undefined && this.#derivations !== undefined) {
      forgetOld({ ...this.#loaded, outputs }, this.#derivations.steps);
    }
  }

  /** The derivations that it would build; fails, in words, where they are for Nix to make. */
  async derive(store: OpenedStore, prepared: Prepared, read: FilesRead): Promise<Result<PlanDerivations, string>> {
    if (!isLocal(store)) return fail('of a store that is not on this machine, Nix makes all of them');
    const begun = await this.#beginDeriving(store, prepared, read);
    return begun.ok ? ok(begun.value.deriving.all()) : begun;
  }

  /** Does beforehand what the first build would wait for: the evaluation, a daemon, the staging program. */
  async warm(store: OpenedStore, prepared: Prepared): Promise<void> {
    if (!isLocal(store)) return;
    const { pool } = this.#open(store);
    if (!isYes(await mayBuild(store, pool))) return;
    // One after the other: where the first cycle came to nothing, either may be what makes the store.
    const texts = await this.#memory.toolchain.evaluate(useOf(store, prepared));
    await pool.warm();
    if (texts.ok) await this.#memory.toolchain.build(pool, texts.value, new AbortController().signal);
  }

  /** For the next run; undefined where that is what it was. */
  memory(): string | undefined {
    if (this.#loaded === undefined) return undefined;
    const { book, durations, toolchain } = this.#loaded;
    if (this.#derivations !== undefined) forgetUnused(book, this.#derivations.steps);
    return encodeMemory({
      realisations: book.entries(),
      durations: [...durations],
      toolchain: toolchain.memory,
    });
  }

  /** Ends the daemons. */
  async close(): Promise<void> {
    await this.#opened?.pool.close();
    this.#opened = undefined;
  }

  #open(store: OpenedStore): Opened {
    if (this.#opened?.store === store) return this.#opened;
    void this.#opened?.pool.close();
    const { clock, commands, emit, files, streams } = this.#ports;
    const endpoints = daemonEndpoints(store.settings, commands.environment());
    const open = async (): Promise<Result<WorkerConnection, WorkerFailure>> => {
      const daemon = await openDaemon(streams, endpoints);
      if (!daemon.ok) return daemon;
      const { stream } = daemon.value;
      const lastWords = (): string => daemon.value.lastWords();
      const options = { ...defaultOptions, useSubstitutes: store.settings.substitutes };
      return connect(stream, { clock, limitMs, options, lastWords });
    };
    const sources = new StoreSources(files);
    const pool = resumeLost(
      createConnectionPool(store.settings.jobs, open, () => sources.forget()),
      (lost) => emit({ kind: 'engine-resumed', because: describeWorkerFailure(lost) }),
    );
    this.#opened = { store, pool, sources, outputs: new StoreOutputs(store, this.#ports.machine) };
    return this.#opened;
  }

  async #beginDeriving(
    store: OpenedStore,
    prepared: Prepared,
    { nar, fingerprint }: FilesRead,
    headStart?: HeadStart,
  ): Promise<Result<{ readonly texts: EvaluatedTexts; readonly deriving: PlanDeriving }, string>> {
    headStart?.end();
    const texts = await this.#memory.toolchain.evaluate(useOf(store, prepared));
    if (!texts.ok) return texts;
    const headers = (step: CompileStep): readonly ProjectPath[] => prepared.graph.units.get(step.name)?.headers ?? none;
    const started = headStart?.deriver?.texts === texts.value ? headStart.deriver : undefined;
    const deriver = started ?? new PlanDeriver({ nar, texts: texts.value }, this.#derivations);
    const deriving = deriver.begin({ plan: prepared.indexed.plan, headers, fingerprint });
    const all = (): PlanDerivations => (this.#derivations = deriving.all());
    return ok({ texts: texts.value, deriving: { ...deriving, all } });
  }
}

/**
 * What a step takes, where it is not known from the last time: a sandbox, and of a compile some 10 ms for each KB. Only the
 * order counts: the longest compile of a first build must not be the last to begin.
 */
const [productMs, compileMs, msPerByte] = [50, 30, 0.01];

/** Its files can be looked at. */
const isLocal = ({ root }: OpenedStore): boolean => root !== undefined;

/**
 * What is addressed by its contents proves itself; what is addressed by its inputs is taken from us only by a daemon that
 * trusts us. Others want each derivation in the store, which is what evaluating does.
 */
async function mayBuild({ settings }: OpenedStore, pool: ConnectionPool): Promise<Result<boolean, WorkerFailure>> {
  if (settings.addressing === 'content') return ok(true);
  const daemon = await pool.warm();
  return daemon.ok ? ok(daemon.value.trust === 'trusted') : daemon;
}

const isYes = (answer: Result<boolean, unknown>): boolean => answer.ok && answer.value;

/** What is known of the tree's files. */
export interface FilesRead extends Pick<PlanInputs, 'nar' | 'fingerprint'> {
  /** Bytes. */
  readonly size: (path: ProjectPath) => number | undefined;
}

interface LoadedMemory {
  readonly book: RealisationBook;
  /** How long steps took the last time, in milliseconds. */
  readonly durations: Map<StepName, number>;
  readonly toolchain: EngineToolchain;
}

interface Opened {
  readonly store: OpenedStore;
  readonly pool: ConnectionPool;
  readonly sources: StoreSources;
  readonly outputs: StoreOutputs;
}

const useOf = (store: OpenedStore, { toolchain, indexed }: Prepared): ToolchainUse => ({
  store,
  toolchain,
  plan: indexed.plan,
});

const none: readonly never[] = [];
