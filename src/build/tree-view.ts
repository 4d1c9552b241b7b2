import { createHash } from 'node:crypto';
import type { Failure, PlaceFailure } from '../model/failure.ts';
import { projectPath, trustedProjectPath, type ContentHash, type ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, FileStamp, ProjectFiles } from '../host/ports.ts';
import type { Config } from '../plan/config-schema.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { outputsOfRecord } from '../plan/recorded-outputs.ts';
import { ignoreMatcher, ignoring, type Ignored } from '../plan/ignore.ts';
import { FileIndex, type FileChange, type FileFacts } from '../scan/file-index.ts';
import type { Appearance, TreeChanges } from '../scan/rescan.ts';
import { configFile, planFile } from '../plan/definition-files.ts';
import { ProjectDefinition } from './project-definition.ts';
import { isBehindLink, refreshListing, type DirectoryLinks, type Hints, type ListingChange } from './tree.ts';
import { placeOutside } from './written-places.ts';

const defaultOutput = trustedProjectPath('derivation.nix');

/**
 * The project's tree as last seen: which files there are, the contents of those that are read, and the configuration.
 * Hints become facts here; nothing else looks at the disk for them.
 */
export class TreeView {
  readonly #files: ProjectFiles;
  readonly #isRead: (path: ProjectPath) => boolean;
  readonly index: FileIndex;
  #listing: ReadonlySet<ProjectPath>;
  #links: DirectoryLinks;
  #digest: { readonly of: ReadonlySet<ProjectPath>; readonly hex: string } | undefined;
  #seen: ListingChange;
  /** What no `observe` has taken in yet. */
  #unseen: Hints = new Set();
  /** Of these, what was last observed may not be what it was made of. */
  #doubted: ReadonlySet<ProjectPath> = new Set();
  readonly #definition: ProjectDefinition;
  /** Why the last `survey` found that nothing may be written. */
  #outside: PlaceFailure | undefined;
  #ignored: Ignored = ignoring([defaultOutput], () => false);

  /** `isRead`: whether some unit reads the file, and so its contents matter. */
  constructor(
    files: ProjectFiles,
    clock: Clock,
    isRead: (path: ProjectPath) => boolean,
    remembered:
      | {
          readonly listing: Iterable<ProjectPath>;
          readonly links: Iterable<readonly [ProjectPath, string]>;
          readonly files: Iterable<readonly [ProjectPath, FileFacts]>;
        }
      | undefined,
  ) {
    this.#files = files;
    this.#definition = new ProjectDefinition(files);
    this.#isRead = isRead;
    this.index = new FileIndex(files, clock, remembered?.files);
    this.#listing = new Set(remembered?.listing);
    this.#links = new Map(remembered?.links);
    this.#seen = { listing: this.#listing, appearances: [], directories: false };
  }

  get config(): Config | undefined {
    return this.#definition.config;
  }

  /** The build that was imported, where one was. */
  get recorded(): RecordedPlan | undefined {
    return this.#definition.recorded;
  }

  /** Whether what is to be built is another thing by now, for what the hints name. */
  isRedefined(hints: Hints): boolean {
    return this.#definition.isRedefined(hints);
  }

  /** Where the generated expression goes. */
  get output(): ProjectPath {
    return projectPath(this.config?.output ?? defaultOutput) ?? defaultOutput;
  }

  /** Where a compilation database goes, if one is wanted. */
  get database(): ProjectPath | undefined {
    return projectPath(this.config?.compileCommands ?? '');
  }

  get listing(): ReadonlySet<ProjectPath> {
    return this.#listing;
  }

  get links(): DirectoryLinks {
    return this.#links;
  }

