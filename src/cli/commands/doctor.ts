import { describeFailure } from '../../report/describe.ts';
import { printable } from '../../report/printable.ts';
import { commonArguments } from '../../nix/nix-command.ts';
import { openProject } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { packageVersion } from '../package.ts';
import { noSuchDirectory } from '../usage.ts';
import { print } from './inspection.ts';

/** `makenix doctor`: what makenix found on this machine, and the plain Nix command that builds the same. */
export async function doctor(options: CommonOptions): Promise<number> {
  const project = openProject(options, { targets: [], watch: false });
  if (project === undefined) return noSuchDirectory(options.directory);
  const tools = await project.frontEnd.open();
  project.close();
  if (!tools.ok) {
    process.stderr.write(`${describeFailure(tools.failure)}\n`);
    return 2;
  }
  const { store, toolchain } = tools.value;
  const cutOff =
    store.settings.addressing === 'content' ? 'yes: outputs are content-addressed' : 'no: outputs are input-addressed';
  const pkgs = toolchain.kind === 'host' ? 'import ./.makenix/host.nix { }' : 'import <nixpkgs> { }';
  const addressing =
    toolchain.kind === 'nixpkgs' && store.settings.addressing === 'content'
      ? ['--arg', 'contentAddressed', 'true']
      : [];
  const build = [
    'nix',
    'build',
    ...commonArguments(store.settings),
    '-f',
    project.frontEnd.tree.output,
    '--arg',
    'pkgs',
    pkgs,
    ...addressing,
  ];
  print([
    `makenix        ${packageVersion()}`,
    `node           ${process.versions.node}`,
    `nix            ${store.version}, ${store.settings.program}`,
    `store          ${printable(store.label)}`,
    `early cutoff   ${cutOff}`,
    `toolchain      ${toolchain.kind}, ${toolchain.version}`,
    `the same build by plain Nix, in ${printable(project.files.root)}:`,
    `  ${build.map(shellWord).join(' ')}`,
  ]);
  return 0;
}

/** For a person to paste; makenix itself never goes through a shell. */
const shellWord = (word: string): string =>
  /^[\w./:=,@%+-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;
