import type { CheckedDerivations } from '../../build/derivation-check.ts';
import type { OpenedTools } from '../../build/front-end.ts';
import { hostExpressionFiles } from '../../build/state-files.ts';
import type { Failure } from '../../model/failure.ts';
import { commonArguments } from '../../nix/nix-command.ts';
import { count, describeDiffering } from '../../report/describe-event.ts';
import { describeFailure } from '../../report/describe.ts';
import { printable } from '../../report/printable.ts';
import { openInMode, openProject } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { packageVersion } from '../package.ts';
import { shellWord } from '../shell-word.ts';
import { listenForSignals } from '../signals.ts';
import { noSuchDirectory } from '../usage.ts';
import { print } from './inspection.ts';

/**
 * `makenix doctor`: what makenix found on this machine, whether the derivations that it makes are those that Nix gives, and
 * the plain Nix commands that build the same.
 */
export async function doctor(options: CommonOptions): Promise<number> {
  const more = { targets: [], watch: false, isSilent: true };
  const project = openProject(options, more);
  const inDynamicMode = openInMode(options, { dynamic: true }, more);
  if (project === undefined || inDynamicMode === undefined) return noSuchDirectory(options.directory);
  const tools = await project.frontEnd.open();
  const dynamic = await inDynamicMode.frontEnd.open();
  inDynamicMode.close();
  if (!tools.ok) {
    project.close();
    process.stderr.write(`${describeFailure(tools.failure)}\n`);
    return 2;
  }
  const { store, toolchain } = tools.value;
  const cutOff =
    store.settings.addressing === 'content' ? 'yes: outputs are content-addressed' : 'no: outputs are input-addressed';
  print([
    `makenix        ${packageVersion()}`,
    `node           ${process.versions.node}`,
    `nix            ${store.version}, ${store.settings.program}`,
    `store          ${printable(store.label)}`,
    `early cutoff   ${cutOff}`,
    `dynamic mode   ${dynamic.ok ? 'yes' : `no: ${summaryOf(dynamic.failure)}`}`,
    `toolchain      ${toolchain.kind}, ${toolchain.version}`,
  ]);
  // Last of what is found: a project that was never scanned takes its time.
  const interrupts = listenForSignals();
  const checked = await project.frontEnd.checkDerivations(interrupts.signal);
  interrupts.release();
  if (checked.ok && checked.value !== undefined) project.builder.save();
  await project.frontEnd.close();
  project.close();
  const interrupted = interrupts.exitCode();
  if (interrupted !== undefined) return interrupted;

  const planned = project.frontEnd.session.readPlan(new Set());
  const targets = planned.ok ? planned.value.plan.targets.map(({ name }) => name) : [];
  const isWrong = checked.ok && (checked.value?.differing.length ?? 0) > 0;
  print([
    ...(checked.ok
      ? checked.value === undefined
        ? []
        : derivationLines(checked.value, store.version)
      : [`derivations    not checked: ${summaryOf(checked.failure)}`]),
    `the same build by plain Nix, in ${printable(project.files.root)}:`,
    `  ${plainBuild(tools.value, project.frontEnd.tree.output, hostExpressionFiles.expression, targets)}`,
    ...(dynamic.ok
      ? ['and in dynamic mode:', `  ${plainBuild(dynamic.value, 'default.nix', hostExpressionFiles.dynamic, targets)}`]
      : []),
  ]);
  return isWrong ? 2 : 0;
}

/** What is wrong, in one line and without what to do about it. */
function summaryOf(failure: Failure | string): string {
  if (typeof failure === 'string') return printable(failure);
  const [what = ''] = describeFailure(failure).replace('error: ', '').split('\n');
  return what;
}

function derivationLines({ compared, differing, missing }: CheckedDerivations, nix: string): readonly string[] {
  const [file] = missing.values();
  const without =
    file === undefined ? '' : `; ${count(missing.size, 'step')} cannot be made: ${printable(file)} is not there`;
  if (compared === 0) return [`derivations    none to check${without}`];
  if (differing.length === 0) {
    return [`derivations    the ${compared} made here are those that Nix ${nix} gives${without}`];
  }
  return [
    `derivations    ${differing.length} of the ${compared} made here are not those that Nix ${nix} gives${without}:`,
    ...describeDiffering(differing).map((line) => `  ${printable(line)}`),
    '  This is a bug in makenix: please report it. Until it is mended, --engine cli has Nix make all of them.',
  ];
}

function plainBuild(
  { store, toolchain }: OpenedTools,
  expression: string,
  hostExpression: string,
  targets: readonly string[],
): string {
  const pkgs = toolchain.kind === 'host' ? `import ./${hostExpression} { }` : 'import <nixpkgs> { }';
  // A file of ours says itself how outputs are addressed, and dynamic mode knows one way only.
  const isAsked = expression !== 'default.nix' && toolchain.kind === 'nixpkgs';
  const addressing = isAsked && store.settings.addressing === 'content' ? ['--arg', 'contentAddressed', 'true'] : [];
  // One that begins with a dash would be an option.
  const file = /^-/.test(expression) ? `./${expression}` : expression;
  const words = ['nix', 'build', ...commonArguments(store.settings), '-f', file, '--arg', 'pkgs', pkgs];
  return [...words, ...addressing, ...attributesOf(targets)].map(shellWord).join(' ');
}

/**
 * Nix builds all of a file's set where nothing is named, but passes over attributes whose names are not of this kind, without a
 * word (nix: src/libexpr/get-drvs.cc, `attrRegex`).
 */
const attributesOf = (targets: readonly string[]): readonly string[] =>
  targets.every((name) => /^[A-Za-z_][A-Za-z0-9_+-]*$/.test(name)) ? [] : targets.map((name) => `"${name}"`);
