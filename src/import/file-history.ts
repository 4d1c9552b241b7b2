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

  /** Where symbolic links of the build lead, to directories on the way too; the path itself where it has none. */
  follow(path: string): string {
    let place = path;
    // A link that leads to itself leads nowhere; as many as the kernel follows.
    for (let depth = 0; depth < 40; depth++) {
      const next = this.#links.size === 0 ? undefined : this.#withoutFirstLink(place);
      if (next === undefined) return place;
      place = next;
    }
    return path;
  }

  set(path: string, maker: Maker): void {
    const place = this.#placeOf(path);
    this.#links.delete(place);
    this.#files.set(place, maker);
    this.#enter(place);
  }

  /** Something that is not ours was put there. */
  forget(path: string): void {
    const place = this.#placeOf(path);
    this.#links.delete(place);
    this.#files.delete(place);
  }

  link(path: string, target: string): void {
    const place = this.#placeOf(path);
    this.#files.delete(place);
    this.#links.set(place, posix.resolve(posix.dirname(place), target));
    this.#enter(place);
  }

  copy(from: string, to: string): void {
    const maker = this.at(from);
    if (maker === undefined) this.forget(to);
    else this.set(to, maker);
  }

  /** Of a file, or of a directory with all that is in it. */
  rename(from: string, to: string): void {
    const [source, target] = [this.#placeOf(from), this.#placeOf(to)];
    if (source === target) return;
    const isDirectory = this.#directories.has(source);
    move(this.#files, source, target, isDirectory);
    move(this.#links, source, target, isDirectory);
    this.#enter(target);
    if (!isDirectory) return;
    // Whatever comes to be called so next is another one.
    this.#directories.delete(source);
    this.#directories.add(target);
    for (const path of [...this.#directories]) {
      if (!path.startsWith(`${source}/`)) continue;
      this.#directories.delete(path);
      this.#directories.add(`${target}${path.slice(source.length)}`);
    }
  }

  /** Symbolic links that lead to a path, directly or through others. */
  namesOf(path: string): readonly string[] {
    return [...this.#links.keys()].filter((link) => this.follow(link) === path);
  }

  /** All files that are known, by path. */
  entries(): Iterable<readonly [string, Maker]> {
    return this.#files.entries();
  }

  /** The first link on the way replaced by what it leads to. */
  #withoutFirstLink(path: string): string | undefined {
    for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
      const target = this.#links.get(end < 0 ? path : path.slice(0, end));
      if (target !== undefined) return end < 0 ? target : `${target}${path.slice(end)}`;
      if (end < 0) return undefined;
    }
  }

  /** Where a file is made that is called so: links to directories are followed, one that it takes the place of is not. */
  readonly #placeOf = (path: string): string => posix.join(this.follow(posix.dirname(path)), posix.basename(path));

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
