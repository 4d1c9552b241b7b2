import type { Failure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { configFile, planFile } from '../plan/definition-files.ts';
import { readConfig } from '../plan/config.ts';
import type { Config } from '../plan/config-schema.ts';
import { readRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { isSameBuild } from '../plan/staleness.ts';
import type { Hints } from './tree.ts';

/** The files that say what is to be built: makenix.json, and makenix.plan.json where a build was imported. */
export class ProjectDefinition {
  readonly #config: Document<Config>;
  readonly #recorded: Document<RecordedPlan>;

  constructor(files: ProjectFiles) {
    this.#config = new Document(files, configFile, readConfig);
    this.#recorded = new Document(files, planFile, readRecordedPlan);
  }

  get config(): Config | undefined {
    return this.#config.value;
  }

  get recorded(): RecordedPlan | undefined {
    return this.#recorded.value;
  }

  /** Reads what the hints name. Whether anything is new. What cannot be read leaves the last good version in force. */
  read(hints: Hints): Result<boolean, Failure> {
    const config = this.#config.read(hints);
    const recorded = this.#recorded.read(hints);
    if (!config.ok) return config;
    return recorded.ok ? ok(config.value || recorded.value) : recorded;
  }

  /** Whether what is to be built is another thing by now, or cannot be told, for what the hints name. */
  isRedefined(hints: Hints): boolean {
    const isHinted = (path: ProjectPath): boolean => hints === 'everything' || hints.has(path);
    if (isHinted(this.#config.file) && this.#config.differs()) return true;
    if (!isHinted(this.#recorded.file) || !this.#recorded.differs()) return false;
    const [before, now] = [this.#recorded.value, this.#recorded.peek()];
    return before === undefined || now === undefined || !isSameBuild(before, now);
  }

  /** Whether the path is one of these files, and is not what was last looked at; undefined for other paths. */
  differs(path: ProjectPath): boolean | undefined {
    // Asked for every file of a project.
    if (path === this.#config.file) return this.#config.differs();
    return path === this.#recorded.file ? this.#recorded.differs() : undefined;
  }
}

/** In bytes. A plan of 100,000 objects has a tenth of it; one of this size would take seconds and gigabytes to read. */
const largest = 64 * 2 ** 20;

/** Why a file that is there is not looked into. */
const unreadable = { isNoFile: 'it is no file that can be read', isTooLarge: 'it is larger than 64 MiB' } as const;

/** A file's text; undefined where it is not there. */
type Contents = string | { readonly why: keyof typeof unreadable } | undefined;
const isNoFile = { why: 'isNoFile' } as const;
const isTooLarge = { why: 'isTooLarge' } as const;

/** A file that is read again when it has changed. */
class Document<Value> {
  readonly #files: ProjectFiles;
  readonly #parse: (file: string, text: string) => Result<Value, Failure>;
  readonly file: ProjectPath;
  value: Value | undefined;
  /** Of `value`. */
  #text: Contents;
  /** As last looked at, good or bad. */
  #seen: Contents;
  #hasRead = false;

  constructor(files: ProjectFiles, file: ProjectPath, parse: (file: string, text: string) => Result<Value, Failure>) {
    this.#files = files;
    this.file = file;
    this.#parse = parse;
  }

  read(hints: Hints): Result<boolean, Failure> {
    const isGood = this.#hasRead && this.#seen === this.#text;
    if (isGood && hints !== 'everything' && !hints.has(this.file)) return ok(false);
    const text = this.#current();
    this.#seen = text;
    if (this.#hasRead && text === this.#text) return ok(false);
    if (typeof text === 'object') {
      return fail({
        kind: 'config-invalid',
        file: this.file,
        line: 1,
        column: 1,
        at: '',
        problem: unreadable[text.why],
      });
    }
    const parsed = text === undefined ? ok(undefined) : this.#parse(this.file, text);
    if (!parsed.ok) return parsed;
    this.value = parsed.value;
    this.#text = text;
    this.#hasRead = true;
    return ok(true);
  }

  /** What `read` would take in; undefined where that is nothing, or nothing good. */
  peek(): Value | undefined {
    const text = this.#current();
    const parsed = typeof text === 'string' ? this.#parse(this.file, text) : undefined;
    return parsed?.ok === true ? parsed.value : undefined;
  }

  differs(): boolean {
    return this.#current() !== this.#seen;
  }

  #current(): Contents {
    const stamp = this.#files.stat(this.file);
    if (stamp === undefined) return this.#files.exists(this.file) ? isNoFile : undefined;
    return stamp.size > largest ? isTooLarge : this.#files.read(this.file)?.toString('utf8');
  }
}
