import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeClock } from '../host/node-clock.ts';
import { createNodeCommands } from '../host/node-commands.ts';
import { createNodeFiles } from '../host/node-files.ts';
import type { CommandRunner } from '../host/ports.ts';
import { stepName, trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import { SystemFiles } from '../scan/system-files.ts';
import { decodeState, encodeState, type ProjectState } from './project-state.ts';
import { Session, type Prepared } from './session.ts';

/**
 * The first promise: after any edits, what is generated is byte for byte what a fresh run on the same tree generates,
 * and so is the include graph; and every object that is made from something else than it was built from is to be built.
 * Real files and the real compiler; random small projects whose headers shadow, miss and ask for one another.
 */
const scratch = mkdtempSync(join(tmpdir(), 'makenix-incremental-'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const machine = createNodeCommands(process.env);

/** What happens beside the next run of the compiler: before it reads, and once it has. */
let beside: { readonly begin: () => void; readonly end: () => void } | undefined;

const commands: CommandRunner = {
  ...machine,
  async run(command) {
    const these = command.args.includes('-M') || command.args.includes('-MD') ? beside : undefined;
    if (these !== undefined) beside = undefined;
    these?.begin();
    const result = await machine.run(command);
    these?.end();
    return result;
  },
};
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

type Hinted = ReadonlySet<ProjectPath> | 'everything';

async function prepare(session: Session, hints: Hinted): Promise<Answer | string> {
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
const sources = ['src/one.c', 'src/two.c', 'src/sub/three.c'] as const;
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
  { weight: 6, arbitrary: fc.constantFrom('// a comment', 'static int x;', '*/', 'int y = 1; /* */') },
);
const contents = fc.array(line, { maxLength: 4 }).map((lines) => `#pragma once\n${lines.join('\n')}\n`);

type Edit =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** The first, and then the other. */
  | { readonly kind: 'replace'; readonly path: string; readonly text: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'flags'; readonly flags: readonly string[] }
  | { readonly kind: 'break' }
  /** All is as it was before the last round but one, as after a switch of branches. */
  | { readonly kind: 'back' }
  | { readonly kind: 'restart' };

type Step = Exclude<Edit, { kind: 'replace' }>;

const save: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path: anyFile, text: fc.oneof(contents, fc.constant('')) }),
  fc.record({ kind: fc.constant('remove' as const), path: anyFile }),
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), path: anyFile, text: contents }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: anyFile }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('replace' as const), path: anyFile, text: contents }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), from: header, to: header }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('flags' as const),
      flags: fc.constantFrom([], ['-DSWITCH'], ['-include', 'inc/a.h']),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'restart' as const }, { kind: 'break' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'back' as const }) },
);

/** A few edits, and what a cycle makes of them. */
interface Round {
  readonly edits: readonly Edit[];
  /** The watcher says nothing of them. */
  readonly isLost: boolean;
  /** A cycle begins after each step of an edit, and is given up before it has scanned anything. */
  readonly isHasty: boolean;
  /** Saves while the compiler reads; where they are undone, all is as it was once it has. */
  readonly meanwhile: { readonly steps: readonly Step[]; readonly isUndone: boolean } | undefined;
  readonly end: 'built' | 'failed';
}

const round: fc.Arbitrary<Round> = fc.record({
  edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
  isLost: fc.boolean(),
  isHasty: fc.boolean(),
  meanwhile: fc.option(fc.record({ steps: fc.array(save, { minLength: 1, maxLength: 2 }), isUndone: fc.boolean() }), {
    nil: undefined,
    freq: 2,
  }),
  end: fc.constantFrom('built', 'built', 'failed'),
});

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** In steps, each of which the watcher can see. */
const stepsOf = (edit: Edit): readonly Step[] =>
  edit.kind === 'replace'
    ? [
        { kind: 'remove', path: edit.path },
        { ...edit, kind: 'write' },
      ]
    : [edit];

type Tree = ReadonlyMap<string, string>;

