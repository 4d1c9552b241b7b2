import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drvPath, type DrvPath } from '../model/ids.ts';
import { build } from '../testing/makenix.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { parseDerivation, printDerivation, type StoreDerivation } from './aterm.ts';
import { stageSource } from './stage-source.ts';
import { derivationPath, outputPlaceholder, textPath, upstreamPlaceholder } from './store-path.ts';

interface Stored {
  /** Without hash and `.drv`. */
  readonly name: string;
  readonly text: string;
  readonly derivation: StoreDerivation;
}

describe.each(['content', 'input'] as const)('what Nix stores of a project, addressed by %s', (addressing) => {
  it('has the text and the names that we give it', async () => {
    const project = copyFixture('mixed');
    expect(await build(project, '--addressing', addressing, '--engine', 'cli')).toMatchObject({ outcome: 'built' });
    const stored = derivationsOf(project);
    expect(stored.size).toBeGreaterThan(5);
    for (const [path, { name, text, derivation }] of stored) {
      expect(printDerivation(derivation)).toBe(text);
      expect(derivationPath(name, derivation)).toBe(path);
    }

    // Each refers to all of its inputs, and in the way of its addressing.
    const steps = [...stored.values()].filter(({ derivation }) => derivation.inputDrvs.size > 0);
    expect(steps.length).toBeGreaterThan(4);
    for (const { text, derivation } of steps) {
      for (const [input, outputs] of derivation.inputDrvs) {
        for (const output of outputs) {
          const path = stored.get(input)?.derivation.outputs.get(output)?.path;
          expect(path === '').toBe(addressing === 'content');
          expect(text).toContain(addressing === 'content' ? upstreamPlaceholder(input, output) : path);
        }
      }
    }

    const stage = [...stored.values()].find(({ name }) => name === 'makenix-stage')?.derivation;
    expect(stage?.args).toContain(outputPlaceholder());
    expect(stage?.inputSrcs).toEqual([textPath('stage.c', stageSource, [])]);
  });
});

/** By path, the resolved ones included that Nix makes of content-addressed derivations when it builds them. */
function derivationsOf({ store }: TestProject): ReadonlyMap<DrvPath, Stored> {
  const directory = join(store, 'nix/store');
  const files = readdirSync(directory).filter((file) => file.endsWith('.drv'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(directory, file), 'utf8');
      const parsed = parseDerivation(text);
      if (!parsed.ok) throw new Error(`${file}: ${parsed.failure.problem} at ${parsed.failure.offset}: ${text}`);
      const name = file.slice(33, -'.drv'.length);
      return [drvPath(`/nix/store/${file}`), { name, text, derivation: parsed.value }];
    }),
  );
}
