import { posix } from 'node:path';
import type { CommandResult, CommandRunner } from '../../host/ports.ts';
import type { Failure } from '../../model/failure.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { readDatabase, type DatabaseEntry } from './entries.ts';
import { isForeign, type BuildCommand } from './command-trace.ts';

/** What ninja says of a build. */
export interface NinjaBuild {
  /** All that its default targets need, each after what it is made from. */
  readonly commands: readonly BuildCommand[];
  /** What build.ninja is made from; absolute. */
  readonly definition: readonly string[];
}

/** Programs that take ninja's command line; distributions call it differently. */
const names = ['ninja', 'ninja-build', 'samu'];

/**
 * Asks ninja for the commands of the build.ninja in `directory`, which it brings up to date first (that runs CMake or Meson
 * where their files have changed, and builds nothing). The tools are described in ninja's manual, "Extra tools".
 */
export async function readNinja(
  commands: CommandRunner,
  directory: string,
  signal: AbortSignal,
): Promise<Result<NinjaBuild, Failure>> {
  const [program] = names.flatMap((name) => commands.which(name));
  const neededBy = `${directory}/build.ninja`;
  if (program === undefined) return fail({ kind: 'tool-missing', tool: 'ninja', neededBy });
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    commands.run({ file: program, args, cwd: directory, signal });
  const failed = (args: readonly string[], { stdout, stderr }: CommandResult): Result<never, Failure> =>
    fail({
      kind: 'tool-failed',
      tool: 'ninja',
      command: `ninja -C ${directory} ${args.join(' ')}`,
      output: `${stdout}${stderr}`,
    });

  // Where nothing makes build.ninja, it is no target.
  const isMade = (await run('-t', 'query', 'build.ninja')).exitCode === 0;
  if (isMade) {
    const made = await run('build.ninja');
    if (made.exitCode !== 0) return failed(['build.ninja'], made);
  }
  const listed = await run('-t', 'commands');
  if (listed.exitCode !== 0) return failed(['-t', 'commands'], listed);
  const texts = listed.stdout.split('\n').filter((line) => line !== '');

  const plain = databaseIn(await run('-t', 'compdb'), directory);
  const hasResponses = texts.some((text) => text.includes('@'));
  const expanded = hasResponses ? databaseIn(await run('-t', 'compdb', '-x'), directory) : [];
  const responses = new Map(plain.map(({ command }, i) => [command, responseFileIn(command, expanded[i]?.command)]));
  const outputs = new Map(plain.map(({ command, output }) => [command, output]));

  const foreign = texts.filter((text) => isForeign(text, directory)).flatMap((text) => outputs.get(text) ?? []);
  const inputs = await inputsOf([...new Set(foreign), ...(isMade ? ['build.ninja'] : [])], run);
  const at = (path: string): string => posix.resolve(directory, path);
  return ok({
    definition: [at('build.ninja'), ...(inputs.get('build.ninja') ?? []).map(at)],
    commands: texts.map((text) => {
      const output = outputs.get(text);
      const made = output === undefined ? undefined : inputs.get(output);
      return {
        text,
        responseFiles: new Map(responses.get(text)),
        inputs: (made ?? []).map(at),
        outputs: output === undefined || made === undefined ? [] : [at(output)],
      };
    }),
  });
}

type Entry = DatabaseEntry & { readonly command: string };

/** Without a database, as of a version of ninja whose own cannot be read, commands are read as they are. */
function databaseIn({ exitCode, stdout }: CommandResult, directory: string): readonly Entry[] {
  const read = exitCode === 0 ? readDatabase(`${directory} (ninja -t compdb)`, stdout) : undefined;
  if (read?.ok !== true) return [];
  return read.value.flatMap(({ command, ...entry }) => (typeof command === 'string' ? [{ ...entry, command }] : []));
}

/**
 * A response file that ninja will write: with `-x`, its contents stand where the command names it, line breaks made blanks.
 * Commands name one at most.
 */
export function responseFileIn(command: string, expanded: string | undefined): readonly (readonly [string, string])[] {
  if (expanded === undefined || expanded === command) return [];
  const [before, after] = [sharedStart(command, expanded), sharedEnd(command, expanded)];
  for (const { 0: word, index } of command.matchAll(/@[^\s'"&;|]+/g)) {
    const rest = command.length - index - word.length;
    const isHere = expanded.length >= index + rest && index <= before && rest <= after;
    if (isHere) return [[word.slice(1), expanded.slice(index, expanded.length - rest)]];
  }
  return [];
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function sharedEnd(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

/** What targets are made from, without what only has to be there before (`||`). */
async function inputsOf(
  targets: readonly string[],
  run: (...args: readonly string[]) => Promise<CommandResult>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const inputs = new Map<string, readonly string[]>();
  // As many as a command line surely takes.
  for (let at = 0; at < targets.length; at += 200) {
    const { stdout } = await run('-t', 'query', ...targets.slice(at, at + 200));
    for (const [target, files] of queried(stdout)) inputs.set(target, files);
  }
  return inputs;
}

/** The text of `ninja -t query`: a target, then, each deeper than the last, headings and files. */
export function queried(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let files: string[] | undefined;
  let isInput = false;
  for (const line of text.split('\n')) {
    if (/^\S.*:$/.test(line)) {
      files = [];
      found.set(line.slice(0, -1), files);
      isInput = false;
    } else if (/^ {2}\S/.test(line)) {
      isInput = line.startsWith('  input:');
    } else if (isInput && line.startsWith('    ') && !line.startsWith('    || ')) {
      files?.push(line.slice(4).replace(/^\| /, ''));
    }
  }
  return found;
}
