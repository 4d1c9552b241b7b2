import { stepName } from '../model/ids.ts';
import type { ProductStep } from '../model/plan.ts';
import { linkOrder } from './link-order.ts';
import type { Objects } from './objects.ts';
import { packageKey } from './targets.ts';
import type { ResolvedTarget } from './targets.ts';

/** The archive and link steps of `targets`, in their order, which must have libraries before what uses them. */
export function planProducts(targets: readonly ResolvedTarget[], objects: Objects): readonly ProductStep[] {
  const byName = new Map(targets.map((target) => [target.name, target]));
  const find = (name: string): ResolvedTarget => {
    const target = byName.get(name);
    if (target === undefined) throw new Error(`no target ${name}`);
    return target;
  };
  return targets.map((target) =>
    target.kind === 'static-library' ? archive(target, objects) : link(target, target.kind, objects, find),
  );
}

const objectsOf = (target: ResolvedTarget, { byTarget }: Objects) => byTarget.get(target.name) ?? [];

function archive(target: ResolvedTarget, objects: Objects): ProductStep {
  return {
    kind: 'archive',
    name: stepName(target.name),
    path: target.file,
    inputs: objectsOf(target, objects).map(({ name }) => name),
  };
}

function link(
  target: ResolvedTarget,
  form: 'executable' | 'shared-library',
  objects: Objects,
  find: (name: string) => ResolvedTarget,
): ProductStep {
  // A shared library has been linked with what it needs; a static one leaves that to us.
  const libraries = linkOrder(target.name, (name) =>
    name !== target.name && find(name).kind === 'shared-library' ? [] : find(name).libraries,
  ).map(find);
  const linkedIn = [target, ...libraries.filter(({ kind }) => kind === 'static-library')];
  const isCpp = linkedIn.some((each) => objectsOf(each, objects).some(({ language }) => language === 'c++'));
  return {
    kind: 'link',
    name: stepName(target.name),
    path: target.file,
    inputs: [...objectsOf(target, objects).map(({ name }) => name), ...libraries.map(({ name }) => stepName(name))],
    form,
    tool: isCpp ? 'c++' : 'cc',
    flags: target.ldflags,
    systemLibraries: lastOfEach(
      linkedIn.flatMap(({ systemLibraries }) => systemLibraries),
      (name) => name,
    ),
    packages: lastOfEach(
      linkedIn.flatMap(({ packages }) => packages),
      packageKey,
    ),
  };
}

/** Where it comes last it also serves all that came before; a linker looks no further back than that. */
function lastOfEach<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.toReversed().map((value) => [keyOf(value), value])).values()].toReversed();
}
