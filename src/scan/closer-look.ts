import { createHash, randomUUID } from 'node:crypto';
import type { FileStamp } from '../host/ports.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { filesOf, type UnitInputs } from '../graph/include-graph.ts';
import { pathIn } from '../plan/from-directory.ts';
import { parseDepfile } from './depfile.ts';
import { rulesBySource, runCompiler, type Batch, type CompilerPorts } from './compiler-run.ts';
import type { KnownFiles, Naming } from './known-files.ts';
import { projectDirectives } from './projection.ts';
import type { SearchPath } from './search-path.ts';

/**
 * What `gcc -M` cannot say of a unit: it does not expand macros between directives, runs no assembler, and takes two files
 * of one time and contents for one. Each takes another process, and is asked for where the text of a unit's files calls for it.
 */
export class CloserLook {
  readonly #ports: CompilerPorts;
  readonly #known: KnownFiles;
  readonly #naming: Naming;

  constructor(ports: CompilerPorts, known: KnownFiles, naming: Naming) {
    this.#ports = ports;
    this.#known = known;
    this.#naming = naming;
  }

  /**
   * What the compiler lists when it has to look closer; undefined where a plain listing, `inputs`, is all. `batch` is of one
   * unit. Fails with the compiler's words. Each look can show files that call for a closer one. `isLenient`: past headers that are missing, and errors (`-MG`).
   */
  async listed(
    batch: Batch,
    inputs: UnitInputs,
    search: SearchPath,
    sorted: (files: readonly string[]) => UnitInputs,
    isLenient: boolean,
  ): Promise<Result<readonly string[] | undefined, string>> {
    let files: readonly string[] | undefined;
    let unit = inputs;
    let [isExpanded, isApart] = [false, false];
    for (;;) {
      // gcc has no such mode with everything expanded.
      const counts = !isLenient && (isExpanded || this.#counts(unit));
      const hides = isApart || this.#hasHiddenTwin(unit, search);
      if (counts === isExpanded && hides === isApart) return ok(files);
      [isExpanded, isApart] = [counts, hides];
      const apart = isApart ? this.#layApart(unit, search) : undefined;
      const mode = isExpanded ? ['-E', '-o', '/dev/null', '-MD'] : isLenient ? ['-M', '-MG'] : ['-M'];
      const asked = await this.#ask(batch, apart, mode);
      if (apart !== undefined) this.#known.files.remove(apart);
      if (!asked.ok) return asked;
      files = asked.value;
      unit = sorted(files);
    }
  }

  /** What the assembler reads for a unit, `.incbin` above all; of each file what it calls it. */
  async assembled(batch: Batch, inputs: UnitInputs): Promise<readonly string[]> {
    if (!filesOf(inputs).some((file) => this.#known.factsOf(file)?.projection.assembles === true)) return [];
    const list = this.#temporary();
    // It makes no directory for what it writes.
    this.#known.files.write(list, '');
    const depfile = `${this.#known.files.root}/${list}`;
    // Through a pipe, or its own input would be a temporary file to tell from the others.
    const mode = ['-c', '-w', '-pipe', '-o', '/dev/null', '-Xassembler', '--MD', '-Xassembler', depfile];
    await runCompiler(batch, mode, this.#ports);
    const parsed = parseDepfile(this.#taken(list));
    const names = parsed.ok ? parsed.value.flatMap(({ prerequisites }) => prerequisites) : [];
    // Among them is what the compiler calls the source (`.file`), without its directory: not read, and mostly not there.
    return names.filter((name) => {
      const path = pathIn(batch.directory, name);
      return path === undefined || this.#known.files.stat(path) !== undefined;
    });
  }

  async #ask(
    batch: Batch,
    apart: ProjectPath | undefined,
    mode: readonly string[],
  ): Promise<Result<readonly string[], string>> {
    const list = this.#temporary();
    const { files } = this.#known;
    files.write(list, '');
    const root = apart === undefined ? files.root : `${files.root}/${apart}`;
    const run = await runCompiler(batch, [...mode, '-w', '-MF', `${files.root}/${list}`], { ...this.#ports, root });
    // Where it fails, there is no rule in it.
    const rules = rulesBySource(this.#taken(list), batch.directory);
    const rule = rules.get(batch.steps[0]?.source ?? trustedProjectPath(''));
    return rule === undefined ? fail(run.stderr) : ok(rule.prerequisites);
  }

  #counts(unit: UnitInputs): boolean {
    return filesOf(unit).some((file) => this.#known.factsOf(file)?.projection.counter === true);
  }

  /**
   * Whether some file that the unit may include could have been taken for one that it does: gcc does so by size, contents and the
   * second of the last change, of files that say `#pragma once` (libcpp/files.cc).
   */
  #hasHiddenTwin(inputs: UnitInputs, search: SearchPath): boolean {
    const listed = new Set(filesOf(inputs));
    const once = new Map<string, Set<string>>();
    for (const file of listed) {
      const facts = this.#known.factsOf(file);
      if (facts?.projection.once !== true) continue;
      const key = likeness(facts.stamp);
      once.set(key, (once.get(key) ?? new Set()).add(facts.hash));
    }
    if (once.size === 0) return false;
    const { files } = this.#known;
    for (const file of listed) {
      for (const named of this.#naming.namedIn(file, search, this.#operandsOf(file))) {
        if (listed.has(named)) continue;
        const stamp = files.stat(named);
        const hashes = stamp && once.get(likeness(stamp));
        if (hashes === undefined) continue;
        const contents = files.read(named);
        if (contents !== undefined && hashes.has(createHash('sha256').update(contents).digest('hex'))) return true;
      }
    }
    return false;
  }

  /** Copies of all that a unit may include, each with a time of its own, as the sandbox has them. Returns where. */
  #layApart(inputs: UnitInputs, search: SearchPath): ProjectPath {
    const apart = this.#temporary();
    const { files } = this.#known;
    files.write(trustedProjectPath(`${apart}/${search.directory}/.makenix-scan`), '');
    const listed = filesOf(inputs);
    const reached = new Set(listed);
    let serial = 1;
    // A set gives also what is added while it is gone through.
    for (const file of reached) {
      const contents = files.read(file);
      if (contents === undefined) continue;
      const operands = listed.includes(file) ? this.#operandsOf(file) : projectDirectives(contents).operands;
      for (const named of this.#naming.namedIn(file, search, operands)) reached.add(named);
      const copy = trustedProjectPath(`${apart}/${file}`);
      files.write(copy, contents);
      files.setTime(copy, BigInt(serial++) * 1_000_000_000n);
    }
    return apart;
  }

  #operandsOf(file: ProjectPath): readonly string[] {
    return this.#known.factsOf(file)?.projection.operands ?? [];
  }

  /** The contents of a temporary file, which is removed. */
  #taken(path: ProjectPath): string {
    const text = this.#known.files.read(path)?.toString('utf8') ?? '';
    this.#known.files.remove(path);
    return text;
  }

  #temporary(): ProjectPath {
    return trustedProjectPath(`.makenix/scan/${randomUUID()}`);
  }
}

const likeness = ({ size, mtimeNs }: Pick<FileStamp, 'size' | 'mtimeNs'>): string =>
  `${String(size)} ${String(mtimeNs / 1_000_000_000n)}`;
