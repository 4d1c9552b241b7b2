import { derivationOf, type NamedDerivation, type StepToolchain } from './step-derivation.ts';
import { stageSource } from './stage-source.ts';
import { outputPlaceholder, textPath } from './store-path.ts';

/** The staging program's source, as `builtins.toFile` puts it into the store. */
export const stageText = { name: 'stage.c', contents: stageSource } as const;

const name = 'makenix-stage';

/** The derivation of the staging program (`stage` of shared-prelude.ts), of which a toolchain tells no more than its output. */
export function stageDerivation(toolchain: StepToolchain): NamedDerivation {
  const { references, compiler } = toolchain;
  const source = textPath(stageText.name, stageText.contents, []);
  return derivationOf(toolchain, {
    name,
    builder: `${compiler}/bin/cc`,
    args: ['-O1', '-w', '-o', outputPlaceholder(), '-x', 'c', source],
    environment: [],
    references: [
      { ...references, drvs: new Map([...references.drvs].filter(([drv]) => !drv.endsWith(`-${name}.drv`))) },
      { drvs: new Map(), sources: [source] },
    ],
  });
}
