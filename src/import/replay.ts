import { posix } from 'node:path';
import type { ProgramId, TraceEvent } from '../record/trace.ts';
import { extracted, membersAfter } from './archive-call.ts';
import { callsOf, type Call, type CallOf } from './calls.ts';
import { readCompiles, unseenInputs } from './compile-call.ts';
import type { Draft, DraftArchive, DraftProduct, Gap } from './drafts.ts';
import { FileHistory } from './file-history.ts';
import { addLinkerRead, productPath, readLink, type LinkedCommand } from './link-call.ts';
import { directoryIn, inside, portable } from './places.ts';

/** A file that a program made which is no step: a generated header, a configuration. */
interface Generated {
  readonly kind: 'generated';
  readonly program: ProgramId;
}

type Maker = Draft | Generated;

export interface Replayed {
  /** What made the files that there are in the end, by absolute path. */
  readonly history: FileHistory<Maker>;
  readonly gaps: readonly Gap[];
  readonly callOf: CallOf;
  /** Every path that anything wrote to. */
  readonly written: ReadonlySet<string>;
  /** Compilers that ran, and the first call of each. */
  readonly compilers: ReadonlyMap<string, Extract<Call, { readonly tool: 'compiler' }>>;
}

/**
 * Goes through a trace as time went, with what is known of every file at each moment: so that an object which is moved,
 * overwritten, or removed again is the one that was meant by who read it.
 */
export function replay(root: string, events: readonly TraceEvent[]): Replayed {
  const world = new World(root, events);
  for (const event of events) world.take(event);
  return world;
}

class World implements Replayed {
  readonly #root: string;
  readonly callOf: CallOf;
  readonly history = new FileHistory<Maker>();
  readonly gaps: Gap[] = [];
  readonly written = new Set<string>();
  readonly compilers = new Map<string, Extract<Call, { readonly tool: 'compiler' }>>();
  /** Of calls that link, what they make. */
  readonly #linking = new Map<Call, DraftProduct>();
  /** Objects that a call of a compiler makes; for what the assembler reads. */
  readonly #compiling = new Map<Call, readonly Draft[]>();
  readonly #copying = new Map<ProgramId, string | undefined>();

  constructor(root: string, events: readonly TraceEvent[]) {
    this.#root = root;
    this.callOf = callsOf(events);
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
      case 'write': {
        this.written.add(event.path);
        if (call !== undefined) break;
        const from = this.#copying.get(event.program);
        if (from !== undefined && this.history.at(from) !== undefined) this.history.copy(from, event.path);
        else this.history.set(event.path, { kind: 'generated', program: event.program });
        break;
      }
      case 'rename':
        this.written.add(event.to);
        this.history.rename(event.from, event.to);
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

  #run(call: Call): void {
    switch (call.tool) {
      case 'compiler':
        this.#compile(call);
        break;
      case 'ld':
        this.#link(call, { ...call.command, tool: 'ld' }, call.command.output ?? 'a.out');
        break;
      case 'ar':
        this.#archive(call);
        break;
      case 'strip':
      case 'objcopy':
        this.#rewrite(call);
        break;
      case 'as':
        this.#gap(call, 'an assembler that is called by hand: its object is taken as it is', []);
        break;
      case 'ranlib':
        // Every archive gets its index.
        break;
    }
  }

