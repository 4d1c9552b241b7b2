import { stepName, trustedProjectPath } from '../../model/ids.ts';
import type { ArchiveStep, BuildPlan, CompileStep, LinkStep, ProductStep, Target } from '../../model/plan.ts';

/** The compile step of `src/a.c`, of target `main` and without flags but for what is given. */
export const compileOf = (source: string, more: Partial<CompileStep> = {}): CompileStep => ({
  kind: 'compile',
  name: stepName(source.replace(/\.\w+$/, '.o')),
  source: trustedProjectPath(source),
  language: source.endsWith('.c') ? 'c' : 'c++',
  flags: [],
  packages: [],
  options: 'main',
  target: 'main',
  ...more,
});

export const linkOf = (name: string, inputs: readonly string[], more: Partial<LinkStep> = {}): LinkStep => ({
  kind: 'link',
  name: stepName(name),
  path: name,
  inputs: inputs.map(stepName),
  form: 'executable',
  tool: 'cc',
  flags: [],
  systemLibraries: [],
  packages: [],
  ...more,
});

export const archiveOf = (name: string, inputs: readonly string[]): ArchiveStep => ({
  kind: 'archive',
  name: stepName(name),
  path: `${name}.a`,
  inputs: inputs.map(stepName),
});

/** A plan in which every product is a target. */
export function planOf(compiles: readonly CompileStep[], products: readonly ProductStep[]): BuildPlan {
  const targets = products.map((step): Target => {
    const kind = step.kind === 'archive' ? 'static-library' : step.form;
    if (kind === 'object') throw new Error(`${step.name} cannot be a target`);
    return { name: step.name, kind, step: step.name };
  });
  return { project: 'project', targets, compiles, products };
}
