import { posix } from 'node:path';
import type { ProgramId, TraceEvent } from '../record/trace.ts';
import { Archiving } from './archiving.ts';
import { assembleCall } from './assemble-call.ts';
import { callsOf, type Call, type CallOf } from './calls.ts';
import { lostOutputs, readCompiles, unseenInputs } from './compile-call.ts';
import { isCopier } from './copier.ts';
import type { Draft, DraftProduct, Gap } from './drafts.ts';
import { FileHistory } from './file-history.ts';
import { addLinkerRead, readLink, type LinkedCommand } from './link-call.ts';
import { directoryIn, inside, portable, productPath } from './places.ts';
import { precompiledHeaders, precompiledProblems } from './precompiled.ts';
import { readRewrites, type RewriteCall } from './rewrite-call.ts';

/** A file that a program made which is no step: a generated header, a configuration. */
interface Generated {
  readonly kind: 'generated';
  readonly program: ProgramId;
}

type Maker = Draft | Generated;
type CompilerCall = Extract<Call, { readonly tool: 'compiler' }>;

export interface Replayed {
  /** What made the files that there are in the end, by absolute path. */
  readonly history: FileHistory<Maker>;
  readonly gaps: readonly Gap[];
  readonly callOf: CallOf;
  /** Every path that anything wrote to. */
  readonly written: ReadonlySet<string>;
  /** Compilers that ran, and the first call of each. */
  readonly compilers: ReadonlyMap<string, CompilerCall>;
}

/**
 * Goes through a trace as time went, with what is known of every file at each moment: so that an object which is moved,
 * overwritten, or removed again is the one that was meant by who read it.
 */
export function replay(root: string, events: readonly TraceEvent[]): Replayed {
  const world = new World(root, events);
  for (const event of events) world.take(event);
  world.finish();
  return world;
}

class World implements Replayed {
  readonly #root: string;
  readonly callOf: CallOf;
  readonly history = new FileHistory<Maker>();
  readonly gaps: Gap[] = [];
  readonly written = new Set<string>();
  readonly compilers = new Map<string, CompilerCall>();
  /** Of calls that link, what they make. */
  readonly #linking = new Map<Call, DraftProduct>();
  /** Objects that a call of a compiler makes; for what the assembler reads. */
  readonly #compiling = new Map<Call, readonly Draft[]>();
  readonly #archiving: Archiving;
  readonly #precompiling: CompilerCall[] = [];
  readonly #copying = new Map<ProgramId, string | undefined>();