  #compile(call: Extract<Call, { readonly tool: 'compiler' }>): void {
    if (!this.compilers.has(call.executable)) this.compilers.set(call.executable, call);
    const { compiled, problems } = readCompiles(this.#root, call);
    for (const { path, draft } of compiled) this.history.set(path, draft);
    const drafts = compiled.map(({ draft }) => draft);
    this.#compiling.set(call, drafts);
    for (const problem of problems) this.#gap(call, problem, drafts);
    for (const path of unseenInputs(this.#root, call)) {
      this.#gap(call, `the compiler reads ${path} beside headers, which no step has`, drafts);
    }
    if (call.command.action !== 'link') return;
    const { linkWords, form, soname, output } = call.command;
    const objects = new Map(compiled.map(({ input, draft }) => [input, draft]));
    const tool = call.driver === 'c' ? 'cc' : 'c++';
    this.#link(call, { words: linkWords, form, soname, tool }, output ?? 'a.out', (input) => objects.get(input));
  }

  #link(call: Call, command: LinkedCommand, output: string, objectOf: (input: number) => Draft | undefined = nothing) {
    const path = posix.resolve(call.directory, output);
    const makerAt = (at: string): Draft | undefined => this.#draftAt(at);
    if (directoryIn({ root: this.#root, directory: call.directory }).isOutside) {
      this.#gap(call, `it runs in ${call.directory}, which is not in the project`, []);
      return;
    }
    const draft = readLink(this.#root, call, command, productPath(this.#root, path), makerAt, objectOf);
    this.#linking.set(call, draft);
    this.history.set(path, draft);
  }

  #archive(call: Extract<Call, { readonly tool: 'ar' }>): void {
    const { command } = call;
    if (command.operation === 'script') this.#gap(call, 'a script of ar (-M)', []);
    if (command.archive === undefined) return;
    const path = posix.resolve(call.directory, command.archive);
    const known = this.#draftAt(path);
    const before = known?.kind === 'archive' ? known.members : [];
    if (command.operation === 'extract') {
      for (const [name, content] of extracted(before, command.members)) {
        this.history.set(posix.resolve(call.directory, name), content);
      }
      return;
    }
    if (command.operation !== 'add' && command.operation !== 'delete') return;
    const { members, missing } = membersAfter(before, command, (member) => {
      const file = posix.resolve(call.directory, member);
      return this.#draftAt(file) ?? inside(this.#root, file);
    });
    const draft: DraftArchive = { kind: 'archive', path: productPath(this.#root, path), members, origin: call };
    for (const member of missing) this.#gap(call, `${member} is not in the project`, [draft]);
    this.history.set(path, draft);
  }

  /** Each input is one product, made of what it was before. */
  #rewrite(call: Extract<Call, { readonly tool: 'strip' | 'objcopy' }>): void {
    const { command, tool } = call;
    for (const input of command.inputs) {
      const from = posix.resolve(call.directory, input);
      const to = posix.resolve(call.directory, command.output ?? input);
      const made = this.#draftAt(from);
      if (made === undefined || made.kind === 'archive') {
        const what = made === undefined ? 'makes something of a file that no step made' : 'rewrites an archive';
        if (made !== undefined || inside(this.#root, to) !== undefined) this.#gap(call, `${tool} ${what}`, []);
        continue;
      }
      const place = { root: this.#root, directory: call.directory };
      const words = [...command.flags, { kind: 'input', path: input, lead: [], prefix: '', suffix: '' } as const];
      const form = made.kind === 'object' ? 'object' : made.form;
      const linked = { words, form, soname: made.kind === 'product' ? made.soname : undefined, tool };
      const makerAt = (at: string): Draft | undefined => this.#draftAt(at);
      const output = productPath(this.#root, to);
      const draft = readLink(place.root, call, linked, output, makerAt, nothing);
      this.history.set(to, draft);
    }
  }

  #readBy(call: Call, path: string): void {
    const linking = this.#linking.get(call);
    const isResponse = call.responseFiles.some((name) => posix.resolve(call.directory, name) === path);
    if (isResponse) return;
    if (linking !== undefined) {
      addLinkerRead(this.#root, linking, path, (at) => this.#draftAt(at));
      return;
    }
    const drafts = this.#compiling.get(call) ?? [];
    const isSource = drafts.some((draft) => draft.kind === 'object' && path === `${this.#root}/${draft.source}`);
    // The assembler reads what the compiler wrote, and with .incbin more than that.
    if (drafts.length > 0 && !isSource && !/\.(?:s|S|gcda|specs)$/.test(path)) {
      const place = { root: this.#root, directory: call.directory };
      this.#gap(call, `${portable(place, path)} is read while assembling, and no step has it`, drafts);
    }
  }

  #draftAt(path: string): Draft | undefined {
    const maker = this.history.at(path);
    return maker === undefined || maker.kind === 'generated' ? undefined : maker;
  }

  #gap(call: Call, problem: string, drafts: readonly Draft[]): void {
    this.gaps.push({ problem, origin: call, drafts });
  }
}

const nothing = (): undefined => undefined;

/** Programs whose output is what they read last. */
function isCopier([name = '', ...args]: readonly string[]): boolean {
  const base = posix.basename(name);
  if (base === 'cmake') return args[0] === '-E' && /^(?:copy|rename)/.test(args[1] ?? '');
  return /^g?(?:cp|mv|install|ln)$/.test(base);
}
