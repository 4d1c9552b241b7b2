import type { Addressing } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Command, CommandResult, CommandRunner } from '../host/ports.ts';

/** How Nix is called in this project: everything that does not change between cycles. */
export interface NixSettings {
  /** Absolute path of the `nix` program. */
  readonly program: string;
  /** A store URI or directory; undefined is the system's own. */
  readonly store: string | undefined;
  /** The store is ours alone: no build users, no remote builders. */
  readonly isPrivate: boolean;
  /** Nobody else has what is made with this machine's own toolchain. */
  readonly substitutes: boolean;
  readonly addressing: Addressing;
  /** What the host toolchain needs to see inside the sandbox; empty with nixpkgs. */
  readonly sandboxPaths: readonly string[];
  readonly jobs: number;
  /** Experimental features beyond those that every build needs. */
  readonly features?: readonly string[];
}

/** Options that every call takes. They are given as arguments, so that a user's own NIX_CONFIG stays in force. */
export function commonArguments(settings: NixSettings): readonly string[] {
  const features = [
    'nix-command',
    ...(settings.addressing === 'content' ? ['ca-derivations'] : []),
    ...(settings.features ?? []),
  ].join(' ');
  return [
    '--extra-experimental-features',
    features,
    ...(settings.store === undefined ? [] : ['--store', settings.store]),
    ...(settings.substitutes ? [] : ['--option', 'substituters', '']),
    ...(settings.isPrivate ? ['--option', 'build-users-group', ''] : []),
    // The build hook is a process of its own for each invocation (25 ms), for remote builders that a private store has not.
    ...(settings.isPrivate ? ['--option', 'builders', '', '--option', 'build-hook', ''] : []),
    ...(settings.sandboxPaths.length === 0 ? [] : ['--option', 'extra-sandbox-paths', settings.sandboxPaths.join(' ')]),
  ];
}

/**
 * Nix ends its own children when asked to by SIGTERM or SIGINT; a process group's SIGKILL would leave its lock files
 * and a half-written output behind.
 */
export async function runNix(
  commands: CommandRunner,
  settings: NixSettings,
  args: readonly string[],
  options: Pick<Command, 'cwd' | 'signal' | 'onStderrLine' | 'input'> = {},
): Promise<CommandResult> {
  const [verb = '', ...rest] = args;
  return commands.run({ file: settings.program, args: [verb, ...commonArguments(settings), ...rest], ...options });
}

/** The oldest Nix whose command line and log we know. */
const oldest = [2, 20] as const;

/** Compares versions by their first two numbers. */
export const isBefore = (version: readonly [number, number], other: readonly [number, number]): boolean =>
  version[0] < other[0] || (version[0] === other[0] && version[1] < other[1]);

/** `2.34.8` of `nix (Nix) 2.34.8`. */
export async function nixVersion(commands: CommandRunner, program: string): Promise<Result<string, Failure>> {
  const result = await commands.run({ file: program, args: ['--version'] });
  const found = /\b(\d+)\.(\d+)\S*/.exec(result.stdout);
  if (result.exitCode !== 0 || found === null) {
    return fail({
      kind: 'tool-failed',
      tool: 'nix',
      command: `${program} --version`,
      output: result.stderr || result.stdout,
    });
  }
  const [version, major, minor] = found;
  const isOld = isBefore([Number(major), Number(minor)], oldest);
  return isOld ? fail({ kind: 'nix-too-old', found: version, needed: oldest.join('.') }) : ok(version);
}

/**
 * Which experimental features the store's own Nix has: adding one on the command line would fail later, in the daemon.
 * In a private store there is no daemon, so all that we ask for are on; undefined stands for that.
 */
export async function storeFeatures(
  commands: CommandRunner,
  program: string,
  isPrivate: boolean,
): Promise<ReadonlySet<string> | undefined> {
  if (isPrivate) return undefined;
  const args = ['config', 'show', 'experimental-features', '--extra-experimental-features', 'nix-command'];
  const result = await commands.run({ file: program, args });
  return new Set(result.stdout.split(/\s+/).filter((name) => name !== ''));
}
