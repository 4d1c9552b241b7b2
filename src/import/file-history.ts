import { posix } from 'node:path';

/** What is known of files while a trace is gone through: by absolute path, what made the file that is there now. */
export class FileHistory<Maker> {
  readonly #files = new Map<string, Maker>();
  readonly #links = new Map<string, string>();
  /** In which any of them ever was. */
  readonly #directories = new Set<string>();

  /** What made the file at a path, symbolic links that the build made followed; undefined for what was there before. */
  at(path: string): Maker | undefined {
    return this.#files.get(this.follow(path));
  }

  /** Where symbolic links of the build lead; the path itself where it is none. */
  follow(path: string): string {
    let place = path;
    // A link that leads to itself leads nowhere; as many as the kernel follows.
    for (let depth = 0; depth < 40; depth++) {
      const target = this.#links.get(place);
      if (target === undefined) return place;
      place = target;
    }
    return path;
  }

  set(path: string, maker: Maker): void {
    this.#links.delete(path);
    this.#files.set(path, maker);
    this.#enter(path);
  }

  /** Something that is not ours was put there. */
  forget(path: string): void {
    this.#links.delete(path);
    this.#files.delete(path);
  }

  link(path: string, target: string): void {
    this.#files.delete(path);
    this.#links.set(path, posix.resolve(posix.dirname(path), target));
    this.#enter(path);
  }

  copy(from: string, to: string): void {
    const maker = this.at(from);
    if (maker === undefined) this.forget(to);
    else this.set(to, maker);
  }

  /** Of a file, or of a directory with all that is in it. */
  rename(from: string, to: string): void {
    const isDirectory = this.#directories.has(from);
    move(this.#files, from, to, isDirectory);
    move(this.#links, from, to, isDirectory);
    this.#enter(to);
  }

  /** Symbolic links that lead to a path, directly or through others. */
  namesOf(path: string): readonly string[] {
    return [...this.#links.keys()].filter((link) => this.follow(link) === path);
  }

  /** All files that are known, by path. */
  entries(): Iterable<readonly [string, Maker]> {
    return this.#files.entries();
  }

  #enter(path: string): void {
    for (let above = posix.dirname(path); !this.#directories.has(above); above = posix.dirname(above)) {
      this.#directories.add(above);
    }
  }
}

function move<Value>(map: Map<string, Value>, from: string, to: string, isDirectory: boolean): void {
  const value = map.get(from);
  // What was at the new path is gone in any case.
  map.delete(to);
  if (value !== undefined) {
    map.delete(from);
    map.set(to, value);
  }
  if (!isDirectory) return;
  const below = `${from}/`;
  for (const [path, each] of [...map]) {
    if (!path.startsWith(below)) continue;
    map.delete(path);
    map.set(`${to}/${path.slice(below.length)}`, each);
  }
}
