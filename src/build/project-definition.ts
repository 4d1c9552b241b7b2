import type { Failure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import { ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import { configFile, planFile } from '../plan/definition-files.ts';
import { readConfig } from '../plan/config.ts';
import type { Config } from '../plan/config-schema.ts';
import { readRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
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

  /** Whether the path is one of these files, and is not what was last looked at; undefined for other paths. */
  differs(path: ProjectPath): boolean | undefined {
    // Asked for every file of a project.
    if (path === this.#config.file) return this.#config.differs();
    return path === this.#recorded.file ? this.#recorded.differs() : undefined;
  }
}

/** A file that is read again when it has changed. */
class Document<Value> {
  readonly #files: ProjectFiles;
  readonly #parse: (file: string, text: string) => Result<Value, Failure>;
  readonly file: ProjectPath;
  value: Value | undefined;
  /** Of `value`. */
  #text: string | undefined;
  /** As last looked at, good or bad. */
  #seen: string | undefined;
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
    const parsed = text === undefined ? ok(undefined) : this.#parse(this.file, text);
    if (!parsed.ok) return parsed;
    this.value = parsed.value;
    this.#text = text;
    this.#hasRead = true;
    return ok(true);
  }

  differs(): boolean {
    return this.#current() !== this.#seen;
  }

  #current(): string | undefined {
    return this.#files.read(this.file)?.toString('utf8');
  }
}
