import { createHash } from 'node:crypto';
import { contentHash, trustedProjectPath, type ContentHash } from '../model/ids.ts';
import { LimitedMap } from '../model/limited-map.ts';
import type { FileDigests, FileStamp, ProjectFiles } from '../host/ports.ts';

export interface SystemFile {
  readonly stamp: FileStamp;
  readonly hash: ContentHash;
}

/** Each new set of headers is one more, in a run that may see any number; who asks keeps what is asked for often. */
const mostDigests = 100;

/**
 * Hashes of the toolchain's own files (compiler, headers), by absolute path. They are looked at once a run, not on
 * every save: nothing installs a compiler between two saves without the developer knowing.
 */
export class SystemFiles implements FileDigests {
  readonly #files: ProjectFiles;
  readonly #remembered: ReadonlyMap<string, SystemFile>;
  readonly #seen = new Map<string, SystemFile | undefined>();
  /** By the paths, which are long. */
  readonly #digests = new LimitedMap<string, string>(mostDigests);

  /** `files` is rooted at `/`. */
  constructor(files: ProjectFiles, remembered: Iterable<readonly [string, SystemFile]> = []) {
    this.#files = files;
    this.#remembered = new Map(remembered);
  }

  hash(path: string): ContentHash | undefined {
    if (!this.#seen.has(path)) this.#seen.set(path, this.#look(path));
    return this.#seen.get(path)?.hash;
  }

  /** One digest over paths and contents; an absent file counts as such. */
  digest(paths: readonly string[]): string {
    const key = paths.join('\n');
    const known = this.#digests.get(key);
    if (known !== undefined) return known;
    const digest = createHash('sha256');
    for (const path of paths) digest.update(`${path}\0${this.hash(path) ?? '-'}\n`);
    const hex = digest.digest('hex').slice(0, 32);
    this.#digests.set(key, hex);
    return hex;
  }

  digestNames(directories: readonly string[]): string {
    const names = directories.map((path) => this.#files.names(trustedProjectPath(path.replace(/^\/+/, ''))));
    return createHash('sha256')
      .update(JSON.stringify(names.map((each) => [...each].sort())))
      .digest('hex')
      .slice(0, 32);
  }

  entries(): readonly (readonly [string, SystemFile])[] {
    return [...this.#seen].flatMap(([path, file]) => (file === undefined ? [] : [[path, file] as const]));
  }

  #look(path: string): SystemFile | undefined {
    const relative = trustedProjectPath(path.replace(/^\/+/, ''));
    const stamp = this.#files.stat(relative);
    if (stamp === undefined) return undefined;
    const known = this.#remembered.get(path);
    if (known !== undefined && sameStamp(known.stamp, stamp)) return known;
    const contents = this.#files.read(relative);
    if (contents === undefined) return undefined;
    return { stamp, hash: contentHash(createHash('sha256').update(contents).digest('hex')) };
  }
}

/** Whether a file is, for all that its stamp can say, the version it was. */
export const sameStamp = (a: FileStamp, b: FileStamp): boolean =>
  a.size === b.size &&
  a.mtimeNs === b.mtimeNs &&
  a.ctimeNs === b.ctimeNs &&
  a.inode === b.inode &&
  a.isExecutable === b.isExecutable;
