import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Addressing, Engine, Toolchain } from '../model/events.ts';

/** Options that every command takes. */
export interface CommonOptions {
  /** Absolute path of the project. */
  readonly directory: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly jobs: number;
  readonly store: string | undefined;
  readonly toolchain: Toolchain | undefined;
  readonly addressing: Addressing | undefined;
  readonly engine: Engine;
  readonly logFile: string | undefined;
}

/** How derivations come about: makenix scans and writes an expression, or Nix does it all. */
export interface Mode {
  readonly dynamic?: boolean;
  /** Derivations that are made without Nix are compared with those that it makes, before they are built. */
  readonly paranoid?: boolean;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option('-C, --directory <dir>', 'the project, instead of the working directory')
    .option(
      '--store <uri>',
      'a Nix store (URI or directory), or "private" for makenix\'s own (default: the system\'s, if any)',
    )
    .addOption(
      new Option(
        '--toolchain <name>',
        'where the compiler comes from (default: nixpkgs where <nixpkgs> is found)',
      ).choices(['nixpkgs', 'host']),
    )
    .addOption(
      new Option(
        '--addressing <mode>',
        'content: unchanged results cut a build short (default where the store can)',
      ).choices(['content', 'input']),
    )
    .addOption(
      new Option(
        '--engine <name>',
        'daemon: makenix makes the derivations and a Nix daemon builds them; cli: all by `nix build`',
      )
        .choices(['daemon', 'cli'])
        .default('daemon'),
    )
    .option('-j, --jobs <n>', 'how many compilers run at once (default: one a processor)', parseJobs)
    .option('--json', 'write events to standard output, one JSON object a line')
    .option('-v, --verbose', 'leave nothing out of reports')
    .option('--log-file <file>', 'append every event to a file, for finding out later what happened');
}

export function readCommonOptions(command: Command): CommonOptions {
  const options = command.optsWithGlobals<{
    directory?: string;
    store?: string;
    toolchain?: Toolchain;
    addressing?: Addressing;
    engine: Engine;
    jobs?: number;
    json?: boolean;
    verbose?: boolean;
    logFile?: string;
  }>();
  return {
    directory: resolve(options.directory ?? '.'),
    json: options.json ?? false,
    verbose: options.verbose ?? false,
    jobs: options.jobs ?? availableParallelism(),
    store: options.store === undefined ? undefined : storeUri(options.store),
    toolchain: options.toolchain,
    addressing: options.addressing,
    engine: options.engine,
    logFile: options.logFile === undefined ? undefined : resolve(options.logFile),
  };
}

/** A path is taken from the working directory; words that Nix knows (`daemon`, `local?root=…`, `ssh-ng://…`) stay. */
const storeUri = (text: string): string => (/^\.{0,2}\//.test(text) || text === '.' ? resolve(text) : text);

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 1024)
    throw new InvalidArgumentError('a number from 1 to 1024 is needed');
  return jobs;
}
