import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeClock } from '../host/node-clock.ts';
import { createNodeCommands } from '../host/node-commands.ts';
import { createNodeFiles } from '../host/node-files.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { SystemFiles } from '../scan/system-files.ts';
import { decodeState, encodeState, type ProjectState } from './project-state.ts';
import { Session, type Prepared } from './session.ts';

/**
 * The first promise: after any edits, what is generated is byte for byte what a fresh run on the same tree generates,
 * and so is the include graph. Real files and the real compiler; random small projects whose headers shadow, miss and
 * ask for one another.
 */
const scratch = mkdtempSync(join(tmpdir(), 'makenix-incremental-'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const commands = createNodeCommands(process.env);
const never = new AbortController().signal;

function openSession(root: string, state?: ProjectState): Session {
  const ports = {
    files: createNodeFiles(root),
    commands,
    clock: nodeClock,
    systemFiles: new SystemFiles(createNodeFiles('/'), state?.system),
    emit: () => undefined,
  };
  return new Session(
    ports,
    {
      toolchain: 'host',
      defaultToolchain: () => Promise.resolve('host'),
      openStore: () => Promise.reject(new Error('nothing here needs a store')),
      jobs: 2,
      projectName: 'project',
    },
    state,
  );
}

interface Answer {
  readonly text: string;
  readonly graph: readonly (readonly [string, readonly string[], readonly string[]])[];
  readonly blocked: readonly string[];
}

function answerOf(prepared: Prepared): Answer {
  return {
    text: prepared.expression.text,
    graph: [...prepared.graph.units]
      .map(([step, { headers, system }]) => [step as string, headers, system] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    blocked: [...prepared.blocked.keys()].sort(),
  };
}

async function prepare(session: Session, hints: ReadonlySet<ProjectPath> | 'everything'): Promise<Answer | string> {
  const prepared = await session.prepare(hints, never);
  if (!prepared.ok) return prepared.failure.kind;
  if (prepared.value === undefined) throw new Error('nothing aborts here');
  return answerOf(prepared.value);
}

/** Directories `inc` and `alt` are both on the include path, in this order: what appears in `inc` shadows `alt`. */
const config = (flags: readonly string[]): string =>
  JSON.stringify({
    targets: { project: { sources: ['src/**/*.c'], include: ['inc', 'alt'], cflags: flags } },
  });

const headers = ['src/a.h', 'src/b.h', 'inc/a.h', 'inc/b.h', 'alt/a.h', 'alt/b.h', 'inc/sub/c.h', 'inc/stdarg.h'];
const sources = ['src/one.c', 'src/two.c', 'src/sub/three.c'];
const header = fc.constantFrom(...headers);
const anyFile = fc.constantFrom(...headers, ...sources);
const operand = fc.constantFrom('a.h', 'b.h', 'sub/c.h', '../src/a.h', 'stdarg.h');

/** A line of a file; each is legal wherever it stands. */
const line = fc.oneof(
  { weight: 5, arbitrary: operand.map((name) => `#include "${name}"`) },
  { weight: 1, arbitrary: operand.map((name) => `#include <${name}>`) },
  { weight: 2, arbitrary: operand.map((name) => `#if __has_include("${name}")\n#include "b.h"\n#endif`) },
  { weight: 1, arbitrary: operand.map((name) => `#ifdef SWITCH\n#include "${name}"\n#endif`) },
  { weight: 1, arbitrary: fc.constant('#define SWITCH') },
  { weight: 1, arbitrary: fc.constant('#define NAME "b.h"\n#include NAME') },
  { weight: 2, arbitrary: operand.map((name) => `#if __has_include("${name}")\n#define FOUND\n#endif`) },
  { weight: 1, arbitrary: operand.map((name) => `#define HAS(x) __has_include(x)\n#if HAS(<${name}>)\n#endif`) },
  { weight: 1, arbitrary: fc.constant('#define NAME "b.h"\n#if __has_include(NAME)\n#define FOUND\n#endif') },
  { weight: 1, arbitrary: fc.constant('int z = __COUNTER__;\n#if __COUNTER__ % 2\n#include "b.h"\n#endif') },
  { weight: 1, arbitrary: operand.map((name) => `__asm__(".incbin \\"inc/${name}\\"");`) },
  { weight: 1, arbitrary: fc.constant('/* #include "a.h"') },
  { weight: 2, arbitrary: fc.constantFrom('// a comment', 'static int x;', '*/', 'int y = 1; /* */') },
);
const contents = fc.array(line, { maxLength: 4 }).map((lines) => `#pragma once\n${lines.join('\n')}\n`);

type Edit =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'flags'; readonly flags: readonly string[] }
  | { readonly kind: 'restart' };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), path: anyFile, text: contents }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: anyFile }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), from: header, to: header }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('flags' as const),
      flags: fc.constantFrom([], ['-DSWITCH'], ['-include', 'inc/a.h']),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Carries an edit out and names the paths a watcher would hint at. */
function apply(root: string, change: Edit): readonly string[] {
  switch (change.kind) {
    case 'write':
      write(root, change.path, change.text);
      return [change.path];
    case 'remove':
      rmSync(join(root, change.path), { force: true });
      return [change.path];
    case 'rename':
      try {
        mkdirSync(dirname(join(root, change.to)), { recursive: true });
        renameSync(join(root, change.from), join(root, change.to));
      } catch {
        // There is nothing of that name.
      }
      return [change.from, change.to];
    case 'flags':
      write(root, 'makenix.json', config(change.flags));
      return ['makenix.json'];
    case 'restart':
      return [];
  }
}

let projects = 0;

describe('incremental equals from scratch', () => {
  it('for the generated bytes and the include graph, after any edits, hints complete or lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(anyFile, contents, { minKeys: 3, maxKeys: 8 }),
        fc.array(fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 3 }), isLost: fc.boolean() }), {
          minLength: 3,
          maxLength: 6,
        }),
        async (tree, rounds) => {
          const root = join(scratch, String(projects++));
          write(root, 'makenix.json', config([]));
          for (const [path, text] of Object.entries(tree)) write(root, path, text);
          let session = openSession(root);
          await prepare(session, 'everything');
          for (const { edits, isLost } of rounds) {
            const hinted = edits.flatMap((change) => apply(root, change)).map(trustedProjectPath);
            if (edits.some(({ kind }) => kind === 'restart')) session = openSession(root, remember(session));
            const isFresh = edits.some(({ kind }) => kind === 'restart');
            const hints = isFresh ? 'everything' : new Set(isLost ? session.tree.differing() : hinted);
            const answer = await prepare(session, hints);
            expect(answer).toEqual(await prepare(openSession(root), 'everything'));
            if (typeof answer === 'string') expect(answer).toBe('target-without-sources');
          }
        },
      ),
      { numRuns: 20, endOnFailure: true },
    );
    // Each round asks the compiler for all of a project, which other work on the machine makes slow.
  }, 300_000);
});

/** What a run leaves for the next, through the very bytes it is kept in. */
function remember(session: Session): ProjectState | undefined {
  return decodeState(encodeState({ ...session.snapshot(), outputs: [], engine: '', warnings: [] }));
}
