import { expect, it } from 'vitest';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { diffExpressions } from './expression-diff.ts';
import { printExpression } from './expression.ts';

/** The expression of a program of these objects, by source with the headers of each. */
function expressionOf(sources: Readonly<Record<string, readonly string[]>>, flags: readonly string[] = []): string {
  const compiles = Object.keys(sources).map((source) => compileOf(source, { flags }));
  const plan = planOf(compiles, [
    linkOf(
      'main',
      compiles.map(({ name }) => name),
    ),
  ]);
  const headers = new Map(
    compiles.map((step) => [step, (sources[step.source] ?? []).map(trustedProjectPath)] as const),
  );
  return printExpression(plan, (step): readonly ProjectPath[] => headers.get(step) ?? []).text;
}

const before = expressionOf({ 'src/a.c': ['src/a.h'], 'src/b.c': [] });

it('is nothing between equals', () => {
  expect(diffExpressions(before, before)).toEqual([]);
});

it('names the headers that an object gained and lost', () => {
  expect(diffExpressions(before, expressionOf({ 'src/a.c': ['src/"b".h'], 'src/b.c': [] }))).toEqual([
    { name: 'src/a.o', change: 'changed', added: ['src/"b".h'], removed: ['src/a.h'] },
  ]);
});

it('names objects that are new and gone, and the target that has them', () => {
  expect(diffExpressions(before, expressionOf({ 'src/a.c': ['src/a.h'], 'src/c.c': [] }))).toEqual([
    { name: 'main', change: 'changed', added: ['src/c.o'], removed: ['src/b.o'] },
    { name: 'src/b.o', change: 'removed', added: [], removed: [] },
    { name: 'src/c.o', change: 'added', added: [], removed: [] },
  ]);
});

it('names flags by their target', () => {
  const after = expressionOf({ 'src/a.c': ['src/a.h'], 'src/b.c': [] }, ['-O2']);
  expect(diffExpressions(before, after)).toEqual([
    { name: 'options.main', change: 'changed', added: ['flags = [ "-O2" ];'], removed: ['flags = [ ];'] },
  ]);
});

it('calls what all projects share the prelude', () => {
  expect(diffExpressions(before, before.replace('qcsD', 'rcsD'))).toMatchObject([
    { name: 'prelude', change: 'changed' },
  ]);
});

it('takes any text for an expression', () => {
  expect(diffExpressions('', 'anything')).toMatchObject([{ name: 'prelude', change: 'changed' }]);
});
