import { posix } from 'node:path';
import { trustedProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { CompileStep } from '../model/plan.ts';
import { fromDirectory } from './from-directory.ts';

/** What compile steps are called with beyond themselves: programs, and the flags that a step's packages come to. */
export interface CompileDrivers {
  readonly cc: string;
  readonly cxx: string;
  packageFlags(step: CompileStep): readonly string[];
}

/**
 * The text of compile_commands.json, for clangd and its like (https://clang.llvm.org/docs/JSONCompilationDatabase.html):
 * one entry a compile step, bytewise by output. `arguments` leave nothing to be quoted; `file` and `output` are relative to
 * `directory`, as in them.
 *
 * @param root absolute path of the project
 */
export function printCompileDatabase(root: string, compiles: readonly CompileStep[], drivers: CompileDrivers): string {
  const entries = compiles.map((step) => {
    const { language, flags, directory } = step;
    const file = argument(fromDirectory(directory, step.source));
    const output = argument(fromDirectory(directory, trustedProjectPath(step.name)));
    const driver = language === 'c' ? drivers.cc : drivers.cxx;
    const words = [driver, ...flags, ...drivers.packageFlags(step), '-c', '-o', output, file];
    return { name: step.name, entry: { directory: posix.join(root, directory ?? ''), file, arguments: words, output } };
  });
  entries.sort((a, b) => bytewise(a.name, b.name));
  return `${JSON.stringify(
    entries.map(({ entry }) => entry),
    undefined,
    2,
  )}\n`;
}

/** A path that no driver takes for an option. */
const argument = (path: string): string => (/^[-@=]/.test(path) ? `./${path}` : path);
