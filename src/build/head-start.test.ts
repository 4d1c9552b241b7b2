import { expect, it } from 'vitest';
import { contentHash, storePath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { ok } from '../model/result.ts';
import { EarlyBuilds } from '../nix/early-builds.ts';
import { narHash } from '../nix/nar.ts';
import { PlanDeriver } from '../nix/plan-derivations.ts';
import { RealisationBook } from '../nix/realisation-book.ts';
import { StoreSources } from '../nix/store-sources.ts';
import { createAskedPool } from '../testing/fakes/asked-pool.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { compileOf } from '../testing/fakes/steps.ts';
import { fakeTexts } from '../testing/fakes/toolchain.ts';
import type { ToolchainUse } from './engine-toolchain.ts';
import { HeadStart, type HeadStartTools } from './head-start.ts';

const output = storePath('/nix/store/00000000000000000000000000000001-a.o');
const built = ok({ ok: true as const, status: 'built' as const, outputs: new Map([['out', output]]) });

function rig({ jobs = 1, waits = false } = {}) {
  const clock = createManualClock();
  const files = createMemoryFiles(clock, { 'a.c': 'a', 'b.c': 'b', 'c.c': 'c' });
  const { pool, asked } = createAskedPool();
  const [early, controller] = [new EarlyBuilds(), new AbortController()];
  const deriver = new PlanDeriver({
    texts: fakeTexts,
    nar: (path) => {
      const contents = files.read(path);
      return contents === undefined ? undefined : contentHash(narHash(contents, false));
    },
  });
  const tools: HeadStartTools = {
    ...{ deriver, pool, tools: new Map(), sources: new StoreSources(files), outputs: { has: () => true } },
  };
  let find: (found: HeadStartTools | undefined) => void = () => undefined;
  const book = new RealisationBook();
  const headStart = new HeadStart({
    toolsFor: () => (waits ? new Promise<HeadStartTools | undefined>((resolve) => (find = resolve)) : tools),
    ...{ clock, book: () => book, early, signal: controller.signal },
  });
  // Half of the jobs are for those who scan.
  const use = { store: { settings: { jobs: 2 * jobs } } } as ToolchainUse;
  const offer = (step: CompileStep) => headStart.offer({ step, headers: [], fingerprint: undefined }, use);
  const steps = () => asked.map(({ step }) => step);
  return { headStart, offer, steps, asked, early, deriver, controller, book, found: () => find(tools) };
}

const [a, b, c] = [compileOf('a.c'), compileOf('b.c'), compileOf('c.c')];

/** Lets everything happen that needs nothing more from outside. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

it('begins at once with what it is offered, as many at a time as it may, each with its sources', async () => {
  const { offer, steps, asked, early, deriver } = rig({ jobs: 2 });
  for (const step of [a, b, c]) offer(step);
  expect(steps()).toEqual(['a.o', 'b.o']);
  expect(asked[0]?.preceding).toEqual(['AddMultipleToStore']);
  expect(early.has(deriver.object(a, [], undefined)!.drv)).toBe(true);
  asked[0]!.answer(built);
  await settled();
  expect(steps()).toEqual(['a.o', 'b.o', 'c.o']);
});

it('waits for its tools, and does without where there are none', async () => {
  const { offer, steps, found } = rig({ waits: true });
  offer(a);
  expect(steps()).toEqual([]);
  found();
  await settled();
  expect(steps()).toEqual(['a.o']);
});

it('begins nothing once others have taken over, nor after it was cancelled', async () => {
  const [ended, cancelled, late] = [rig(), rig(), rig({ waits: true })];
  for (const { offer } of [ended, cancelled, late]) offer(a);
  for (const { offer } of [ended, cancelled, late]) offer(b);
  ended.headStart.end();
  late.headStart.end();
  cancelled.controller.abort();
  ended.asked[0]!.answer(built);
  late.found();
  await settled();
  expect([ended.steps(), cancelled.steps(), late.steps()]).toEqual([['a.o'], ['a.o'], []]);
  // What has come too late has made no derivations that anyone could go on with.
  expect([ended.headStart.deriver, late.headStart.deriver]).toEqual([ended.deriver, undefined]);
});

it('does not begin what is known, what reads a file that is not there, or what has begun', () => {
  const { offer, steps, book, deriver } = rig({ jobs: 9 });
  book.record(deriver.object(a, [], undefined)!.drv, output);
  offer(a);
  offer(compileOf('gone.c'));
  offer(b);
  offer(b);
  expect(steps()).toEqual(['b.o']);
});
