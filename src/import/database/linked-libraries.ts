import { posix } from 'node:path';
import type { Call } from '../calls.ts';
import type { LinkWord } from '../command/link-words.ts';

/** A link as a command asks for it. */
export interface LinkCommand {
  readonly words: readonly LinkWord[];
  readonly form: 'executable' | 'shared-library' | 'object';
  readonly soname: string | undefined;
  /** Absolute. */
  readonly output: string;
}

export function linkOf(call: Call): LinkCommand | undefined {
  const place = (output = 'a.out'): string => posix.resolve(call.directory, output);
  if (call.tool === 'ld') return { ...call.command, output: place(call.command.output) };
  if (call.tool !== 'compiler' || call.command.action !== 'link') return undefined;
  const { linkWords: words, form, soname, output } = call.command;
  return { words, form, soname, output: place(output) };
}

interface Made {
  /** Where a shared library is found by its soname. */
  readonly home?: string;
  /** The homes of the shared libraries that it needs, through others too. */
  readonly needs: readonly string[];
}

const plain: Made = { needs: [] };

/**
 * What linkers would read beyond the files that their command lines name: libraries that `-l` finds, scripts, and the shared
 * libraries of shared libraries. A recorder sees them do it; here it is told from what was made before.
 */
export class LinkedLibraries {
  readonly #exists: (path: string) => boolean;
  /** What was made, and links to it, by absolute path. */
  readonly #made = new Map<string, Made>();

  /** `exists`: whether a file was there before. */
  constructor(exists: (path: string) => boolean) {
    this.#exists = exists;
  }

  /** An archive, or anything else that links may take. */
  add(path: string): void {
    this.#made.set(path, plain);
  }

  remove(path: string): void {
    this.#made.delete(path);
  }

  /** Whether it was made. */
  has(path: string): boolean {
    return this.#made.has(path);
  }

  /** Another name of what was made. */
  link(path: string, target: string): void {
    const made = this.#made.get(target);
    if (made !== undefined) this.#made.set(path, made);
  }

  /** Takes in a link; what it reads, by absolute path. */
  reads(directory: string, { words, form, soname, output }: LinkCommand): readonly string[] {
    const at = (path: string): string => posix.resolve(directory, path);
    const search = words.flatMap((word) =>
      word.kind === 'directory' && word.flag === 'search' ? [at(word.path)] : [],
    );
    const direct: string[] = [];
    const reads: string[] = [];
    for (const word of words) {
      if (word.kind === 'input') direct.push(at(word.path));
      if (word.kind === 'library') {
        const found = this.#find(word.name, search);
        if (found !== undefined) {
          direct.push(found);
          reads.push(found);
        }
      }
      if (word.kind === 'file' && !word.isWritten && this.#isThere(at(word.path))) reads.push(at(word.path));
    }
    const libraries = direct.flatMap((path) => this.#made.get(path) ?? []);
    const named = new Set(libraries.flatMap(({ home }) => home ?? []));
    const needed = new Set(libraries.flatMap(({ needs }) => needs));
    if (form === 'shared-library') {
      // Found by its soname when a program starts, and so by linkers when another library needs it.
      const home = posix.join(posix.dirname(output), soname ?? posix.basename(output));
      const made = { home, needs: [...new Set([...named, ...needed])] };
      this.#made.set(output, made);
      this.#made.set(home, made);
    } else {
      this.#made.set(output, plain);
    }
    return [...reads, ...[...needed].filter((path) => !named.has(path))];
  }

  #find(name: string, search: readonly string[]): string | undefined {
    const files = name.startsWith(':') ? [name.slice(1)] : [`lib${name}.so`, `lib${name}.a`];
    return search
      .flatMap((directory) => files.map((file) => posix.join(directory, file)))
      .find((path) => this.#isThere(path));
  }

  readonly #isThere = (path: string): boolean => this.#made.has(path) || this.#exists(path);
}
