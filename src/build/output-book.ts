import type { Output } from '../model/events.ts';
import { drvPath, storePath, trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { RealisedOutput } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { rootOutputs } from './gc-roots.ts';
import { linkResults, physicalPath, resultLink, type LinkedResults } from './outputs.ts';

/** The outputs of the last builds, and the store they are in. */
export class OutputBook {
  readonly #files: ProjectFiles;
  /** Files of a store, or of the whole machine, by its directory. */
  readonly #openFiles: (directory: string) => ProjectFiles;
  #outputs: ReadonlyMap<StepName, RealisedOutput>;
  #store: string;

  constructor(
    files: ProjectFiles,
    openFiles: (directory: string) => ProjectFiles,
    remembered: { readonly outputs: readonly Output[]; readonly engine: string } | undefined,
  ) {
    this.#files = files;
    this.#openFiles = openFiles;
    this.#store = remembered?.engine ?? '';
    this.#outputs = new Map(
      remembered?.outputs.map((output) => [
        output.target as StepName,
        { drvPath: drvPath(output.drvPath), outPath: storePath(output.outPath) },
      ]),
    );
  }

  /** Outputs of another store or addressing are no outputs of this one; steps that are gone are forgotten. */
  record(
    store: OpenedStore,
    outputs: ReadonlyMap<StepName, RealisedOutput>,
    isStep: (step: StepName) => boolean,
  ): void {
    const kept = this.#store === keyOf(store) ? [...this.#outputs].filter(([step]) => isStep(step)) : [];
    this.#outputs = new Map([...kept, ...outputs]);
    this.#store = keyOf(store);
  }

  /** Targets whose output is not known, is of another store, or has been collected since. */
  missing(store: OpenedStore, wanted: BuildPlan): readonly { readonly step: StepName; readonly isKnown: boolean }[] {
    const isSameStore = this.#store === keyOf(store);
    const machine = this.#openFiles('/');
    return wanted.targets.flatMap(({ step }) => {
      const output = isSameStore ? this.#outputs.get(step) : undefined;
      const path = output === undefined ? undefined : physicalPath(store, output.outPath);
      // Of a store that is not on this machine, nothing else is known than what was built.
      const isThere = path === undefined ? output !== undefined : machine.exists(trustedProjectPath(path.slice(1)));
      if (isThere) return [];
      return { step, isKnown: output !== undefined };
    });
  }

  /** The links of targets that were made and are gone since. */
  collected(store: OpenedStore, wanted: BuildPlan): readonly ProjectPath[] {
    const gone = new Set(this.missing(store, wanted).flatMap(({ step, isKnown }) => (isKnown ? [step] : [])));
    return wanted.targets.flatMap(({ step }, position) => (gone.has(step) ? [resultLink(position)] : []));
  }

  /** Points the `result` links at the targets' outputs, but for those of `undone` steps. */
  link(store: OpenedStore, wanted: BuildPlan, undone: ReadonlySet<StepName>): LinkedResults {
    const current = new Map([...this.#outputs].filter(([step]) => !undone.has(step)));
    return linkResults(this.#files, store, wanted, current);
  }

  /** Keeps everything recorded from being garbage-collected. */
  async root(store: OpenedStore, commands: CommandRunner): Promise<void> {
    const directory = store.root === undefined || store.root === '/' ? undefined : this.#openFiles(store.root);
    const outPaths = new Set([...this.#outputs.values()].map(({ outPath }) => outPath));
    await rootOutputs(this.#files, directory, commands, store, [...outPaths]);
  }

  /** For the next run. */
  snapshot(): { readonly outputs: readonly Output[]; readonly engine: string } {
    const outputs = [...this.#outputs].map(([target, output]) => ({ target, ...output, file: '', link: null }));
    return { outputs, engine: this.#store };
  }
}

const keyOf = (store: OpenedStore): string => `${store.label} ${store.settings.addressing}`;
