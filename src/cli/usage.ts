import type { CommonOptions, Mode } from './options.ts';

/** Usage errors: exit code 2, in the form of every other error. */
export function noSuchDirectory(directory: string): number {
  process.stderr.write(`error: ${directory} is not a directory\n  hint: -C names the project's directory\n`);
  return 2;
}

/** The exit code for options that contradict one another, having said so. */
export function contradiction({ addressing }: CommonOptions, { dynamic }: Mode): number | undefined {
  if (dynamic !== true || addressing !== 'input') return undefined;
  process.stderr.write(
    'error: --dynamic needs content-addressed derivations\n  hint: leave out --addressing input, or --dynamic\n',
  );
  return 2;
}
