import type { ByteStreams, Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { MakenixEvent } from '../model/events.ts';
import { trustedProjectPath, type ProjectPath, type StepName, type StorePath } from '../model/ids.ts';
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
import { EngineToolchain, type ToolchainUse } from './engine-toolchain.ts';
import { HeadStart, type HeadStartTools } from './head-start.ts';
import { physicalPath } from './outputs.ts';
import type { Prepared } from './session.ts';

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

/** What is remembered of outputs: some times as many as the largest project has steps. */
const mostRealisations = 50_000;

/**
 * Builds without the evaluator: the derivations are made here, and a Nix daemon builds them one by one. For stores of this
 * machine; others, and input-addressed ones whose daemon does not trust us, are left to `nix build`.
 */
export class DaemonEngine {
  readonly #ports: EnginePorts;
  readonly #remembered: () => string | undefined;
  #loaded: LoadedMemory | undefined;
  /** Outputs that are in the store, as far as is known. */
  readonly #seen = new Set<StorePath>();
  readonly #early = new EarlyBuilds();
  #opened: Opened | undefined;
  #derivations: PlanDerivations | undefined;
  /** Of this cycle, until its realiser takes over. */
  #headStart: HeadStart | undefined;

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
   * For a cycle that begins: compiles what it is offered before all is known that is to be done. The cycle's realiser then
   * takes over.
   */
  headStart(use: ToolchainUse, { nar }: FilesRead, signal: AbortSignal): HeadStart {
    const { store } = use;
    const toolsWith = (texts: EvaluatedTexts, outputs: NamedOutputs): HeadStartTools => {
      const { pool, sources } = this.#open(store);
      const isThere = (output: StorePath): boolean => this.#isThere(store, output);
      return { deriver: new PlanDeriver({ nar, texts }, this.#derivations), outputs, pool, sources, isThere };
    };
    const find = async (): Promise<HeadStartTools | undefined> => {
      if (!isLocal(store)) return undefined;
      const { pool } = this.#open(store);
      if (!(await mayBuild(store, pool))) return undefined;
      const texts = await this.#memory.toolchain.evaluate(use);
      const outputs = texts.ok ? await this.#memory.toolchain.build(pool, texts.value, signal) : texts;
      return texts.ok && outputs.ok ? toolsWith(texts.value, outputs.value) : undefined;
    };
    const known = this.#memory.toolchain.known(use);
    this.#headStart = new HeadStart({
      tools: known === undefined ? find() : toolsWith(known.texts, known.outputs),
      ...{ clock: this.#ports.clock, book: this.#memory.book, early: this.#early, signal },
      // The others are for the compilers that scan.
      jobs: Math.max(1, store.settings.jobs >> 1),
    });
    return this.#headStart;
  }

  /**
   * The realiser for what was prepared; `fallBack` where this engine is not for it. `objection` says of derivations, in
   * words, why they are not to be built.
   */
  realiserFor(
    store: OpenedStore,
    prepared: Prepared,
    read: FilesRead,
    fallBack: Realiser,
    objection?: (derivations: PlanDerivations, signal: AbortSignal) => Promise<string | undefined>,
  ): Realiser {
    if (!isLocal(store)) return fallBack;
    const { pool, sources } = this.#open(store);
    return {
      realise: async (request) => {
        if (!(await mayBuild(store, pool))) return fallBack.realise(request);
        const { clock, emit } = this.#ports;
        const surrender = (because: string): Realiser => {
          emit({ kind: 'engine-fallback', because });
          return fallBack;
        };
        // What was begun early may have something to say.
        await clock.turn();
        const begun = await this.#beginDeriving(store, prepared, read);
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
          isThere: (output) => this.#isThere(store, output),
          seen: (output) => void this.#seen.add(output),
          forget: () => {
            this.#seen.clear();
            sources.forget();
            this.#memory.toolchain.forget();
          },
          fallBack: surrender,
        }).realise(request);
      },
    };
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
    if (!(await mayBuild(store, pool))) return;
    // One after the other: where the first cycle came to nothing, either may be what makes the store.
    const texts = await this.#memory.toolchain.evaluate(useOf(store, prepared));
    await pool.warm();
    if (texts.ok) await this.#memory.toolchain.build(pool, texts.value, new AbortController().signal);
  }

  /** For the next run; undefined where that is what it was. */
  memory(): string | undefined {
    if (this.#loaded === undefined) return undefined;
    const { book, durations, toolchain } = this.#loaded;
    book.touch([...(this.#derivations?.steps.values() ?? [])].map(({ drv }) => drv));
    return encodeMemory({
      realisations: book.entries(mostRealisations),
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
    this.#seen.clear();
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
    this.#opened = { store, pool, sources };
    return this.#opened;
  }

  async #beginDeriving(
    store: OpenedStore,
    prepared: Prepared,
    { nar, fingerprint }: FilesRead,
  ): Promise<Result<{ readonly texts: EvaluatedTexts; readonly deriving: PlanDeriving }, string>> {
    const headStart = this.#headStart;
    this.#headStart = undefined;
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

  /** Looks once: what is made from a thousand objects would have a thousand files looked at, at every save. */
  #isThere(store: OpenedStore, output: StorePath): boolean {
    if (this.#seen.has(output)) return true;
    const path = physicalPath(store, output);
    const isThere = path !== undefined && this.#ports.machine.exists(trustedProjectPath(path.slice(1)));
    if (isThere) this.#seen.add(output);
    return isThere;
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
async function mayBuild({ settings }: OpenedStore, pool: ConnectionPool): Promise<boolean> {
  if (settings.addressing === 'content') return true;
  const daemon = await pool.warm();
  // Where there is none, building says why.
  return !daemon.ok || daemon.value.trust === 'trusted';
}

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
}

const useOf = (store: OpenedStore, { toolchain, indexed }: Prepared): ToolchainUse => ({
  store,
  toolchain,
  plan: indexed.plan,
});

const none: readonly never[] = [];
