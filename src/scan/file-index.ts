import { createHash } from 'node:crypto';
import { contentHash, type ContentHash, type ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { Clock, FileStamp, ProjectFiles } from '../host/ports.ts';
import { narHash } from '../nix/nar.ts';
import { projectDirectives, type Projection } from './projection.ts';
import { sameStamp } from './system-files.ts';

/** One version of one file. */
export interface FileFacts {
  readonly stamp: FileStamp;
  readonly hash: ContentHash;
  /** Of the archive that Nix makes of it: its contents, and whether it may be executed. */
  readonly nar: ContentHash;
  readonly projection: Projection;
  /** The file was so young when it was read that a later write may bear the same time stamp. */
  readonly isRacy: boolean;
}

export interface FileChange {
  readonly path: ProjectPath;
  /** Undefined where it was not there (or not known), respectively is gone. */
  readonly before: FileFacts | undefined;
  readonly after: FileFacts | undefined;
}

/**
 * What is known of the project's files: their contents' hash and directives, kept as long as their stamp stays.
 * Contents decide (and the mode, as far as Nix keeps it), stamps only spare reading: a file touched but not changed is no
 * change.
 */
export class FileIndex {
  readonly #files: ProjectFiles;
  readonly #clock: Clock;
  readonly #facts: Map<ProjectPath, FileFacts>;
  /** Of the same contents as those that are known, found later: what it was to be sure of them is not to be done again. */
  readonly #confirmed = new Map<ProjectPath, FileFacts>();

  constructor(files: ProjectFiles, clock: Clock, facts: Iterable<readonly [ProjectPath, FileFacts]> = []) {
    this.#files = files;
    this.#clock = clock;
    this.#facts = new Map(facts);
  }

  get(path: ProjectPath): FileFacts | undefined {
    return this.#facts.get(path);
  }

  *entries(): Iterable<readonly [ProjectPath, FileFacts]> {
    for (const [path, facts] of this.#facts) yield [path, this.#confirmed.get(path) ?? facts];
  }

  paths(): Iterable<ProjectPath> {
    return this.#facts.keys();
  }

  /** What there is to know of a file, taking nothing in. */
  peek(path: ProjectPath): FileFacts | undefined {
    return this.#facts.get(path) ?? this.#look(path, undefined);
  }

  /** Whether a file, of which this is the stamp by now, still has the contents that are known; takes nothing in. */
  isCurrent(path: ProjectPath, stamp = this.#files.stat(path)): boolean {
    const known = this.#facts.get(path);
    const now = this.#look(path, this.#confirmed.get(path) ?? known, stamp);
    if (known?.nar !== now?.nar) return false;
    if (now !== undefined && now !== known) this.#confirmed.set(path, now);
    return true;
  }

  /** Looks at the paths again and returns those whose contents differ from what was known, in bytewise order. */
  refresh(paths: Iterable<ProjectPath>): readonly FileChange[] {
    const changes: FileChange[] = [];
    for (const path of new Set(paths)) {
      const before = this.#facts.get(path);
      const after = this.#look(path, this.#confirmed.get(path) ?? before);
      this.#confirmed.delete(path);
      if (after === undefined) this.#facts.delete(path);
      else this.#facts.set(path, after);
      if (before?.nar !== after?.nar) changes.push({ path, before, after });
    }
    return changes.sort((a, b) => bytewise(a.path, b.path));
  }

  /**
   * Takes in files that a compiler has named, and returns those that were not known yet. Files that are known keep their
   * facts, which are from before it read them; what they hold now is a change, and not to be taken in on the quiet.
   */
  admit(paths: Iterable<ProjectPath>): readonly ProjectPath[] {
    const admitted: ProjectPath[] = [];
    for (const path of paths) {
      if (this.#facts.has(path)) continue;
      const facts = this.#look(path, undefined);
      if (facts === undefined) continue;
      this.#facts.set(path, facts);
      admitted.push(path);
    }
    return admitted;
  }

  /** Forgets a file that is of no more interest; it would be read anew if asked for again. */
  forget(path: ProjectPath): void {
    this.#facts.delete(path);
    this.#confirmed.delete(path);
  }

  /** The same of all but those to keep. */
  retain(keep: (path: ProjectPath) => boolean): void {
    for (const path of this.#facts.keys()) if (!keep(path)) this.forget(path);
  }

  #look(path: ProjectPath, known: FileFacts | undefined, stamp = this.#files.stat(path)): FileFacts | undefined {
    if (stamp === undefined) return undefined;
    if (known !== undefined && !known.isRacy && sameStamp(known.stamp, stamp)) return known;
    const contents = this.#files.read(path);
    if (contents === undefined) return undefined;
    const hash = contentHash(createHash('sha256').update(contents).digest('hex'));
    // Who sets a file's time can set any; the one by which it was done is that of the clock.
    const youngest = stamp.mtimeNs > stamp.ctimeNs ? stamp.mtimeNs : stamp.ctimeNs;
    const age = this.#clock.now() - Number(youngest / 1_000_000n);
    const isSame = known?.hash === hash;
    return {
      stamp,
      hash,
      nar:
        isSame && known.stamp.isExecutable === stamp.isExecutable ? known.nar : narHash(contents, stamp.isExecutable),
      projection: isSame ? known.projection : projectDirectives(contents),
      isRacy: age < racyMs,
    };
  }
}

/** How far a time stamp may lag behind the clock: the kernel's tick. */
const tickMs = 10;

/** Whether a file may have been written since `ms`. Whoever sets its time can set any; that this was done is by the clock. */
export const isSince = ({ ctimeNs }: Pick<FileStamp, 'ctimeNs'>, ms: number): boolean =>
  Number(ctimeNs / 1_000_000n) >= ms - tickMs;

/** File systems stamp with the kernel's tick (4 to 10 ms) at best; two seconds cover the coarse ones. */
const racyMs = 2000;
