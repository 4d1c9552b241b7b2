import { describe, expect, it } from 'vitest';
import { contentHash, stepName, storePath, type ProjectPath, type StepName } from '../model/ids.ts';
import { ok, type Result } from '../model/result.ts';
import { createAskedPool } from '../testing/fakes/asked-pool.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { fakeTexts as texts } from '../testing/fakes/toolchain.ts';
import type { CompileStep } from '../model/plan.ts';
import { createDaemonRealiser } from './daemon-realiser.ts';
import { EarlyBuilds } from './early-builds.ts';
import { narHash } from './nar.ts';
import { PlanDeriver, type PlanDerivations } from './plan-derivations.ts';
import { RealisationBook } from './realisation-book.ts';
import type { Realisation, StepObservation } from './realiser.ts';
import { resolveDerivation } from './resolve.ts';
import { startStepBuild } from './step-build.ts';
import { StoreSources } from './store-sources.ts';
import type { BuildResult } from './worker/build-result.ts';
import type { WorkerFailure } from './worker/failure.ts';

const [a, b] = [compileOf('a.c'), compileOf('b.c')];
const plan = planOf([a, b], [linkOf('main', ['a.o', 'b.o'])]);
const goals = ['main', 'a.o', 'b.o'].map(stepName);
const none: readonly never[] = [];
/** The output of a step of which one `version` was made. */
const outputOf = (step: string, version = 1) =>
  storePath(`/nix/store/${String(version).padStart(32, '0')}-${step.replace('/', '-')}`);

const built = (step: string, version = 1): Result<BuildResult, WorkerFailure> =>
  ok({ ok: true, status: 'built', outputs: new Map([['out', outputOf(step, version)]]) });
const failed = (status: 'permanent-failure' | 'misc-failure', message = ''): Result<BuildResult, WorkerFailure> =>
  ok({ ok: false, status, message });

/** A realiser whose daemon is the test. What it knows stays from one `realise` to the next. */
function rig({
  jobs = 2,
  files: contents = { 'a.c': 'int a;', 'b.c': 'int b;' },
  expected = {},
}: Partial<{
  jobs: number;
  files: Readonly<Record<string, string>>;
  expected: Readonly<Record<string, number>>;
}> = {}) {
  const clock = createManualClock();
  const files = createMemoryFiles(clock, contents);
  const log: string[] = [];
  const observed: StepObservation[] = [];
  const inStore = new Set<string>();
  /** What was in the store when somebody looked. */
  const seen = new Set<string>();
  const sources = new StoreSources(files);
  const early = new EarlyBuilds();
  const [book, durations] = [new RealisationBook(), new Map<StepName, number>()];
  let previous: PlanDerivations | undefined;
  const { pool, asked } = createAskedPool((result) => {
    if (result.ok && result.value.ok) inStore.add(result.value.outputs.get('out') ?? '');
  });

  const nar = (path: ProjectPath) => {
    const file = files.read(path);
    return file === undefined ? undefined : contentHash(narHash(file, false));
  };
  const newDeriver = () => new PlanDeriver({ nar, texts }, previous);
  /** Has an object compiled before anyone asks for it. */
  const beginEarly = (deriver: PlanDeriver, step: CompileStep, signal = new AbortController().signal) => {
    const derived = deriver.object(step, none, undefined)!;
    const resolved = resolveDerivation(derived, () => undefined)!;
    early.add(derived.drv, resolved, startStepBuild(pool, clock, resolved, [], signal));
  };
  const realise = (stop = new AbortController(), drain = new AbortController(), deriver = newDeriver()) => {
    const deriving = deriver.begin({ plan, headers: () => none, fingerprint: () => undefined });
    const realiser = createDaemonRealiser({
      ...{ pool, clock, jobs, sources, early, book, durations },
      expectedMs: (step) => expected[step] ?? 50,
      deriving: {
        ...deriving,
        all() {
          log.push(`all, ${asked.length} asked for`);
          return (previous = deriving.all());
        },
      },
      toolchain: async () => ok(new Map()),
      outputs: { has: (path) => seen.has(path), look: (path) => inStore.has(path), add: (path) => void seen.add(path) },
      forget() {
        log.push('forget');
        for (const path of seen) if (!inStore.has(path)) seen.delete(path);
      },
      fallBack: (because) => ({
        async realise() {
          log.push(`fall back: ${because}`);
          return ok<Realisation>({ outputs: new Map(), failed: [], isComplete: true });
        },
      }),
    });
    const observe = (observation: StepObservation) => {
      observed.push(observation);
    };
    return realiser.realise({ plan, goals, observe, stop: { abort: stop.signal, drain: drain.signal } });
  };
  /** Answers what is asked for, each at once. */
  const answerAll = async (answer: (step: string) => Result<BuildResult, WorkerFailure> = built) => {
    await settled();
    for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
      next.start();
      next.answer(answer(next.step));
      await settled();
    }
  };
  return { realise, asked, log, observed, files, inStore, answerAll, newDeriver, beginEarly };
}

