import type { ScanFailure } from '../model/failure.ts';
import { projectPath, type ProjectPath } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';
import type { CompileStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { UnitInputs } from '../graph/include-graph.ts';
import { pathIn } from '../plan/from-directory.ts';
import { CloserLook } from './closer-look.ts';
import type { Batch, CompilerPorts } from './compiler-run.ts';
import type { DepfileRule } from './depfile.ts';
import { parseDiagnosticLine } from './diagnostics.ts';
import { Naming, type KnownFiles } from './known-files.ts';
import { moduleDeclarationIn } from './modules.ts';
import { SearchPaths, type SearchPath } from './search-path.ts';
import { unlistedInputs } from './unlisted-inputs.ts';

export interface UnitAnswer {
  readonly step: CompileStep;
  readonly result: Result<UnitInputs, ScanFailure>;
  /** What the unit is taken to read all the same, where the scan failed; its compile then says what is wrong. */
  readonly inputs: UnitInputs;
}

export const noRule: DepfileRule = { targets: [], prerequisites: [] };

interface Sorted {
  readonly inputs: UnitInputs;
  readonly failure?: ScanFailure;
}

/** In the words of a compiler. */
export const scanFailed = ({ name, source, target, directory }: CompileStep, output: string): ScanFailure => ({
  kind: 'scan-failed',
  step: name,
  source,
  target,
  diagnostics: output.split('\n').flatMap((line) => parseDiagnosticLine(line, directory) ?? []),
  output,
});

/** From what the compiler lists of a unit to all that it reads, or why no sandbox can give it that. */
export class UnitReader {
  readonly #ports: CompilerPorts;
  readonly #known: KnownFiles;
  readonly #look: CloserLook;
  readonly #searches = new SearchPaths();
  readonly #places = new Map<ProjectPath, string>();

  constructor(ports: CompilerPorts, known: KnownFiles) {
    this.#ports = ports;
    this.#known = known;
    this.#look = new CloserLook(ports, known, new Naming(known));
  }

  /** `batch` is of this one unit, and `rule` what `gcc -M` says of it; `isLenient`: what `gcc -M -MG` says. */
  async read(batch: Batch, step: CompileStep, rule: DepfileRule, isLenient = false): Promise<UnitAnswer> {
    const search = this.#searches.of(step);
    const listed = this.#sorted(step, rule.prerequisites);
    const sorted = (files: readonly string[]): UnitInputs => this.#sorted(step, files).inputs;
    const closer = await this.#look.listed(batch, listed.inputs, search, sorted, isLenient);
    const { inputs, failure } = closer.ok
      ? closer.value === undefined
        ? listed
        : this.#sorted(step, closer.value)
      : await this.#lenient(batch, step, listed, search, closer.failure);
    const { source, system } = inputs;
    const assembled = this.#sorted(step, await this.#look.assembled(batch, inputs));
    const readByTools = { source, headers: [...inputs.headers, ...assembled.inputs.headers], system };
    const { files, strange, ...asked } = unlistedInputs(readByTools, search, this.#ports.compiler, this.#known);
    const headers = sortedUnique([...readByTools.headers, ...files].filter((path) => path !== source));
    const all: UnitInputs = {
      source,
      headers,
      system: sortedUnique([...system, ...assembled.inputs.system, ...asked.system]),
    };
    const unusable = isLenient ? undefined : this.#unusable(step, [source, ...headers]);
    const stranger: ScanFailure | undefined = strange && { kind: 'strange-query', step: step.name, source, ...strange };
    const problem = failure ?? assembled.failure ?? unusable ?? stranger ?? moduleDeclarationIn(step, this.#known);
    return { step, inputs: all, result: problem === undefined ? ok(all) : fail(problem) };
  }

  /** A plain listing knows nothing of what an expanded one fails at. */
  async #lenient(batch: Batch, step: CompileStep, listed: Sorted, search: SearchPath, output: string): Promise<Sorted> {
    const sorted = (files: readonly string[]): UnitInputs => this.#sorted(step, files).inputs;
    const closer = await this.#look.listed(batch, listed.inputs, search, sorted, true);
    const { inputs } = closer.ok && closer.value !== undefined ? this.#sorted(step, closer.value) : listed;
    const headers = inputs.headers.filter((header) => this.#known.files.stat(header) !== undefined);
    return { inputs: { ...inputs, headers }, failure: scanFailed(step, output) };
  }

  /** Tells files apart: the project's, the toolchain's, and those that no build would see. */
  #sorted(step: CompileStep, files: readonly string[]): Sorted {
    const { root, compiler } = this.#ports;
    const headers: ProjectPath[] = [...(step.files ?? [])];
    const system: string[] = [];
    let stranger: string | undefined;
    let absolute: ProjectPath | undefined;
    for (const file of files) {
      const isAbsolute = file.startsWith(`${root}/`);
      const inside = isAbsolute ? projectPath(file.slice(root.length + 1)) : pathIn(step.directory, file);
      if (isAbsolute) absolute ??= inside;
      if (inside !== undefined) {
        if (inside !== step.source) headers.push(inside);
      } else if (compiler.systemDirectories.some((directory) => file.startsWith(directory))) system.push(file);
      else stranger ??= file;
    }
    const { name, source } = step;
    const inputs: UnitInputs = { source, headers: sortedUnique(headers), system: sortedUnique(system) };
    if (absolute !== undefined) {
      return { inputs, failure: { kind: 'absolute-include', step: name, source, path: absolute } };
    }
    if (stranger === undefined) return { inputs };
    return { inputs, failure: { kind: 'outside-project', step: name, source, path: stranger } };
  }

  /** A file that is not there by the name it has here, or that a link fetches from outside the project. */
  #unusable({ name, source }: CompileStep, files: readonly ProjectPath[]): ScanFailure | undefined {
    for (const path of files) {
      let place = this.#places.get(path);
      if (place === undefined) this.#places.set(path, (place = this.#placeOf(path)));
      if (place === 'gone') return { kind: 'name-unusable', step: name, source, path };
      if (place !== 'inside') return { kind: 'outside-project', step: name, source, path: place, through: path };
    }
    return undefined;
  }

  /** Outside, its real path. */
  #placeOf(path: ProjectPath): string {
    const { root, compiler } = this.#ports;
    const real = this.#known.files.realPath(path);
    if (real === undefined) return 'gone';
    const isInside = real.startsWith(`${root}/`) || compiler.systemDirectories.some((each) => real.startsWith(each));
    return isInside ? 'inside' : real;
  }
}
