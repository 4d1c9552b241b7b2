import { expect, it } from 'vitest';
import type { Failure } from '../model/failure.ts';
import { stepName, trustedProjectPath } from '../model/ids.ts';
import { describeFailure, exitCode } from './describe.ts';

const ambiguous: Failure = {
  kind: 'ambiguous-source',
  target: 'app',
  source: trustedProjectPath('src/a.c'),
  objects: [stepName('build/app.dir/a.o'), stepName('build/lib.dir/a.o')],
};

it.each<readonly [failure: Failure, parts: readonly string[]]>([
  [
    { kind: 'database-unusable', file: 'db.json', problem: 'missing' },
    ['db.json is not there', 'CMAKE_EXPORT_COMPILE_COMMANDS'],
  ],
  [
    { kind: 'database-unusable', file: 'db.json', problem: 'empty' },
    ['db.json compiles nothing', 'makenix import -- COMMAND'],
  ],
  [
    { kind: 'database-unusable', file: 'db.json', problem: 'no-links' },
    ['nothing says what to link', '"targets" in makenix.json'],
  ],
  [{ kind: 'database-overwritten', file: 'db.json' }, ['which the plan was made from', '"compileCommands"']],
  [
    ambiguous,
    ['src/a.c is compiled in 2 ways: build/app.dir/a.o, build/lib.dir/a.o', 'target app', '"build/app.dir/**"'],
  ],
  [{ kind: 'tool-missing', tool: 'ninja', neededBy: 'build/build.ninja' }, ['ninja is not on the PATH', 'ninja-build']],
])('%j says what to do', (failure, parts) => {
  const text = describeFailure(failure);
  for (const part of parts) expect(text).toContain(part);
  expect(exitCode(failure)).toBe(2);
});