  constructor(root: string, events: readonly TraceEvent[]) {
    this.#root = root;
    this.callOf = callsOf(events);
    this.#archiving = new Archiving(root, {
      draftAt: this.#makerAt,
      set: (path, draft) => {
        this.history.set(path, draft);
      },
      setForeign: (path, program) => {
        this.history.set(path, { kind: 'generated', program });
      },
      report: (gap) => void this.gaps.push(gap),
    });
  }

  take(event: TraceEvent): void {
    const call = this.callOf(event.program);
    switch (event.kind) {
      case 'started':
        if (call?.program === event.program) this.#run(call);
        else if (call === undefined && isCopier(event.argv)) this.#copying.set(event.program, undefined);
        break;
      case 'read':
        if (call !== undefined) this.#readBy(call, event.path);
        else if (this.#copying.has(event.program)) this.#copying.set(event.program, event.path);
        break;
      case 'write':
        this.written.add(event.path);
        if (call === undefined) this.#writtenBy(event.program, event.path);
        else if (call.tool === 'ar') this.#archiving.written(call, event.path);
        break;
      case 'rename':
        this.written.add(event.to);
        // A tool that writes beside its output and renames makes what it was called for.
        if (call === undefined || this.#draftAt(event.from) !== undefined) this.history.rename(event.from, event.to);
        break;
      case 'symlink':
        this.written.add(event.path);
        this.history.link(event.path, event.target);
        break;
      case 'hardlink':
        this.written.add(event.path);
        this.history.copy(event.from, event.path);
        break;
    }
  }

  finish(): void {
    const drafts = [...this.#compiling.values()].flat();
    for (const call of this.#precompiling) {
      this.gaps.push(...precompiledProblems(this.#root, call, precompiledHeaders(call), drafts));
    }
  }

  #run(call: Call): void {
    switch (call.tool) {
      case 'compiler':
        this.#compile(call);
        break;
      case 'ld':
        this.#link(call, { ...call.command, tool: 'ld' }, call.command.output ?? 'a.out');
        break;
      case 'ar':
        this.#archiving.start(call);
        break;
      case 'strip':
      case 'objcopy':
        this.#rewrite(call);
        break;
      case 'as':
        this.#assemble(call);
        break;
      case 'ranlib':
        // Every archive gets its index.
        break;
    }
  }

  #compile(call: CompilerCall): void {
    if (!this.compilers.has(call.executable)) this.compilers.set(call.executable, call);
    if (call.command.action === 'precompile-header') {
      this.#precompiling.push(call);
      return;
    }
    const { compiled, problems } = readCompiles(this.#root, call);
    for (const { path, draft } of compiled) this.history.set(path, draft);
    const drafts = compiled.map(({ draft }) => draft);
    this.#compiling.set(call, drafts);
    for (const { problem, path } of problems) this.#takenAsItIs(call, problem, path);
    for (const problem of lostOutputs(call)) this.#gap(call, problem, drafts);
    for (const path of unseenInputs(call, this.#root)) this.#readByCompiler(call, path);
    if (call.command.action !== 'link') return;
    const { linkWords, form, soname, output } = call.command;
    const objects = new Map(compiled.map(({ input, draft }) => [input, draft]));
    const tool = call.driver === 'c' ? 'cc' : 'c++';
    this.#link(call, { words: linkWords, form, soname, tool }, output ?? 'a.out', (input) => objects.get(input));
  }

  #assemble(call: Extract<Call, { readonly tool: 'as' }>): void {
    const { path, draft, problem } = assembleCall(this.#root, call);
    if (draft === undefined) {
      if (problem !== undefined) this.#takenAsItIs(call, problem, path);
      return;
    }
    this.history.set(path, draft);
    this.#compiling.set(call, [draft]);
  }

  #link(call: Call, command: LinkedCommand, output: string, objectOf: (input: number) => Draft | undefined = nothing) {
    const path = posix.resolve(call.directory, output);
    if (directoryIn({ root: this.#root, directory: call.directory }).isOutside) {
      this.#takenAsItIs(call, `it runs in ${call.directory}, which is not in the project`, path);
      return;
    }
    const draft = readLink(this.#root, call, command, productPath(this.#root, path), this.#makerAt, objectOf);
    this.#linking.set(call, draft);
    this.history.set(path, draft);
  }

  #rewrite(call: RewriteCall): void {
    for (const { path, draft } of readRewrites(this.#root, call, this.#makerAt)) {
      if (draft !== undefined) this.history.set(path, draft);
      else this.#takenAsItIs(call, `${call.tool} makes something of a file that no step made`, path);
    }
  }

  #readBy(call: Call, path: string): void {
    const isResponse = call.responseFiles.some((name) => posix.resolve(call.directory, name) === path);
    if (isResponse) return;
    const linking = this.#linking.get(call);
    if (linking !== undefined) addLinkerRead(this.#root, linking, path, this.#makerAt);
    else if (call.tool === 'ar') this.#archiving.read(call, path);
    else if (this.#compiling.has(call)) {
      // The assembler reads what the compiler wrote, and with .incbin more than that.
      const isOwn = this.written.has(path) && /\.[sS]$/.test(path);
      if (!isOwn) this.#readByCompiler(call, path);
    }
  }

  /** A file that steps read and that the compiler would not tell of. */
  #readByCompiler(call: Call, path: string): void {
    const file = inside(this.#root, path);
    if (file === undefined) return;
    const drafts = this.#compiling.get(call) ?? [];
    if (this.#draftAt(path) !== undefined) {
      const name = portable({ root: this.#root, directory: call.directory }, path);
      this.#gap(call, `the compiler reads ${name}, which the build makes`, drafts);
      return;
    }
    for (const draft of drafts) if (draft.kind === 'object' && draft.source !== file) draft.files.add(file);
  }

  #writtenBy(program: ProgramId, path: string): void {
    const from = this.#copying.get(program);
    if (from !== undefined && this.history.at(from) !== undefined) this.history.copy(from, path);
    else this.history.set(path, { kind: 'generated', program });
  }

  readonly #makerAt = (path: string): Draft | undefined => this.#draftAt(path);

  #draftAt(path: string): Draft | undefined {
    const maker = this.history.at(path);
    return maker === undefined || maker.kind === 'generated' ? undefined : maker;
  }

  #gap(call: Call, problem: string, drafts: readonly Draft[]): void {
    this.gaps.push({ problem, origin: call, drafts });
  }

  /** What no step makes: whoever uses it takes it for a file of the project. */
  #takenAsItIs(call: Call, problem: string, path: string): void {
    this.history.set(path, { kind: 'generated', program: call.program });
    this.gaps.push({ problem: `${problem}: what it makes is taken as it is`, origin: call, drafts: [], files: [path] });
  }
}

const nothing = (): undefined => undefined;
