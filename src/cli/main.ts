import { Command, CommanderError, Option } from 'commander';
import { packageVersion } from './package.ts';
import type { GenerateOptions } from './commands/generate.ts';
import type { GraphFormat } from './commands/graph.ts';
import { readCommonOptions, withCommonOptions, type Mode } from './options.ts';

const paranoidHelp =
  'before building, have Nix make all derivations too, and build by `nix build` where one differs (1,000 units: 0.1 s a cycle)';
const dynamicHelp = 'have Nix scan and derive, with dynamic derivations, instead of writing derivation.nix';

/**
 * Runs one command line (without `node` and the script) and returns the process's exit code. Each command loads
 * what it needs itself: help and version must not wait for libraries.
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', ignoreClosedPipe);
  process.stderr.on('error', ignoreClosedPipe);
  let code = 0;
  const program = new Command('makenix')
    .description(
      'Per-object Nix builds for C and C++: gcc says what each object reads, Nix rebuilds only what changed.',
    )
    .version(packageVersion(), '--version')
    .exitOverride()
    .showHelpAfterError('(run makenix --help)')
    .configureHelp({ showGlobalOptions: true });

  withCommonOptions(program.command('watch'))
    .description('build, then build again on every save')
    .argument('[target...]', 'targets of makenix.json (default: all); after --, a command to run after each good build')
    .option('--dynamic', dynamicHelp)
    .option('--paranoid', paranoidHelp)
    .action(async (words: readonly string[], mode: Mode, command: Command) => {
      const { targets, rest } = splitCommand(words, argv);
      const { watch } = await import('./commands/watch.ts');
      code = await watch(readCommonOptions(command), mode, targets, rest);
    });
  withCommonOptions(program.command('build'))
    .description('build once')
    .argument('[target...]', 'targets of makenix.json (default: all)')
    .option('--dynamic', dynamicHelp)
    .option('--paranoid', paranoidHelp)
    .action(async (targets: readonly string[], mode: Mode, command: Command) => {
      const { build } = await import('./commands/build.ts');
      code = await build(readCommonOptions(command), mode, targets);
    });
  withCommonOptions(program.command('verify'))
    .description('build once, then compile every unit in the tree too and compare, byte for byte')
    .argument('[target...]', 'targets of makenix.json (default: all)')
    .addOption(new Option('--dynamic').hideHelp())
    .action(async (targets: readonly string[], mode: Mode, command: Command) => {
      const { verify } = await import('./commands/verify.ts');
      code = await verify(readCommonOptions(command), mode, targets);
    });
  withCommonOptions(program.command('generate'))
    .description('write derivation.nix, which plain `nix build` builds')
    .option('--check', 'write nothing; exit 1 if the file is stale, 2 if that cannot be told')
    .option('--staged', 'look at what is staged for the next commit, and at nothing else (with --check or --fix)')
    .addOption(new Option('--fix', 'with --staged: stage the file that the rest of it gives').conflicts('check'))
    .action(async (given: { check?: boolean; staged?: boolean; fix?: boolean }, command: Command) => {
      const { generate } = await import('./commands/generate.ts');
      const { check = false, staged = false, fix = false } = given;
      const refused = stagedProblem({ check, staged, fix });
      if (refused !== undefined) command.error(`error: ${refused}`);
      code = await generate(readCommonOptions(command), { check, staged, fix });
    });
  withCommonOptions(program.command('import'))
    .description("run the project's own build once, record it, and make a plan of it (makenix.plan.json)")
    .argument(
      '[command...]',
      'after --, the build command: make -j2, ninja -C build (default: what the last import did)',
    )
    .option('--compile-commands <file>', 'run nothing, and read a compile_commands.json instead (or of a directory)')
    .action(async (words: readonly string[], given: { compileCommands?: string }, command: Command) => {
      const { importCommand } = await import('./commands/import.ts');
      code = await importCommand(readCommonOptions(command), words, given.compileCommands);
    });
  const hook = program.command('hook').description("git's own pre-commit hook: no commit with a stale derivation.nix");
  withCommonOptions(hook.command('install'))
    .description('install it, before or beside what other projects and tools have there')
    .option('--fix', 'stage the right file instead of stopping the commit')
    .action(async ({ fix = false }: { fix?: boolean }, command: Command) => {
      const { hook: run } = await import('./commands/hook.ts');
      code = await run(readCommonOptions(command), { action: 'install', fix });
    });
  withCommonOptions(hook.command('uninstall'))
    .description('take it back, and put back what was there before')
    .action(async (_options: unknown, command: Command) => {
      const { hook: run } = await import('./commands/hook.ts');
      code = await run(readCommonOptions(command), { action: 'uninstall', fix: false });
    });
  withCommonOptions(program.command('why'))
    .description('what an object or target is made from, and why it would be made anew')
    .argument('<step>', 'src/hello.o, or a target')
    .action(async (step: string, _options: unknown, command: Command) => {
      const { why } = await import('./commands/why.ts');
      code = await why(readCommonOptions(command), step);
    });
  withCommonOptions(program.command('impact'))
    .description('what an edit of a file makes anew')
    .argument('<file>', 'relative to the project')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { impact } = await import('./commands/impact.ts');
      code = await impact(readCommonOptions(command), file);
    });
  withCommonOptions(program.command('graph'))
    .description('the dependency graph, on standard output')
    .addOption(new Option('--format <format>', 'for Graphviz or for programs').choices(['dot', 'json']).default('dot'))
    .action(async (options: { format: GraphFormat }, command: Command) => {
      const { graph } = await import('./commands/graph.ts');
      code = await graph(readCommonOptions(command), options.format);
    });
  withCommonOptions(program.command('init'))
    .description('look around: propose to import the build that is there, or write a makenix.json to go on from')
    .option('--plain', 'write makenix.json from the sources, whatever build the project has')
    .option('--dynamic', 'write default.nix and what it needs: `nix build` then scans, derives and builds by itself')
    .option('--flake', 'with --dynamic, write a flake.nix too')
    .action(async (mode: Mode & { flake?: boolean; plain?: boolean }, command: Command) => {
      if (mode.dynamic === true) {
        const { initDynamic } = await import('./commands/init-dynamic.ts');
        code = await initDynamic(readCommonOptions(command), mode.flake ?? false);
      } else {
        const { init } = await import('./commands/init.ts');
        code = await init(readCommonOptions(command), mode.plain ?? false);
      }
    });
  withCommonOptions(program.command('doctor'))
    .description(
      'what makenix finds on this machine, whether it and Nix agree, and the plain Nix command that builds the same',
    )
    .action(async (_options: unknown, command: Command) => {
      const { doctor } = await import('./commands/doctor.ts');
      code = await doctor(readCommonOptions(command));
    });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

function stagedProblem({ check, staged, fix }: GenerateOptions): string | undefined {
  if (fix && !staged) return '--fix goes with --staged; without, makenix generate writes the file';
  if (staged && !check && !fix) return '--staged goes with --check or --fix';
  return undefined;
}

/** commander takes the words after `--` for arguments; how many they are, only the command line itself tells. */
function splitCommand(
  words: readonly string[],
  argv: readonly string[],
): { readonly targets: readonly string[]; readonly rest: readonly string[] } {
  const dashes = argv.indexOf('--');
  const after = dashes < 0 ? 0 : argv.length - dashes - 1;
  return { targets: words.slice(0, words.length - after), rest: after === 0 ? [] : words.slice(-after) };
}

/** Whoever read our output has gone (`makenix build | head`). */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
