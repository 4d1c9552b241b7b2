import { describe, expect, it } from 'vitest';
import type { MakenixEvent, Reason } from '../model/events.ts';
import { stepName, type StepName } from '../model/ids.ts';
import { ok } from '../model/result.ts';
import { builderEndOf } from '../nix/builder-end.ts';
import type { StepObservation } from '../nix/realiser.ts';
import { archiveOf, compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { Pending } from './pending.ts';
import { indexPlan } from './plan-steps.ts';
import { realisePhase } from './realise-phase.ts';

const plan = planOf(
  [compileOf('main.c'), compileOf('util.c')],
  [archiveOf('lib', ['util.o']), linkOf('prog', ['main.o', 'lib'])],
);
const modified = (path: string): Reason => ({ path, change: 'modified' });

/** These steps are out of date, and Nix runs the builders of those alone. */
async function realise(
  pending: Readonly<Record<string, Reason>>,
  run: readonly string[],
  blocked: readonly string[] = [],
  fails?: (step: StepName, observe: (observation: StepObservation) => void) => void,
) {
  const events: MakenixEvent[] = [];
  const signal = new AbortController().signal;
  const phase = await realisePhase({
    ...{ indexed: indexPlan(plan), wanted: plan, blocked: new Set(blocked.map(stepName)), running: new Set() },
    toBuild: new Pending(Object.entries(pending).map(([step, reason]) => [stepName(step), [reason]])),
    emit: (event) => void events.push(event),
    stop: { abort: signal, drain: signal },
    realiser: {
      realise({ observe }) {
        for (const step of run.map(stepName)) {
          observe({ kind: 'started', step });
          if (fails === undefined) observe({ kind: 'finished', step, outcome: 'rebuilt', ms: 1 });
          else fails(step, observe);
        }
        return Promise.resolve(ok({ outputs: new Map(), failed: [], isComplete: true }));
      },
    },
  });
  return { events, phase };
}

/** Why `prog` is said to be made. */
async function reasonsOfProg(...args: Parameters<typeof realise>): Promise<readonly Reason[] | undefined> {
  const { events } = await realise(...args);
  return events.flatMap((e) => (e.kind === 'derivation-started' && e.name === 'prog' ? [e.because] : []))[0];
}

describe('a product is made because', () => {
  it('something that it is made from was', async () => {
    const pending = { 'main.o': modified('main.c') };
    expect(await reasonsOfProg(pending, ['main.o', 'prog'])).toEqual([{ path: 'main.o', change: 'rebuilt' }]);
  });

  it('something that it is made from is another one, which was there already', async () => {
    expect(await reasonsOfProg({ 'main.o': modified('main.c') }, ['prog'])).toEqual([modified('main.o')]);
    expect(await reasonsOfProg({ 'util.o': modified('util.c') }, ['prog'])).toEqual([modified('lib')]);
  });

  it('it is not in the store, where all that it is made from is what it was', async () => {
    const gone = { 'main.o': { path: 'main.o', change: 'missing-output' } } as const;
    expect(await reasonsOfProg(gone, ['prog'])).toEqual([{ path: 'prog', change: 'missing-output' }]);
    const itself = { prog: { path: 'prog', change: 'missing-output' }, 'main.o': modified('main.c') } as const;
    expect(await reasonsOfProg(itself, ['prog'])).toEqual([{ path: 'prog', change: 'missing-output' }]);
  });
});

it('a product that cannot be made is not to be made for the sake of what was there already', async () => {
  const { phase } = await realise({ 'main.o': modified('main.c') }, [], ['util.o']);
  expect(phase).toMatchObject({ ok: true, value: { unattempted: ['lib', 'prog'] } });
  expect(phase.ok && [...phase.value.reasons.values()]).toEqual([[], []]);
});

it.each([
  ['that said why is not added to', ['u.c:1:1: error: no'], 'failed with exit code 1', []],
  ['that said nothing is told in the words of Nix', [], 'failed with exit code 1', ['builder failed with exit code 1']],
  [
    'that was ended is told, whatever it said before',
    ['u.c:1:1: warning: so'],
    'failed due to signal 9 (Killed)',
    ['builder failed due to signal 9 (Killed)'],
  ],
])('a failure %s', async (_, printed, reason, added) => {
  const { events, phase } = await realise({ 'util.o': modified('util.c') }, ['util.o'], [], (step, observe) => {
    for (const text of printed) observe({ kind: 'log-line', step, text });
    const end = builderEndOf(`builder for '/nix/store/x.drv' ${reason}`);
    observe({ kind: 'finished', step, outcome: 'failed', end, ms: 1 });
  });
  const told = [...printed, ...added];
  expect(events.flatMap((e) => (e.kind === 'log-line' ? [e.text] : []))).toEqual(told);
  expect(events.at(-1)).toMatchObject({ kind: 'derivation-finished', outcome: 'failed' });
  expect(phase).toMatchObject({
    ok: true,
    value: { failed: ['util.o'], lines: new Map([[stepName('util.o'), told]]) },
  });
});
