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
  target: 'main',
  ...more,
});

export const linkOf = (name: string, objects: readonly string[], more: Partial<LinkStep> = {}): LinkStep => ({
  kind: 'link',
  name: stepName(name),
  form: 'executable',
  file: name,
  language: 'c',
  objects: objects.map(stepName),
  libraries: [],
  flags: [],
  systemLibraries: [],
  packages: [],
  ...more,
});

export const archiveOf = (name: string, objects: readonly string[]): ArchiveStep => ({
  kind: 'archive',
  name: stepName(name),
  file: `${name}.a`,
  objects: objects.map(stepName),
});

/** A plan in which every product is a target. */
export function planOf(compiles: readonly CompileStep[], products: readonly ProductStep[]): BuildPlan {
  const targets = products.map((step): Target => {
    const kind = step.kind === 'archive' ? 'static-library' : step.form;
    return { name: step.name, kind, step: step.name };
  });
  return { project: 'project', targets, compiles, products };
}
