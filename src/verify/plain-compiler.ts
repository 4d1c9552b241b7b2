import { posix } from 'node:path';
import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import { trustedProjectPath, type StorePath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { compileArguments, sandboxMap } from '../nix/compile-arguments.ts';
import { sourceDateEpoch } from '../nix/shared-prelude.ts';

export interface PlainCompilerParts {
  readonly commands: CommandRunner;
  /** Absolute path of the project. */
  readonly root: string;
  /** A directory outside the tree, of ours: nothing is left in the tree. */
  readonly scratch: ProjectFiles;
  /** `bin/cc` and `bin/c++` are below. */
  readonly compiler: string;
  /** Of the compiler, without what a sandbox adds. */
  readonly env: Readonly<Record<string, string>>;
  readonly packageFlags: (step: CompileStep) => readonly string[];
  readonly signal: AbortSignal;
}

/** What the compiler has made, or why it has not. */
export type Compiled =
  { readonly isMade: true; readonly object: Buffer } | { readonly isMade: false; readonly messages: readonly string[] };

/** Compiles units where they are, as a step in a sandbox does it but for the place. */
export class PlainCompiler {
  readonly #parts: PlainCompilerParts;
  readonly #env: Readonly<Record<string, string>>;

  constructor(parts: PlainCompilerParts) {
    this.#parts = parts;
    this.#env = { ...parts.env, SOURCE_DATE_EPOCH: sourceDateEpoch, TMPDIR: parts.scratch.root };
  }

  /** Undefined where it was aborted. `added`: arguments beyond those of the step. `stand`: the object's place in the store. */
  async compile(step: CompileStep, stand: StorePath, added: readonly string[] = []): Promise<Compiled | undefined> {
    const { commands, root, scratch, packageFlags, signal } = this.#parts;
    const output = standIn(scratch.root, stand);
    const { ended, exitCode, stderr } = await commands.run({
      file: this.#driver(step),
      args: compileArguments(
        // It would write into the tree otherwise.
        { ...step, flags: step.flags.map((flag) => (/^-?-save-temps/.test(flag) ? '-save-temps=obj' : flag)) },
        { packageFlags: packageFlags(step), added: [sandboxMap, ...added], output },
      ),
      cwd: posix.join(root, step.directory ?? ''),
      env: this.#env,
      signal,
    });
    if (ended === 'aborted') return undefined;
    const name = trustedProjectPath(posix.basename(output));
    const object = scratch.read(name);
    scratch.remove(name);
    if (exitCode === 0 && object !== undefined) return { isMade: true, object: withPlace(object, output, stand) };
    const said = stderr.split('\n').filter((line) => line !== '');
    return {
      isMade: false,
      messages: said.length > 0 ? said.slice(0, mostLines) : [`${this.#driver(step)} was ended`],
    };
  }

  /** The code that the compiler makes of an object of link-time optimization; undefined where it makes none. */
  async codeOf(step: CompileStep, stand: StorePath, object: Buffer): Promise<Buffer | undefined> {
    const { commands, scratch, signal } = this.#parts;
    const [kept, code] = ['kept.o', 'code.o'].map((end) => trustedProjectPath(`${posix.basename(stand)}.${end}`));
    if (kept === undefined || code === undefined) return undefined;
    scratch.write(kept, object);
    const args = [...linkAlone, '-o', code, kept];
    await commands.run({ file: this.#driver(step), args, cwd: scratch.root, env: this.#env, signal });
    const made = scratch.read(code);
    for (const file of [kept, code]) scratch.remove(file);
    return made;
  }

  #driver({ language }: CompileStep): string {
    return `${this.#parts.compiler}/bin/${language === 'c' ? 'cc' : 'c++'}`;
  }
}

/** What a linker makes of an object by itself, before it knows of any other. */
const linkAlone = ['-r', '-nostdlib', '-flinker-output=nolto-rel', '-frandom-seed=0'];

/** Of a compiler's complaints, the first are what the others come from. */
const mostLines = 20;

/**
 * A path as long as the one in the store, and with the end of its name: an object may hold the path that it was made at
 * (--coverage, -gsplit-dwarf), and then everything else is at the same place in it. In a longer directory, the name alone.
 */
function standIn(directory: string, stand: StorePath): string {
  const name = posix.basename(stand);
  const room = stand.length - directory.length - 1;
  // What is before it is a hash; what follows is of this object alone.
  const isEnough = room >= name.length - hashLength && room <= longestName;
  return `${directory}/${isEnough ? name.slice(-room).padStart(room, '-') : name}`;
}

/** Of a store path's name, with the dash after it; and of a file's name on this machine. */
const [hashLength, longestName] = [33, 255];

/** As if it had been made in the store. What is named after an object has its path without the extension. */
function withPlace(object: Buffer, output: string, stand: StorePath): Buffer {
  const stem = output.slice(0, output.length - posix.extname(output).length);
  if (output.length !== stand.length || object.indexOf(stem, 0, 'latin1') < 0) return object;
  return Buffer.from(
    object.toString('latin1').replaceAll(stem, () => stand.slice(0, stem.length)),
    'latin1',
  );
}