/** Lets everything happen that needs nothing more from outside; a realiser takes some turns. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe('a daemon as the realiser', () => {
  it('is asked for the first compiles before anything is derived that they do not wait for', async () => {
    const { realise, asked, log, answerAll } = rig();
    const realising = realise();
    await settled();
    expect(log).toEqual(['all, 2 asked for']);
    expect(asked.map(({ step, preceding }) => [step, preceding])).toEqual([
      ['a.o', ['AddMultipleToStore']],
      ['b.o', ['AddMultipleToStore']],
    ]);
    await answerAll();
    const done = await realising;
    expect(done).toMatchObject({ ok: true, value: { failed: [], isComplete: true } });
    expect(done.ok && [...done.value.outputs].map(([step, { outPath }]) => [step, outPath])).toEqual(
      goals.map((step) => [step, outputOf(step)]),
    );
  });

  it('has as many builds at once as there are jobs', async () => {
    const { realise, asked, answerAll } = rig({ jobs: 1 });
    const realising = realise();
    await settled();
    expect(asked.map(({ step }) => step)).toEqual(['a.o']);
    asked.shift()!.answer(built('a.o'));
    await settled();
    expect(asked.map(({ step }) => step)).toEqual(['b.o']);
    await answerAll();
    await realising;
  });

  it('is asked first for what takes longest: as it did the last time, or else as is to be expected', async () => {
    const { realise, asked, answerAll, files } = rig({ jobs: 1, expected: { 'b.o': 80 } });
    const first = realise();
    await settled();
    expect(asked.map(({ step }) => step)).toEqual(['b.o']);
    await answerAll();
    await first;
    // Time stands still here: both have taken nothing.
    for (const file of ['a.c', 'b.c']) files.put(file, 'int changed;');
    const second = realise();
    await settled();
    expect(asked.map(({ step }) => step)).toEqual(['a.o']);
    await answerAll();
    await second;
  });

  it('is not asked for what is known to come out as it did', async () => {
    const { realise, asked, answerAll, observed, files } = rig();
    await Promise.all([realise(), answerAll()]);
    files.put('a.c', 'int a; /* the same */');
    observed.length = 0;
    await Promise.all([realise(), answerAll()]);
    expect(observed).toMatchObject([
      { kind: 'started', step: 'a.o' },
      { kind: 'finished', outcome: 'rebuilt' },
    ]);
    // Back to what it was: nothing at all.
    files.put('a.c', 'int a;');
    await realise();
    expect(asked).toEqual([]);
    expect(observed).toHaveLength(2);
  });

  it('sends a file once', async () => {
    const { realise, asked, answerAll, files } = rig();
    await Promise.all([realise(), answerAll()]);
    files.put('a.c', 'int a = 2;');
    const realising = realise();
    await settled();
    expect(asked.map(({ step, preceding }) => [step, preceding])).toEqual([['a.o', ['AddMultipleToStore']]]);
    asked.shift()!.answer(built('a.o', 2));
    await settled();
    expect(asked.map(({ step, preceding }) => [step, preceding])).toEqual([['main', []]]);
    await answerAll();
    await realising;
  });

  it('goes on with the rest where a builder fails, and does without what needs it', async () => {
    const { realise, answerAll, observed } = rig();
    const realising = realise();
    await answerAll((step) => (step === 'a.o' ? failed('permanent-failure') : built(step)));
    const done = await realising;
    expect(done).toMatchObject({ ok: true, value: { failed: ['a.o'], isComplete: true } });
    expect(done.ok && [...done.value.outputs.keys()]).toEqual(['b.o']);
    expect(observed.map((each) => [each.kind, each.step, 'outcome' in each && each.outcome])).toEqual([
      ['started', 'a.o', false],
      ['finished', 'a.o', 'failed'],
      ['started', 'b.o', false],
      ['finished', 'b.o', 'rebuilt'],
    ]);
  });

  it('begins again where a product that it knows of was collected, and nobody else would say so', async () => {
    const { realise, answerAll, inStore, asked, log } = rig();
    const first = realise();
    await answerAll();
    await answerAll();
    expect(await first).toMatchObject({ ok: true, value: { isComplete: true } });
    inStore.delete(outputOf('main'));
    log.length = 0;
    const again = realise();
    await settled();
    expect(asked.map(({ step }) => step)).toEqual(['main']);
    expect(log).toContain('forget');
    await answerAll();
    const done = await again;
    expect(done.ok && done.value.outputs.get(stepName('main'))?.outPath).toBe(outputOf('main'));
  });

  it('begins again where something is not in the store that should be, with what is made and what failed', async () => {
    const { realise, asked, log, observed } = rig();
    const realising = realise();
    await settled();
    log.length = 0;
    asked.shift()!.answer(built('a.o'));
    asked.shift()!.answer(failed('misc-failure', 'path is not valid'));
    await settled();
    expect(log).toEqual(['forget', 'all, 1 asked for']);
    expect(asked.map(({ step }) => step)).toEqual(['b.o']);
    asked.shift()!.answer(built('b.o'));
    await settled();
    asked.shift()!.answer(built('main'));
    expect(await realising).toMatchObject({ ok: true, value: { failed: [], isComplete: true } });
    expect(observed).toEqual([]);
  });

  it('is done without where that happens again', async () => {
    const { realise, answerAll, log } = rig();
    await Promise.all([realise(), answerAll(() => failed('misc-failure', 'no space'))]);
    expect(log.at(-1)).toBe('fall back: no space');
  });

  it('counts what has ended before it knew all that there is to do', async () => {
    const { realise, asked, answerAll } = rig();
    const realising = realise();
    // In the turn that the first compiles are given.
    await new Promise<void>((resolve) => setImmediate(resolve));
    asked.shift()!.answer(built('a.o'));
    await answerAll();
    expect(await realising).toMatchObject({ ok: true, value: { failed: [], isComplete: true } });
  });

  it('takes over what is under way, with what was said so far', async () => {
    const { realise, asked, observed, answerAll, newDeriver, beginEarly } = rig();
    const deriver = newDeriver();
    beginEarly(deriver, b);
    const [early] = asked;
    early!.start();
    const realising = realise(undefined, undefined, deriver);
    await settled();
    expect(asked.map(({ step }) => step)).toEqual(['b.o', 'a.o']);
    expect(observed).toEqual([{ kind: 'started', step: 'b.o' }]);
    await answerAll();
    expect(await realising).toMatchObject({ ok: true, value: { failed: [], isComplete: true } });
    expect(observed.filter(({ kind }) => kind === 'finished').map(({ step }) => step)).toEqual(['b.o', 'a.o', 'main']);
  });

  it('has nothing of what was under way for something else, or was cancelled', async () => {
    const { realise, asked, answerAll, files, newDeriver, beginEarly } = rig();
    beginEarly(newDeriver(), a);
    files.put('a.c', 'int a = 2;');
    const [deriver, controller] = [newDeriver(), new AbortController()];
    beginEarly(deriver, b, controller.signal);
    controller.abort();
    await settled();
    asked.length = 0;
    const realising = realise(undefined, undefined, deriver);
    await settled();
    expect(asked.map(({ step }) => step).sort()).toEqual(['a.o', 'b.o']);
    await answerAll();
    await realising;
  });

  it('is done without at once where it does not answer', async () => {
    const { realise, asked, log } = rig();
    const realising = realise();
    await settled();
    log.length = 0;
    const failure = { kind: 'unresponsive', during: 'BuildDerivation', sign: 'no-answer', ms: 30_000 } as const;
    for (const each of asked.splice(0)) each.answer({ ok: false, failure });
    await realising;
    expect(log).toEqual(['forget', 'fall back: the Nix daemon did not answer BuildDerivation within 30 s']);
  });

  it('finishes what runs and begins nothing more where it is to drain', async () => {
    const { realise, asked, observed } = rig({ jobs: 1 });
    const drain = new AbortController();
    const realising = realise(new AbortController(), drain);
    await settled();
    drain.abort();
    asked[0]!.start();
    asked.shift()!.answer(built('a.o'));
    expect(await realising).toMatchObject({ ok: true, value: { isComplete: false } });
    expect(observed.map(({ kind, step }) => [kind, step])).toEqual([
      ['started', 'a.o'],
      ['finished', 'a.o'],
    ]);
    expect(asked).toEqual([]);
  });
});