  /** Two listings of the same files have the same. */
  get listingDigest(): string {
    if (this.#digest?.of !== this.#listing) {
      const links = [...this.#links].map((link) => link.join('\0\0'));
      const text = [...this.#listing, ...links].sort().join('\0');
      this.#digest = { of: this.#listing, hex: createHash('sha256').update(text).digest('hex') };
    }
    return this.#digest.hex;
  }

  hash(path: ProjectPath): ContentHash | undefined {
    return this.index.get(path)?.hash;
  }

  /** Whether a path is none of the watcher's business, as of the last configuration that could be read. */
  readonly ignored = (path: ProjectPath): boolean => this.#ignored(path);

  /**
   * Reads what defines the project and lists the files. `isNew` says that a plan made from either before no longer
   * holds. A configuration that cannot be read leaves the last one in force; the files are listed all the same.
   */
  survey(hints: Hints): Result<{ readonly files: ReadonlySet<ProjectPath>; readonly isNew: boolean }, Failure> {
    this.#unseen = mergeAll(this.#unseen, hints);
    const definition = this.#definition.read(this.#unseen);
    // What it ignores has to be looked for, and the plan to be made anew, until both have been done.
    if (definition.ok && definition.value) {
      this.#unseen = 'everything';
      const database = this.database === undefined ? [] : [this.database];
      const generated = [
        this.output,
        ...database,
        ...(this.recorded === undefined ? [] : outputsOfRecord(this.recorded)),
      ];
      this.#ignored = ignoring(generated, ignoreMatcher(this.config?.ignore ?? []));
    }
    this.#seen = refreshListing(this.#files, this.#ignored, this.#listing, this.#unseen);
    // Of what a listing comes by, nobody may have said anything.
    const missed = this.#seen.appearances.filter(({ path }) => this.#definition.differs(path) === true);
    if (missed.length > 0) return this.survey(new Set(missed.map(({ path }) => path)));
    if (!definition.ok) return definition;
    this.#outside = this.#placeOutside();
    if (this.#outside !== undefined) return fail(this.#outside);
    return ok({ files: this.#seen.listing, isNew: this.#unseen === 'everything' || this.#seen.appearances.length > 0 });
  }

  #placeOutside(): PlaceFailure | undefined {
    return placeOutside(this.#files, [this.output, ...(this.database === undefined ? [] : [this.database])]);
  }

  /** Takes in what the last `survey` found and every hinted file that is read; says what differs from before. */
  observe(): TreeChanges {
    const hints = this.#unseen;
    const { listing, appearances, directories, links = this.#links } = this.#seen;
    const relinked = changedLinks(this.#links, links);
    if (relinked.length > 0) {
      this.#links = links;
      this.#digest = undefined;
    }
    const known =
      hints === 'everything'
        ? this.index.paths()
        : [...hints].filter((path) => this.#isRead(path) || this.index.get(path) !== undefined);
    const changes = this.index.refresh([...known]);
    const listed = new Set(appearances.map(({ path }) => path));
    // Missing when the tree was listed, and there by now: the next cycle lists it.
    const isBack = ({ path, after }: FileChange): boolean =>
      after !== undefined && listed.has(path) && !listing.has(path) && !this.#ignored(path);
    this.#doubted = new Set(changes.filter(isBack).map(({ path }) => path));
    // An input that is not listed (it lies in an ignored directory) is missed only here.
    const vanished = changes
      .filter(({ path, after }) => after === undefined && !listed.has(path))
      .map(({ path }) => ({ path, change: 'removed' as const }));
    this.#listing = without(listing, vanished);
    this.#seen = { listing: this.#listing, appearances: [], directories: false };
    this.#unseen = new Set();
    return {
      contents: changes.filter(({ before, after }) => before !== undefined && after !== undefined),
      appearances: [...appearances, ...vanished],
      directories,
      relinked,
    };
  }

  /** What was read of some files was not what they are known to hold: they differ until they are next observed. */
  doubt(paths: Iterable<ProjectPath>): void {
    this.#doubted = new Set([...this.#doubted, ...paths]);
  }

  /**
   * What a hint is about, without taking it in: does the path differ from what was last observed? `unsettled` is a file
   * that vanished or is empty, which is how many programs begin to write one.
   */
  look(path: ProjectPath): 'differs' | 'same' | 'unsettled' {
    const isInput = this.index.get(path) !== undefined;
    // What the compiler has named all the same is an input.
    if (!isInput && this.#ignored(path)) return 'same';
    // Nobody tells of a link to what is ignored; whatever happens next is an occasion to look.
    if (this.#outside !== undefined && this.#placeOutside() === undefined) return 'differs';
    const stamp = this.#files.stat(path);
    // Not "is read": after a removal was observed, units that read the file are still to be scanned without it.
    const isKnown = isInput || this.#listing.has(path);
    const isRedefined = this.#definition.differs(path);
    if (stamp === undefined) {
      if (isKnown || isRedefined === true || this.#doubted.has(path)) return 'unsettled';
      return this.#ofLink(path);
    }
    if (this.#isAsObserved(path, stamp, { isInput, isRedefined })) return 'same';
    // As it is by now: it may have been emptied between being looked at and being read.
    return (this.#files.stat(path)?.size ?? 0) === 0 ? 'unsettled' : 'differs';
  }

  /** Whether a file that is there is what was last observed, as far as that matters. */
  #isAsObserved(
    path: ProjectPath,
    stamp: FileStamp,
    { isInput, isRedefined }: { readonly isInput: boolean; readonly isRedefined: boolean | undefined },
  ): boolean {
    if (this.#doubted.has(path)) return false;
    // Also of an input: a scan has come by it before the list did, and others may look for it where it lies.
    if (!this.#listing.has(path) && !this.#ignored(path)) {
      if (!isBehindLink(this.#files, path)) return false;
      if (!isInput) return true;
    }
    if (isRedefined !== undefined) return !isRedefined;
    // A file that nothing reads may be edited at will.
    return !this.#isRead(path) || this.index.isCurrent(path, stamp);
  }

  /** Of what is no file: a link to a directory, or what was one. */
  #ofLink(path: ProjectPath): 'differs' | 'same' | 'unsettled' {
    const [known, link] = [this.#links.get(path), this.#files.readLink(path)];
    if (known === link || (known === undefined && isBehindLink(this.#files, path))) return 'same';
    return link === undefined ? 'unsettled' : 'differs';
  }

  /** Whether something other than a file is there: what is new in a directory is not always told. */
  isDirectory(path: ProjectPath): boolean {
    return this.#files.stat(path) === undefined && this.#files.exists(path);
  }

  /** Every path that differs from what was last observed: what to ask where hints may be missing. */
  differing(): readonly ProjectPath[] {
    const looking = this.lookAtAll();
    let step = looking.next();
    while (step.done !== true) step = looking.next();
    return step.value.differing;
  }

  /**
   * The same, a directory or a file at a time: the tree may change in between, and what is known of it too. Directories
   * are read whatever their time stamps say: that is a fifth of the work, and file systems differ in what changes those.
   */
  *lookAtAll(): Generator<void, WholeLook, void> {
    const directories: string[] = [];
    const unlisted = new Set(this.#listing);
    const candidates = new Set<ProjectPath>();
    const unlinked = new Set(this.#links.keys());
    for (const { path: directory, files, links } of this.#files.walk((path) => this.#ignored(path))) {
      directories.push(directory);
      for (const path of links) {
        unlinked.delete(path);
        candidates.add(path);
      }
      for (const path of files) if (!unlisted.delete(path)) candidates.add(path);
      yield;
    }
    for (const path of [...unlisted, ...unlinked]) candidates.add(path);
    const differing = new Set<ProjectPath>();
    for (const paths of [candidates, this.index.paths(), [configFile, planFile], this.#doubted]) {
      for (const path of paths) {
        if (this.look(path) !== 'same') differing.add(path);
        yield;
      }
    }
    return { differing: [...differing], directories };
  }
}

/** What a look at everything finds. */
export interface WholeLook {
  readonly differing: readonly ProjectPath[];
  /** All there are, relative to the root, which is the empty one. */
  readonly directories: readonly string[];
}

/** A listing was made before the files were read: what is gone by then is listed no more, so that its return is noticed. */
function without(listing: ReadonlySet<ProjectPath>, gone: readonly Appearance[]): ReadonlySet<ProjectPath> {
  const listed = gone.filter(({ path }) => listing.has(path));
  if (listed.length === 0) return listing;
  const rest = new Set(listing);
  for (const { path } of listed) rest.delete(path);
  return rest;
}

function changedLinks(before: DirectoryLinks, after: DirectoryLinks): readonly ProjectPath[] {
  if (before === after) return [];
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
}

const mergeAll = (a: Hints, b: Hints): Hints =>
  a === 'everything' || b === 'everything' ? 'everything' : new Set([...a, ...b]);
