/** Usage errors: exit code 2, in the form of every other error. */
export function noSuchDirectory(directory: string): number {
  process.stderr.write(`error: ${directory} is not a directory\n  hint: -C names the project's directory\n`);
  return 2;
}
