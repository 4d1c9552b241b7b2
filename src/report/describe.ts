import type { ConfigFailure, Failure, PlanFailure, ToolFailure } from '../model/failure.ts';
import { describeDatabaseFailure } from './describe-database.ts';
import { describeGitFailure } from './describe-git.ts';
import { describeImportFailure } from './describe-import.ts';
import { describeDynamicFailure, describeNixFailure } from './describe-nix.ts';
import { describeScanFailure } from './describe-scan.ts';
import { describeStateFailure } from './describe-state.ts';
import { describeVerifyFailure } from './describe-verification.ts';
import { errorText, quoteList } from './error-text.ts';

/**
 * A failure in words: what is wrong, who needed it, what to do about it. Several lines, without a newline at the end,
 * and safe for a terminal: every string of the project has gone through `printable`.
 *
 *     error: src/main.c:3:10: 'util.h' not found
 *       needed by src/main.o, part of target main
 *       hint: if it is elsewhere, add that directory to "include" in makenix.json; where the build was imported, to the flags there
 */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'config-invalid':
      return describeConfigFailure(failure);
    case 'no-sources':
    case 'target-without-sources':
    case 'unknown-target':
    case 'library-cycle':
    case 'not-a-library':
    case 'two-plans':
    case 'database-unusable':
    case 'database-overwritten':
    case 'ambiguous-source':
    case 'duplicate-name':
      return describePlanFailure(failure);
    case 'scan-failed':
    case 'outside-project':
    case 'absolute-include':
    case 'name-unusable':
    case 'strange-query':
    case 'modules-unsupported':
    case 'input-missing':
    case 'directory-missing':
    case 'scan-stuck':
    case 'depfile-malformed':
      return describeScanFailure(failure);
    case 'tool-missing':
    case 'tool-failed':
    case 'nix-too-old':
    case 'package-missing':
    case 'nixpkgs-missing':
      return describeToolFailure(failure);
    case 'nix-failed':
      return describeNixFailure(failure);
    case 'dynamic-unsupported':
    case 'dynamic-disabled':
    case 'dynamic-store':
    case 'dynamic-recorded':
    case 'source-included':
    case 'name-unforeseen':
      return describeDynamicFailure(failure);
    case 'not-a-repository':
    case 'git-failed':
    case 'index-unmerged':
    case 'partly-staged':
    case 'partial-commit':
    case 'hook-foreign':
      return describeGitFailure(failure);
    case 'command-missing':
    case 'own-build-failed':
    case 'nothing-recorded':
    case 'not-recorded':
      return describeImportFailure(failure);
    case 'verify-store':
    case 'verify-compiler':
      return describeVerifyFailure(failure);
    case 'build-failed':
      return errorText({
        what: `${failure.steps.length === 1 ? 'a step' : `${failure.steps.length} steps`} failed to build: ${failure.steps.join(', ')}`,
        hint: "the compiler's messages are above",
      });
    case 'internal':
      return errorText({
        what: 'makenix itself failed',
        output: failure.problem,
        hint: 'this is a bug in makenix; please report it with the lines above',
      });
    case 'leads-outside':
      return errorText({
        what: `${failure.link} is a link that leads out of the project, to ${failure.to}`,
        who: `needed to write ${failure.path}`,
        hint: 'makenix writes nothing outside of a project: remove the link, or have it lead to a place inside',
      });
    case 'state-unwritable':
    case 'already-watched':
      return describeStateFailure(failure);
  }
}

/**
 * The exit code a failure asks for: 1 where the project has to change, 2 where the command line, the configuration or
 * the machine has, 3 where makenix has.
 */
export function exitCode(failure: Failure): 1 | 2 | 3 {
  switch (failure.kind) {
    case 'scan-failed':
    case 'outside-project':
    case 'absolute-include':
    case 'name-unusable':
    case 'strange-query':
    case 'modules-unsupported':
    case 'input-missing':
    case 'directory-missing':
    case 'scan-stuck':
    case 'depfile-malformed':
    case 'nix-failed':
    case 'build-failed':
    case 'own-build-failed':
      return 1;
    case 'config-invalid':
    case 'no-sources':
    case 'target-without-sources':
    case 'unknown-target':
    case 'library-cycle':
    case 'not-a-library':
    case 'two-plans':
    case 'database-unusable':
    case 'database-overwritten':
    case 'ambiguous-source':
    case 'duplicate-name':
    case 'tool-missing':
    case 'tool-failed':
    case 'nix-too-old':
    case 'package-missing':
    case 'nixpkgs-missing':
    case 'dynamic-unsupported':
    case 'dynamic-disabled':
    case 'dynamic-store':
    case 'dynamic-recorded':
    case 'source-included':
    case 'name-unforeseen':
    case 'not-a-repository':
    case 'git-failed':
    case 'index-unmerged':
    case 'partly-staged':
    case 'partial-commit':
    case 'hook-foreign':
    case 'verify-store':
    case 'verify-compiler':
    case 'command-missing':
    case 'nothing-recorded':
    case 'not-recorded':
    case 'state-unwritable':
    case 'already-watched':
    case 'leads-outside':
      return 2;
    case 'internal':
      return 3;
  }
}