const treeOf = (root: string): Tree =>
  new Map(
    [...headers, ...sources, 'makenix.json']
      .filter((path) => existsSync(join(root, path)))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );

/** Carries an edit out and names the paths a watcher would hint at. */
function apply(root: string, change: Step, before: Tree): readonly string[] {
  switch (change.kind) {
    case 'back': {
      const now = treeOf(root);
      const differing = [...new Set([...now.keys(), ...before.keys()])].filter(
        (path) => now.get(path) !== before.get(path),
      );
      for (const path of differing) {
        const text = before.get(path);
        if (text === undefined) rmSync(join(root, path));
        else write(root, path, text);
      }
      return differing;
    }
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
    case 'break':
      write(root, 'makenix.json', '{');
      return ['makenix.json'];
    case 'restart':
      return [];
  }
}

let projects = 0;

describe('incremental equals from scratch', () => {
  it('for the generated bytes, the include graph and what is to be built, after any edits, hints complete or lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(anyFile, contents, { minKeys: 3, maxKeys: 11 }),
        fc.array(round, { minLength: 3, maxLength: 6 }),
        async (tree, rounds) => {
          const root = join(scratch, String(projects++));
          write(root, 'makenix.json', config([]));
          for (const [path, text] of Object.entries(tree)) write(root, path, text);
          let session = openSession(root);
          const built = new Map<StepName, string>();
          await prepare(session, 'everything');
          let [before, last] = [treeOf(root), treeOf(root)];
          for (const { edits, isLost, isHasty, meanwhile, end } of rounds) {
            const hinted: ProjectPath[] = [];
            for (const step of edits.flatMap(stepsOf)) {
              hinted.push(...apply(root, step, before).map(trustedProjectPath));
              if (isHasty) await session.prepare(new Set(isLost ? [] : hinted), AbortSignal.abort());
            }
            [before, last] = [last, treeOf(root)];
            const isFresh = edits.some(({ kind }) => kind === 'restart');
            if (isFresh) session = openSession(root, remember(session));
            const hints = isFresh ? 'everything' : new Set(isLost ? session.tree.differing() : hinted);
            let undisturbed = last;
            beside = meanwhile && {
              begin: () => {
                undisturbed = treeOf(root);
                for (const step of meanwhile.steps) {
                  // Of a file that is there for no longer than that, a compiler that fails need not tell.
                  if (meanwhile.isUndone && step.kind === 'write' && !undisturbed.has(step.path)) continue;
                  apply(root, step, before);
                }
              },
              end: () => {
                if (meanwhile.isUndone) apply(root, { kind: 'back' }, undisturbed);
              },
            };
            let answer = await prepare(session, hints);
            beside = undefined;
            // What a watch does until nothing differs any more.
            for (let cycles = 0, due = session.tree.differing(); due.length > 0; due = session.tree.differing()) {
              expect(cycles++).toBeLessThan(3);
              answer = await prepare(session, new Set(due));
            }
            expect(answer).toEqual(await prepare(openSession(root), 'everything'));
            if (typeof answer === 'string') {
              expect(['config-invalid', 'target-without-sources']).toContain(answer);
              continue;
            }
            const unread = [...session.tree.index.paths()].filter((path) => session.readersOf(path).size === 0);
            expect(unread).toEqual([]);
            const units = answer.graph.map(([step]) => stepName(step));
            const due = units.filter((step) => session.versionOf(step) !== built.get(step));
            expect(session.toBuild.steps()).toEqual(expect.arrayContaining(due));
            if (end === 'failed') continue;
            for (const step of session.toBuild.steps()) {
              if (answer.blocked.includes(step)) continue;
              session.toBuild.done(step);
              built.set(step, session.versionOf(step));
            }
          }
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
    // Each round asks the compiler for all of a project, which other work on the machine makes slow.
  }, 300_000);
});

/** What a run leaves for the next, through the very bytes it is kept in. */
function remember(session: Session): ProjectState | undefined {
  return decodeState(encodeState({ ...session.snapshot(), outputs: [], engine: '', warnings: [] }));
}
