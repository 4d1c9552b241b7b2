import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trustedProjectPath } from '../model/ids.ts';
import type { CompileStep } from '../model/plan.ts';
import { compileOf } from '../testing/fakes/steps.ts';
import { scanWithCompiler } from '../testing/scan.ts';
import type { ScanReport } from './scanner.ts';

const lines = {
  nothing: '',
  header: '#include "there.h"\n',
  missing: '#include "gone.h"\n',
  deeper: '#include "deep.h"\n',
  error: '#error compilation terminated.\n',
  end: 'compilation terminated.\n',
  angled: '#include <gone too.h>\n',
};
const kinds = Object.keys(lines) as (keyof typeof lines)[];
const headers = { 'there.h': '', 'deep.h': '#include "there.h"\n#include "gone.h"\n#include "there.h"\n' };

async function inTree<T>(sources: ReadonlyMap<string, string>, act: (root: string) => Promise<T>): Promise<T> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'makenix-failed-')));
  try {
    for (const [path, text] of [...sources, ...Object.entries(headers).map(([name, text]) => [`src/${name}`, text])]) {
      mkdirSync(join(root, dirname(path ?? '')), { recursive: true });
      writeFileSync(join(root, path ?? ''), text ?? '');
    }
    return await act(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const stepsOf = (sources: ReadonlyMap<string, string>, directory?: string): readonly CompileStep[] =>
  [...sources.keys()].map((source) =>
    compileOf(source, directory === undefined ? {} : { directory: trustedProjectPath(directory) }),
  );

const said = ({ step, result, inputs }: ScanReport) => [step.name, result, inputs] as const;

it('says of each of several units what it says of that one alone', async () => {
  const unit = fc.array(fc.constantFrom(...kinds), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(unit, { minLength: 2, maxLength: 6 }),
      fc.constantFrom(undefined, 'src', 'other'),
      async (units, directory) => {
        const sources = new Map(
          units.map((unit, at) => [
            `src/${at % 2 === 0 ? 'u' : '-u x'}${at}.c`,
            unit.map((kind) => lines[kind]).join(''),
          ]),
        );
        await inTree(new Map([...sources, ['other/x', '']]), async (root) => {
          const steps = stepsOf(sources, directory);
          const alone = [];
          for (const step of steps) alone.push(...(await scanWithCompiler(root, [step])).reports.map(said));
          const { reports } = await scanWithCompiler(root, steps);
          const inOrder = steps.flatMap((step) => reports.filter((report) => report.step === step)).map(said);
          expect(inOrder).toEqual(alone);
        });
      },
    ),
    { numRuns: 40 },
  );
});

it('asks twice of however many that miss a header, and not of each', async () => {
  const sources = new Map(Array.from({ length: 16 }, (_, at) => [`src/u${at}.c`, at < 3 ? '' : lines.deeper]));
  const { reports, processes } = await inTree(sources, (root) => scanWithCompiler(root, stepsOf(sources, 'src')));
  expect(reports.filter(({ result }) => !result.ok)).toHaveLength(13);
  expect(processes).toBe(2);
});
