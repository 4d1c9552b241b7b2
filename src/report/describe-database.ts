import type { PlanFailure } from '../model/failure.ts';
import { errorText, type ErrorParts } from './error-text.ts';

type DatabaseFailure = Extract<
  PlanFailure,
  { readonly kind: 'database-unusable' | 'database-overwritten' | 'ambiguous-source' }
>;

/** What is wrong with a compilation database, or with what is to be made of it. */
export function describeDatabaseFailure(failure: DatabaseFailure): string {
  switch (failure.kind) {
    case 'database-unusable':
      return errorText(unusable[failure.problem](failure.file));
    case 'database-overwritten':
      return errorText({
        what: `makenix.json has ${failure.file} written, which the plan was made from`,
        hint: 'give "compileCommands" another path, or leave it out: clangd can use the database that is there',
      });
    case 'ambiguous-source':
      return errorText({
        what: `${failure.source} is compiled in ${failure.objects.length} ways: ${failure.objects.join(', ')}`,
        who: `needed by target ${failure.target}`,
        hint: `in "sources" of ${failure.target}, name the objects that are meant by a glob, such as "${globOf(failure.objects[0] ?? '')}"`,
      });
  }
}

const unusable: Readonly<Record<'missing' | 'empty' | 'no-links', (file: string) => ErrorParts>> = {
  missing: (file) => ({
    what: `${file} is not there`,
    hint: 'have it written (CMake: -DCMAKE_EXPORT_COMPILE_COMMANDS=ON; Meson always does), and name it or its directory',
  }),
  empty: (file) => ({
    what: `${file} compiles nothing of this project that makenix understands`,
    hint: 'it may be of another directory; makenix import -- COMMAND records a build instead',
  }),
  'no-links': (file) => ({
    what: `${file} says how to compile, and nothing says what to link`,
    hint:
      'give "targets" in makenix.json, whose "sources" select what it compiles; or use a database that has its build.ninja ' +
      'beside it; or record a build: makenix import -- COMMAND',
  }),
};

/** For all of a directory: a plain path in "sources" is one of a source. */
const globOf = (object: string): string => `${object.slice(0, object.lastIndexOf('/') + 1)}**`;
