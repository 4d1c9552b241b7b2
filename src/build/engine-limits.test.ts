import { expect, it } from 'vitest';
import { drvPath, stepName, storePath, type StepName } from '../model/ids.ts';
import { RealisationBook } from '../nix/realisation-book.ts';
import { forgetOld, forgetUnused } from './engine-limits.ts';

const stepOf = (n: number): StepName => stepName(`u${n}.o`);
const drvOf = (n: number, version: number) => drvPath(`/nix/store/${n}-${version}.drv`);
const outputOf = (n: number, version: number) => storePath(`/nix/store/${n}-${version}`);
/** So many steps, all in one version. */
const stepsOf = (count: number, version = 0) =>
  new Map(Array.from({ length: count }, (_, n) => [stepOf(n), { drv: drvOf(n, version) }]));

function rig() {
  const outputs = { size: 0, forget: () => void (outputs.size = 0) };
  return { book: new RealisationBook(), durations: new Map<StepName, number>(), outputs };
}

it('what is learned of thousands of versions stays as large as the project is', () => {
  const learned = rig();
  const { book, durations, outputs } = learned;
  for (let version = 0; version < 6000; version++) {
    book.record(drvOf(version % 10, version), outputOf(version % 10, version));
    outputs.size++;
    // Each is a new unit, in place of one that goes.
    durations.set(stepOf(version), 1);
    forgetOld(learned, new Map([[stepOf(version), { drv: drvOf(version % 10, version) }]]));
    expect(Math.max(book.size, durations.size, outputs.size)).toBeLessThanOrEqual(2000);
  }
});

it('what the present steps have come to is never forgotten, however long ago it was made', () => {
  const learned = rig();
  const { book, durations } = learned;
  const steps = stepsOf(40);
  for (const [n, [name, { drv }]] of [...steps].entries()) {
    book.record(drv, outputOf(n, 0));
    durations.set(name, n);
  }
  for (let version = 1; version <= 5000; version++) {
    book.record(drvOf(0, version), outputOf(0, version));
    durations.set(stepOf(1000 + version), 1);
    forgetOld(learned, steps);
  }
  expect([...steps.values()].map(({ drv }) => book.outputOf(drv))).toEqual(
    [...steps.keys()].map((_, n) => outputOf(n, 0)),
  );
  expect([...steps.keys()].map((name) => durations.get(name))).toEqual([...steps.keys()].map((_, n) => n));
});

it('remembers several versions of a large project, two names of each, and of a very large one the present', () => {
  const remembered = (count: number, versions: number): number => {
    const book = new RealisationBook();
    for (let version = 0; version < versions; version++) {
      for (let n = 0; n < count; n++) book.record(drvOf(n, version), outputOf(n, version));
    }
    forgetUnused(book, stepsOf(count));
    return book.size;
  };
  expect(remembered(10, 200)).toBe(1000);
  expect(remembered(1000, 20)).toBe(16_000);
  expect(remembered(5000, 12)).toBe(50_000);
  expect(remembered(30_000, 3)).toBe(60_000);
});
