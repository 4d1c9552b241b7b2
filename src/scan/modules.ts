import type { ScanFailure } from '../model/failure.ts';
import type { CompileStep } from '../model/plan.ts';
import type { KnownFiles } from './known-files.ts';
import { reduceToDirectives } from './projection.ts';

const moduleFlag = /^-fmodules?(-ts)?$|^-fmodule-/;
const withModules = /^-std=(?:c|gnu)\+\+2[0-9a-z]$/;
const declaration = /^(?:export )?(?:module(?: [\w.:]+)?|import (?:[\w.:]+|<[^>\n]+>|"[^"\n]+")) ?;/;

/**
 * Where a unit takes part in C++20 modules, which makenix cannot build: what one unit compiles to would have to be there
 * before another is scanned. Before C++20, `module x;` declares a variable.
 */
export function moduleDeclarationIn(step: CompileStep, { files }: KnownFiles): ScanFailure | undefined {
  if (step.language !== 'c++') return undefined;
  const { name, source, flags } = step;
  const flag = flags.find((each) => moduleFlag.test(each));
  if (flag === undefined && !flags.some((each) => withModules.test(each))) return undefined;
  const contents = files.read(source) ?? Buffer.alloc(0);
  const found = unconditional(reduceToDirectives(contents).text.toString('latin1')).find((line) =>
    declaration.test(line),
  );
  if (found === undefined) return undefined;
  // Blanks and comments may stand between its words in the file, and then it is the first line that begins like it.
  const lines = contents.toString('latin1').split('\n');
  const [word = ''] = found.split(' ');
  const exactly = lines.findIndex((each) => each.includes(found.replace(/ ?;$/, '')));
  const line = 1 + (exactly >= 0 ? exactly : lines.findIndex((each) => each.includes(word)));
  return { kind: 'modules-unsupported', step: name, source, line, declaration: found };
}

/** The lines that no condition can skip: who guards an import has another way. */
function unconditional(directives: string): readonly string[] {
  let depth = 0;
  return directives.split('\n').filter((line) => {
    if (/^(?:#|%:) ?if/.test(line)) depth++;
    else if (/^(?:#|%:) ?endif/.test(line)) depth--;
    return depth === 0;
  });
}
