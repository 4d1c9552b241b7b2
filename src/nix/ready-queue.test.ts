import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepName, type StepName } from '../model/ids.ts';
import { ReadyQueue, type QueuedStep } from './ready-queue.ts';

const step = (name: string, inputs: readonly string[] = [], ms = 1): QueuedStep => ({
  name: stepName(name),
  inputs: inputs.map(stepName),
  ms,
});

/** What comes when each step is made before the next is taken. */
function inTurn(queue: ReadyQueue): readonly StepName[] {
  const order: StepName[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    order.push(next);
    queue.made(next);
  }
  return order;
}

describe('the ready queue', () => {
  it('gives what the longest chain waits for first', () => {
    const steps = [
      step('short.o', [], 10),
      step('deep.o', [], 10),
      step('library', ['deep.o'], 50),
      step('main', ['short.o', 'library'], 50),
      step('long.o', [], 70),
      step('tool', ['long.o'], 1),
    ];
    expect(inTurn(new ReadyQueue(steps))).toEqual(['deep.o', 'library', 'long.o', 'short.o', 'main', 'tool']);
  });

  it('gives what is urgent before everything else that is ready', () => {
    const steps = [step('a.o', [], 100), step('b.o', [], 1), step('main', ['a.o', 'b.o'])];
    expect(inTurn(new ReadyQueue(steps, new Set([stepName('b.o')])))).toEqual(['b.o', 'a.o', 'main']);
  });

  it('does not give what has begun, and waits for it', () => {
    const queue = new ReadyQueue(
      [step('a.o'), step('b.o'), step('main', ['a.o', 'b.o'])],
      new Set(),
      new Set([stepName('a.o')]),
    );
    expect([queue.take(), queue.take()]).toEqual(['b.o', undefined]);
    queue.made(stepName('b.o'));
    expect(queue.take()).toBeUndefined();
    queue.made(stepName('a.o'));
    expect(queue.take()).toBe('main');
  });

  it('waits for nothing that is not queued', () => {
    expect(inTurn(new ReadyQueue([step('main', ['old.o', 'new.o']), step('new.o')]))).toEqual(['new.o', 'main']);
  });

  it('gives nothing while all that is left waits', () => {
    const queue = new ReadyQueue([step('a.o'), step('main', ['a.o'])]);
    expect(queue.take()).toBe('a.o');
    expect([queue.take(), queue.isDone]).toEqual([undefined, false]);
    queue.made(stepName('a.o'));
    expect(queue.take()).toBe('main');
    queue.made(stepName('main'));
    expect([queue.take(), queue.isDone]).toEqual([undefined, true]);
  });

  it('says what a failure takes with it, and goes on with the rest', () => {
    const steps = [
      step('a.o', [], 9),
      step('b.o'),
      step('lib', ['a.o']),
      step('x', ['lib', 'b.o']),
      step('y', ['b.o']),
    ];
    const queue = new ReadyQueue(steps);
    expect(queue.take()).toBe('a.o');
    expect(new Set(queue.failed(stepName('a.o')))).toEqual(new Set(['lib', 'x']));
    expect(inTurn(queue)).toEqual(['b.o', 'y']);
    expect(queue.isDone).toBe(true);
  });
});

it('loses a step once, though several of its inputs fail', () => {
  const queue = new ReadyQueue([step('a.o'), step('b.o'), step('c.o'), step('main', ['a.o', 'b.o', 'c.o'])]);
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['a.o', 'b.o', 'c.o']);
  expect(queue.failed(stepName('a.o'))).toEqual(['main']);
  queue.made(stepName('b.o'));
  expect(queue.failed(stepName('c.o'))).toEqual([]);
  expect(queue.isDone).toBe(true);
});

/** Each step may have any of those before it for an input. */
const graphs = fc
  .array(
    fc.record({
      inputs: fc.array(fc.nat({ max: 30 }), { maxLength: 5 }),
      ms: fc.nat({ max: 100 }),
      fails: fc.boolean(),
    }),
    {
      maxLength: 30,
    },
  )
  .map((drafts) =>
    drafts.map(({ inputs, ms, fails }, i) => ({
      ...step(`s${i}`, i === 0 ? [] : inputs.map((input) => `s${input % i}`), ms),
      fails: fails && i % 3 === 0,
    })),
  );

it('gives each step once, after its inputs, whatever fails and however many run at once', () => {
  fc.assert(
    fc.property(
      graphs,
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.nat({ max: 3 }), { maxLength: 60 }),
      (steps, jobs, choices) => {
        const queue = new ReadyQueue(steps);
        const fails = new Set(steps.filter((each) => each.fails).map(({ name }) => name));
        const [made, lost, running] = [new Set<StepName>(), new Set<StepName>(), [] as StepName[]];
        const begun = new Set<StepName>();
        for (let turn = 0; !queue.isDone; turn++) {
          for (
            let next = running.length < jobs ? queue.take() : undefined;
            next !== undefined;
            next = running.length < jobs ? queue.take() : undefined
          ) {
            expect(begun.has(next)).toBe(false);
            begun.add(next);
            const inputs = steps.find(({ name }) => name === next)?.inputs ?? [];
            expect(inputs.every((input) => made.has(input))).toBe(true);
            running.push(next);
          }
          const [ended] = running.splice((choices[turn % Math.max(1, choices.length)] ?? 0) % running.length, 1);
          if (ended === undefined) throw new Error('nothing runs and nothing is done');
          if (fails.has(ended)) {
            lost.add(ended);
            for (const other of queue.failed(ended)) lost.add(other);
          } else {
            made.add(ended);
            queue.made(ended);
          }
        }
        expect(new Set([...made, ...lost])).toEqual(new Set(steps.map(({ name }) => name)));
        expect(running).toEqual([]);
      },
    ),
  );
});
