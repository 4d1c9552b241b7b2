import {
  describePrelude,
  filePrelude,
  indented,
  inheritBuiltins,
  inheritedBuiltins,
  packagePrelude,
  stepPrelude,
  storeNamePrelude,
} from '../nix/shared-prelude.ts';
import { foreignPattern } from './foreign.ts';
import { presentSource } from './present-source.ts';

/**
 * `steps.nix` of the library: what dynamic mode has in common with the generated expression, which must be one file and
 * therefore has it in its prelude.
 */
export const stepsExpression = (): string => `\
# How files, objects and steps are called and started, as in the expressions that \`makenix generate\` writes.
{
  pkgs,
  root,
  contentAddressed,
}:
let
${inheritBuiltins(inheritedBuiltins.filter((name) => usedHere.has(name)))}
${stepPrelude}
${packagePrelude}
${describePrelude}
${filePrelude}
${storeNamePrelude}
  # Shows products in one place.
  present = derivation (
    common
    // {
      name = "makenix-present";
      builder = "\${cc}/bin/cc";
      args = [
        "-O1"
        "-w"
        "-o"
        out
        "-x"
        "c"
        (builtins.toFile "present.c" ''
${indented(indented(presentSource))}        '')
      ];
    }
  );
in
{
  inherit
    cc
    common
    compileFlags
    describeToolchain
    file
    present
    stage
    storeName
    ;
  # A regular expression for names of files that no compiler reads.
  foreign = "${foreignPattern}";
}
`;

const usedHere: ReadonlySet<string> = new Set([
  ...['concatStringsSep', 'hashString', 'isString', 'match', 'replaceStrings', 'split', 'stringLength', 'substring'],
]);
