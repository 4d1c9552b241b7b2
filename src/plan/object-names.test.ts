import { describe, expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import type { ProjectPath } from '../model/ids.ts';
import { nameObjects } from './object-names.ts';
import type { Unit } from './object-names.ts';

/** `{ 'a.c': ['main'] }`: sources, and the target of each way to compile them. */
function named(units: Readonly<Record<string, readonly string[]>>, taken: readonly string[] = []): readonly string[] {
  const bySource = new Map<ProjectPath, Unit[]>();
  for (const [text, targets] of Object.entries(units)) {
    const source = trustedProjectPath(text);
    bySource.set(
      source,
      targets.map((target) => ({ source, target })),
    );
  }
  return [...nameObjects(bySource, new Set(taken))]
    .map(([{ source, target }, name]) => `${source} ${target}: ${name}`)
    .sort();
}

describe('nameObjects', () => {
  it('names an object after its source', () => {
    expect(named({ 'a/x.c': ['m'], 'b/x.c': ['m'] })).toEqual(['a/x.c m: a/x.o', 'b/x.c m: b/x.o']);
  });

  it('keeps the extension where another source has the stem, bytewise the first being plain', () => {
    expect(named({ 'x.cpp': ['m'], 'x.c': ['m'], 'x.C': ['m'] })).toEqual([
      'x.C m: x.o',
      'x.c m: x.c.o',
      'x.cpp m: x.cpp.o',
    ]);
  });

  it('says whose object it is where a source is compiled in several ways, the first target being plain', () => {
    expect(named({ 'x.c': ['main', 'tests'], 'x.cc': ['main', 'tests'] })).toEqual([
      'x.c main: x.o',
      'x.c tests: x.tests.o',
      'x.cc main: x.cc.o',
      'x.cc tests: x.cc.tests.o',
    ]);
  });

  it('counts up where a name is taken by a product', () => {
    expect(named({ 'x.c': ['m'] }, ['x.o', 'x.2.o'])).toEqual(['x.c m: x.3.o']);
  });

  it('leaves plain names to the sources they come from', () => {
    // `x.cpp` would be called x.cpp.o, which is what x.cpp.c is called; x.2.c keeps its own from a counted x.c.
    expect(named({ 'x.c': ['m'], 'x.cpp': ['m'], 'x.cpp.c': ['m'] })).toEqual([
      'x.c m: x.o',
      'x.cpp m: x.cpp.2.o',
      'x.cpp.c m: x.cpp.o',
    ]);
    expect(named({ 'x.c': ['m'], 'x.2.c': ['m'] }, ['x.o'])).toEqual(['x.2.c m: x.2.o', 'x.c m: x.3.o']);
  });
});
