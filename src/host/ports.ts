import type { DegradedReason } from '../model/events.ts';
import type { ProjectPath } from '../model/ids.ts';

/*
 * The outside, as makenix sees it. Everything but `host/node-*.ts` and `cli/` depends on these types only, so that
 * logic is tested with fakes that record, and the real thing is tested whole.
 */

/** What identifies a version of a file cheaply. Equal stamps (but for recent ones) mean equal contents. */
export interface FileStamp {
  readonly size: number;
  /** Nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  /** By its owner, which is all that Nix keeps of a file's mode. */
  readonly isExecutable: boolean;
}

export interface ListedDirectory {
  /** Relative to the project root, which is the empty one. */
  readonly path: string;
  /** The files directly in it. */
  readonly files: readonly ProjectPath[];
  /** The symbolic links directly in it that lead to no file: to a directory, which is not entered, or nowhere. */
  readonly links: readonly ProjectPath[];
}

/** Files below one project root, by project path; symlinks are followed. Paths that are not there give undefined. */
export interface ProjectFiles {
  /** Absolute, real path of the project root. */
  readonly root: string;
  /** All regular files (and links to such) below the root, unsorted, without entering what `skip` holds for. */
  list(skip: (path: ProjectPath, isDirectory: boolean) => boolean): readonly ProjectPath[];
  /** The same, read as it is gone through: for who has other things to do in between. */
  walk(skip: (path: ProjectPath, isDirectory: boolean) => boolean): Iterable<ListedDirectory>;
  /** The names in a directory, unsorted; none where there is no such directory. */
  names(path: ProjectPath): readonly string[];
  stat(path: ProjectPath): FileStamp | undefined;
  /** Whether there is anything at the path, a directory included. */
  exists(path: ProjectPath): boolean;
  read(path: ProjectPath): Buffer | undefined;
  /** Whole or not at all: a reader sees the old bytes or the new ones. Makes directories. Throws where it cannot. */
  write(path: ProjectPath, contents: string | Buffer, options?: { readonly executable: boolean }): void;
  /** Takes the place of what is there. Throws where there is no such file. */
  rename(from: ProjectPath, to: ProjectPath): void;
  /** With all that lies below, where it is a directory. */
  remove(path: ProjectPath): void;
  /** Sets the time of the last change, in nanoseconds since the epoch (kept to a microsecond). Throws where it cannot. */
  setTime(path: ProjectPath, mtimeNs: bigint): void;
  /** Makes or atomically replaces a symbolic link; `target` is stored as it is. Throws where something else is there. */
  link(path: ProjectPath, target: string): void;
  /** The absolute path at which it lies, every link followed. */
  realPath(path: ProjectPath): string | undefined;
  /** What a symbolic link says. */
  readLink(path: ProjectPath): string | undefined;
}

/** Digests over files of the machine, by absolute path. */
export interface FileDigests {
  /** One digest over paths and contents. */
  digest(paths: readonly string[]): string;
  /** One digest over the names in directories: another one where a file comes or goes. */
  digestNames(directories: readonly string[]): string;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment where given; otherwise this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** What it prints are bytes and no text: each is a character of `stdout`. */
  readonly binary?: boolean;
  /** Called for each line of stderr, without its newline, as it comes; stderr is then not collected. */
  readonly onStderrLine?: (line: string) => void;
  /**
   * Let the child write to our own stderr and stdout, for the user's command after a good build; or all to our stderr,
   * for a build that is run on the way to something else.
   */
  readonly inherit?: true | 'stderr';
  /**
   * End it where it would never come to an end: it waits for what does not come (a pipe that it was told to read), or takes more
   * memory than what it is for could need. For programs that read files and ask nobody; Linux only.
   */
  readonly endIfStuck?: boolean;
}

export interface CommandResult {
  /** Undefined where a signal ended it or it could not be started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** `not-found`: no such program. `aborted`: `signal` ended it, its process group included. `stuck`: see `endIfStuck`. */
  readonly ended: 'exited' | 'signalled' | 'not-found' | 'aborted' | 'stuck';
  readonly ms: number;
}

export interface CommandRunner {
  /** Never through a shell; never rejects. */
  run(command: Command): Promise<CommandResult>;
  /** The absolute paths of a program on PATH, in its order; of a program given by its path, that path. */
  which(program: string): readonly string[];
  /** What a command without `env` of its own inherits. */
  environment(): Readonly<Record<string, string>>;
}

/** How a program fares, as the system sees it from outside. */
export interface ProcessLook {
  /** It has ended, though we may not have been told yet. */
  readonly isGone: boolean;
  /** By a signal: it does nothing until another one lets it go on. */
  readonly isStopped: boolean;
  /** It waits for something else than a disk. */
  readonly isAsleep: boolean;
  /** Asked for apart: it may take a look at every process. */
  hasChildren(): boolean;
  /** What it has used of a processor, in the system's own unit. */
  readonly cpuTicks: number;
}

/** A connection to another program, both ways. */
export interface ByteStream {
  /** The next bytes, in pieces of any size; undefined once it has ended and all was read. Never rejects. */
  read(): Promise<Uint8Array | undefined>;
  /** Returns at once, whatever the other side has taken. What can no longer be written is dropped: reading finds the end. */
  write(bytes: Uint8Array): void;
  /** Says that nothing more will be written. A program that lives on our input ends by that. */
  end(): void;
  /** Ends both directions at once, and the program with what it started; reading gives undefined from then on. */
  kill(): void;
  /** Undefined where that cannot be told: of a socket, and on other systems than Linux. */
  look(): ProcessLook | undefined;
  /** Resolves, in words for people, once the other side is gone: a program has ended, a socket is closed. */
  readonly ended: Promise<string>;
}

export interface ByteStreams {
  /** A program's standard input and output. One that cannot be started is a stream that has ended. */
  openProcess(command: Pick<Command, 'file' | 'args' | 'env' | 'onStderrLine'>): ByteStream;
  /** A socket in the file system; undefined where nobody listens. */
  openSocket(path: string): Promise<ByteStream | undefined>;
}

export interface WatchHandlers {
  /** Something may have happened at or below the path. A hint: events get lost, doubled and delayed. */
  readonly onHint: (path: ProjectPath) => void;
  /** Hints may have been lost, of which and how many nobody knows. */
  readonly onDoubt: () => void;
  /**
   * Told once for each reason. `polling`: as was asked for; hints come all the same. With every other reason some or all
   * do not come, now or ever.
   */
  readonly onDegraded: (
    reason: Exclude<DegradedReason, 'lost-events' | 'unwatched-directories'>,
    detail: string,
  ) => void;
}

export interface Watching {
  /** Those of the directories (relative to the root, which is the empty one) that are there and not watched as they are now. */
  unwatched(directories: Iterable<string>): readonly string[];
  close(): Promise<void>;
}

export interface Watcher {
  /**
   * Resolves once every directory is watched, or cannot be. `ignored` is asked for every path, files and directories.
   * One watches at a time: what was watched before is closed first.
   */
  watch(root: string, ignored: (path: ProjectPath) => boolean, handlers: WatchHandlers): Promise<Watching>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go backwards, for durations. */
  elapsed(): number;
  /** Calls back after `ms`; the return value cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Resolves once everything that has happened by now was attended to: between two long pieces of work. */
  turn(): Promise<void>;
}
