import { posix } from 'node:path';
import type { Call } from './calls.ts';
import type { Draft, Gap } from './drafts.ts';
import { inside } from './places.ts';

type CompilerCall = Extract<Call, { readonly tool: 'compiler' }>;

/**
 * Headers that a call precompiles, absolute. The compiler would take what it makes for the header itself where it finds
 * it, which in a sandbox it does not.
 */
export const precompiledHeaders = ({ command, directory }: CompilerCall): readonly string[] =>
  command.inputs.map(({ path }) => posix.resolve(directory, command.output ?? `${path}.gch`).replace(/\.gch$/, ''));

/** Of the objects whose flags have them include what was precompiled. */
export const precompiledProblems = (
  root: string,
  call: CompilerCall,
  headers: readonly string[],
  drafts: readonly Draft[],
): readonly Gap[] =>
  headers.flatMap((header): Gap[] => {
    const path = inside(root, header);
    if (path === undefined) return [];
    const concerned = drafts.filter((draft) => {
      const flags = draft.kind === 'object' ? draft.flags : [];
      const directory = posix.join(root, draft.kind === 'object' ? (draft.directory ?? '') : '');
      return flags.some((flag, i) => flag === '-include' && posix.resolve(directory, flags[i + 1] ?? '') === header);
    });
    const problem = `precompiled headers are not supported (${path}): configure without (CMake: -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON)`;
    return concerned.length > 0 ? [{ problem, origin: call, drafts: concerned }] : [];
  });
