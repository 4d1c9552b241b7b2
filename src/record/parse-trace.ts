import type { ProgramId, TraceEvent } from './trace.ts';

/**
 * Reads what the recorder wrote; `preloadSource` says how. Bytes that are no UTF-8 come out as U+FFFD, as they do in
 * the names of files that Node lists.
 *
 * A record that is cut off, because the machine or the disk came to its end, ends the trace: what came before it holds.
 */
export function parseTrace(bytes: Buffer): readonly TraceEvent[] {
  const trace = new TraceReader();
  for (let at = 0; at < bytes.length;) {
    const record = blockAt(bytes, at);
    const fields = record === undefined ? undefined : fieldsOf(record);
    if (record === undefined || fields === undefined) break;
    trace.add(fields);
    at += lengthBytes + record.length;
  }
  return trace.events;
}

const lengthBytes = 4;

/** What a length and as many bytes hold; undefined where there are not as many. */
function blockAt(bytes: Buffer, at: number): Buffer | undefined {
  if (at + lengthBytes > bytes.length) return undefined;
  const start = at + lengthBytes;
  const end = start + bytes.readUInt32LE(at);
  return end > bytes.length ? undefined : bytes.subarray(start, end);
}

function fieldsOf(record: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < record.length;) {
    const field = blockAt(record, at);
    if (field === undefined) return undefined;
    fields.push(field);
    at += lengthBytes + field.length;
  }
  return fields;
}

/** Gives programs their numbers, and says once what a program did more than once. */
class TraceReader {
  readonly events: TraceEvent[] = [];
  readonly #programs = new Map<string, ProgramId>();
  /** What each program has read. */
  readonly #read = new Map<ProgramId, Set<string>>();
  /** Of what has happened to a path, the last: the program that wrote it, or that it was something else. */
  readonly #writer = new Map<string, ProgramId | undefined>();

  add([kind, token, ...rest]: readonly Buffer[]): void {
    if (kind === undefined || token === undefined) return;
    if (kind.toString() === 's') {
      this.#start(token.toString(), rest);
      return;
    }
    const program = this.#programs.get(token.toString());
    const [first, second] = rest.map((field) => field.toString());
    if (program === undefined || first === undefined) return;
    switch (kind.toString()) {
      case 'r':
        this.#addRead(program, first);
        break;
      case 'w':
        this.#addWrite(program, first);
        break;
      case 'm':
        if (second !== undefined) this.#change({ kind: 'rename', program, from: first, to: second }, first, second);
        break;
      case 'l':
        if (second !== undefined) this.#change({ kind: 'symlink', program, target: first, path: second }, second);
        break;
      case 'h':
        if (second !== undefined) this.#change({ kind: 'hardlink', program, from: first, path: second }, first, second);
        break;
    }
  }

  #start(token: string, [parent, executable, directory, argv, environment, ...responses]: readonly Buffer[]): void {
    if (parent === undefined || executable === undefined || directory === undefined) return;
    if (argv === undefined || environment === undefined) return;
    const program = this.#programs.size;
    const responseFiles = new Map<string, string>();
    for (let i = 0; i + 1 < responses.length; i += 2) {
      responseFiles.set(String(responses[i]), String(responses[i + 1]));
    }
    this.events.push({
      kind: 'started',
      program,
      parent: this.#programs.get(parent.toString()),
      executable: executable.toString(),
      // It ran in a directory that had been removed.
      directory: directory.length === 0 ? '/' : directory.toString(),
      argv: stringsOf(argv),
      environment: Object.fromEntries(stringsOf(environment).map(nameAndValue)),
      responseFiles,
    });
    this.#programs.set(token, program);
  }

  #addRead(program: ProgramId, path: string): void {
    const read = this.#read.get(program) ?? new Set();
    this.#read.set(program, read);
    if (read.has(path)) return;
    read.add(path);
    this.events.push({ kind: 'read', program, path });
    if (this.#writer.get(path) !== program) this.#writer.set(path, undefined);
  }

  #addWrite(program: ProgramId, path: string): void {
    if (this.#writer.get(path) === program) return;
    this.#writer.set(path, program);
    this.events.push({ kind: 'write', program, path });
  }

  #change(event: TraceEvent, ...paths: readonly string[]): void {
    for (const path of paths) this.#writer.set(path, undefined);
    this.events.push(event);
  }
}

/** Strings that each end in NUL. */
const stringsOf = (field: Buffer): readonly string[] =>
  field.length === 0 ? [] : field.toString().replace(/\0$/, '').split('\0');

function nameAndValue(variable: string): readonly [string, string] {
  const end = variable.indexOf('=');
  return [variable.slice(0, end), variable.slice(end + 1)];
}
