import { describeFailure } from '../../report/describe.ts';
import { printable } from '../../report/printable.ts';
import type { OpenedTools } from '../../build/front-end.ts';
import { hostExpressionFiles } from '../../build/state-files.ts';
import { commonArguments } from '../../nix/nix-command.ts';
import { openInMode, openProject } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { packageVersion } from '../package.ts';
import { noSuchDirectory } from '../usage.ts';
import { print } from './inspection.ts';
import { shellWord } from '../shell-word.ts';

/** `makenix doctor`: what makenix found on this machine, and the plain Nix commands that build the same. */
export async function doctor(options: CommonOptions): Promise<number> {
  const more = { targets: [], watch: false };
  const project = openProject(options, more);
  const inDynamicMode = openInMode(options, { dynamic: true }, more);
  if (project === undefined || inDynamicMode === undefined) return noSuchDirectory(options.directory);
  const tools = await project.frontEnd.open();
  const dynamic = await inDynamicMode.frontEnd.open();
  project.close();
  inDynamicMode.close();
  if (!tools.ok) {
    process.stderr.write(`${describeFailure(tools.failure)}\n`);
    return 2;
  }
  const { store, toolchain } = tools.value;
  const cutOff =
    store.settings.addressing === 'content' ? 'yes: outputs are content-addressed' : 'no: outputs are input-addressed';
  const [why = ''] = dynamic.ok ? [] : describeFailure(dynamic.failure).replace('error: ', '').split('\n');
  print([
    `makenix        ${packageVersion()}`,
    `node           ${process.versions.node}`,
    `nix            ${store.version}, ${store.settings.program}`,
    `store          ${printable(store.label)}`,
    `early cutoff   ${cutOff}`,
    `dynamic mode   ${dynamic.ok ? 'yes' : `no: ${why}`}`,
    `toolchain      ${toolchain.kind}, ${toolchain.version}`,
    `the same build by plain Nix, in ${printable(project.files.root)}:`,
    `  ${plainBuild(tools.value, project.frontEnd.tree.output, hostExpressionFiles.expression)}`,
    ...(dynamic.ok
      ? ['and in dynamic mode:', `  ${plainBuild(dynamic.value, 'default.nix', hostExpressionFiles.dynamic)}`]
      : []),
  ]);
  return 0;
}

function plainBuild({ store, toolchain }: OpenedTools, expression: string, hostExpression: string): string {
  const pkgs = toolchain.kind === 'host' ? `import ./${hostExpression} { }` : 'import <nixpkgs> { }';
  // A file of ours says itself how outputs are addressed, and dynamic mode knows one way only.
  const isAsked = expression !== 'default.nix' && toolchain.kind === 'nixpkgs';
  const addressing = isAsked && store.settings.addressing === 'content' ? ['--arg', 'contentAddressed', 'true'] : [];
  const words = ['nix', 'build', ...commonArguments(store.settings), '-f', expression, '--arg', 'pkgs', pkgs];
  return [...words, ...addressing].map(shellWord).join(' ');
}