const describeConfigFailure = (failure: ConfigFailure): string =>
  errorText({
    what: `${failure.file}:${failure.line}:${failure.column}: ${failure.problem}`,
    who: failure.at === '' ? undefined : `at ${failure.at}`,
    hint: failure.suggestion === undefined ? undefined : `did you mean "${failure.suggestion}"?`,
  });

function describePlanFailure(failure: PlanFailure): string {
  switch (failure.kind) {
    case 'no-sources':
      return errorText({
        what: `no C or C++ sources ${failure.root === '' ? 'in the project' : `below ${failure.root}`}`,
        hint: 'put some into src/, say where they are in makenix.json, or import the build that the project has: makenix init looks around',
      });
    case 'target-without-sources':
      return errorText({
        what: `target ${failure.target} has no sources: no file matches ${quoteList(failure.patterns)}`,
        hint: `mend "sources" of ${failure.target} in makenix.json`,
      });
    case 'unknown-target':
      return errorText({
        what: `there is no target ${failure.target}`,
        hint: failure.known.length === 0 ? undefined : `the targets are ${failure.known.join(', ')}`,
      });
    case 'library-cycle':
      return errorText({
        what: `libraries that need each other: ${[...failure.targets, ...failure.targets.slice(0, 1)].join(' → ')}`,
        hint: 'take one of them out of "libs" in makenix.json, or make one library of them',
      });
    case 'not-a-library':
      return errorText({
        what: `${failure.library} is not a library`,
        who: `needed by target ${failure.target}`,
        hint: `give ${failure.library} the "kind" "static-library" or "shared-library" in makenix.json`,
      });
    case 'two-plans':
      return errorText({
        what: `${failure.files.join(' and ')} both say what is to be built`,
        hint: `take "targets" out of ${failure.files[0]}, or remove ${failure.files[1]}`,
      });
    case 'database-unusable':
    case 'database-overwritten':
    case 'ambiguous-source':
      return describeDatabaseFailure(failure);
    case 'duplicate-name':
      return errorText({
        what: `${failure.owners.length} things would be called ${failure.name}`,
        who: `namely ${failure.owners.join(', ')}`,
        hint: 'rename all but one of them',
      });
  }
}

const getNix = 'see https://nixos.org/download, or install your distribution\'s package "nix" (Debian: "nix-bin")';

const toolHints: Readonly<Record<Extract<ToolFailure, { kind: 'tool-missing' }>['tool'], string>> = {
  nix: `to get Nix, ${getNix}`,
  cc: 'install gcc, or let nixpkgs bring it: --toolchain nixpkgs',
  'c++': 'install g++, or let nixpkgs bring it: --toolchain nixpkgs',
  ar: 'install binutils, or let nixpkgs bring it: --toolchain nixpkgs',
  ninja:
    'install ninja (Debian: ninja-build), which tells what a build.ninja links; or record a build: makenix import -- COMMAND',
  git: 'install git; without --staged, nothing needs it',
  'pkg-config': 'install pkg-config, or let nixpkgs bring the packages: --toolchain nixpkgs',
};

function describeToolFailure(failure: ToolFailure): string {
  switch (failure.kind) {
    case 'tool-missing':
      return errorText({
        what: `${failure.tool} is not on the PATH`,
        who: `needed by ${failure.neededBy}`,
        hint: toolHints[failure.tool],
      });
    case 'tool-failed':
      return errorText({
        what: `${failure.tool} failed`,
        output: failure.output,
        who: `the command was: ${failure.command}`,
      });
    case 'nix-too-old':
      return errorText({
        what: `Nix ${failure.found} is too old: makenix needs ${failure.needed} or later`,
        hint: `for a newer one, ${getNix}`,
      });
    case 'package-missing':
      return errorText({
        what: `package ${failure.name} not found`,
        output: failure.output,
        who: `needed by ${failure.neededBy}`,
        hint: 'mend its name under "packages" in makenix.json; the host toolchain also needs its development files installed',
      });
    case 'nixpkgs-missing':
      return errorText({
        what: '<nixpkgs> is not on the NIX_PATH',
        who: 'needed by the nixpkgs toolchain',
        hint: "add a nixpkgs channel, or use this machine's own compiler: --toolchain host",
      });
  }
}
