import type { Diagnostic } from '../model/diagnostic.ts';
import type { ScanFailure } from '../model/failure.ts';
import { describePlace } from './describe-event.ts';
import { errorText } from './error-text.ts';

/** A unit that could not be scanned, in words; see `describeFailure`. */
export function describeScanFailure(failure: ScanFailure): string {
  switch (failure.kind) {
    case 'scan-failed':
      return describeScanFailed(failure);
    case 'outside-project':
      return errorText({
        what:
          failure.through === undefined
            ? `${failure.source} reads ${failure.path}, which is outside the project`
            : `${failure.source} reads ${failure.through}, a link to ${failure.path}, which is outside the project`,
        who: `needed by ${failure.step}`,
        hint: 'a sandbox will not have it: copy it into the project, or name the package it is from in makenix.json',
      });
    case 'absolute-include':
      return errorText({
        what: `${failure.source} includes ${failure.path} by its absolute path`,
        who: `needed by ${failure.step}`,
        hint: 'a sandbox has the project elsewhere: use a relative one (CMake: -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON, no unity builds)',
      });
    case 'name-unusable':
      return errorText({
        what: `${failure.path}, which ${failure.source === failure.path ? 'is to be compiled' : `${failure.source} reads`}, cannot be found by that name`,
        who: `needed by ${failure.step}`,
        hint: 'rename it, if its name has a line break or bytes that are not UTF-8: such names cannot be told',
      });
    case 'strange-query':
      return errorText({
        what: `${failure.file}:${failure.line}: asks for ${failure.path}, which is there and not in the project`,
        who: `needed by ${failure.step}`,
        hint: 'a sandbox will not have it, and would compile something else: ask for a file of the project, or of a package',
      });
    case 'modules-unsupported':
      return errorText({
        what: `${failure.source}:${failure.line}: '${failure.declaration}': makenix does not build C++20 modules`,
        who: `needed by ${failure.step}`,
        hint: 'include headers instead, or leave the file to another build by "ignore" in makenix.json',
      });
    case 'input-missing':
      return errorText({
        what: `${failure.path} is not there`,
        who: `needed by ${failure.step}`,
        hint: 'if the build no longer uses it, run makenix import again',
      });
    case 'directory-missing':
      return errorText({
        what: `${failure.directory}, the directory in which ${failure.source} is compiled, is not there`,
        who: `needed by ${failure.step}`,
        hint: "the project's own build makes it, and what lies in it: run makenix import again",
      });
    case 'scan-stuck':
      return errorText({
        what:
          failure.path === undefined
            ? `the compiler does not come to an end with ${failure.source}`
            : `${failure.source} reads ${failure.path}, which is no file`,
        who: `needed by ${failure.step}`,
        hint: 'it was ended: a pipe or a device that is included never ends',
      });
    case 'depfile-malformed':
      return errorText({
        what: `cannot read what the compiler says ${failure.source} includes: ${failure.problem}`,
        who: `needed by ${failure.step}`,
        hint: 'a line break in the name of a directory cannot be told; makenix doctor shows which compiler that is',
      });
  }
}

type ScanFailed = Extract<ScanFailure, { kind: 'scan-failed' }>;

function describeScanFailed(failure: ScanFailed): string {
  const who = `needed by ${failure.step}, part of target ${failure.target}`;
  const errors = failure.diagnostics.filter(({ severity }) => severity === 'error');
  const headers = errors.flatMap((error) => missingHeader(error) ?? []);
  const [first] = headers;
  // Only a missing header is said in our words, and only where it is all there is to say.
  if (first === undefined || headers.length < errors.length) {
    return errorText({ what: `the compiler cannot read ${failure.source}`, output: failure.output, who });
  }
  return headers
    .map(({ at, name }) => errorText({ what: `${at}: '${name}' not found`, who, hint: hintFor(name, failure.output) }))
    .join('\n');
}

/** gcc: `util.h: No such file or directory`, with or without `fatal error: `; clang: `'util.h' file not found`. */
function missingHeader(error: Diagnostic): { readonly at: string; readonly name: string } | undefined {
  const match = /^(?:fatal error: )?(?:(.+): No such file or directory|'(.+)' file not found)$/.exec(error.message);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) return undefined;
  return { at: describePlace(error), name };
}

/** The compiler quotes the directive; `<…>` means that the author thinks of it as somebody else's. */
const hintFor = (name: string, output: string): string =>
  output.includes(`<${name}>`)
    ? `add the package it is from to "packages", or its directory to "include", in makenix.json${orImported}`
    : `if it is elsewhere, add that directory to "include" in makenix.json${orImported}`;

const orImported = '; where the build was imported, to the flags there';
