import { errorText } from '../report/error-text.ts';
import type { CommonOptions, Mode } from './options.ts';

/** Usage errors: exit code 2, in the form of every other error. */
export function noSuchDirectory(directory: string): number {
  const what = `${directory} is not a directory`;
  process.stderr.write(`${errorText({ what, hint: "-C names the project's directory" })}\n`);
  return 2;
}

/** The exit code for options that contradict one another, having said so. */
export function contradiction({ addressing, engine }: CommonOptions, mode: Mode): number | undefined {
  const { dynamic = false, paranoid = false } = mode;
  const nixMakesAll = dynamic ? '--dynamic' : '--engine cli';
  const problem =
    dynamic && addressing === 'input'
      ? {
          what: '--dynamic needs content-addressed derivations',
          hint: 'leave out --addressing input, or --dynamic',
        }
      : paranoid && (dynamic || engine === 'cli')
        ? {
            what: `--paranoid has nothing to check: with ${nixMakesAll}, Nix makes all derivations itself`,
            hint: `leave out --paranoid, or ${nixMakesAll}`,
          }
        : undefined;
  if (problem === undefined) return undefined;
  process.stderr.write(`${errorText(problem)}\n`);
  return 2;
}
