import { findNodeAtLocation, getNodeValue } from 'jsonc-parser';
import * as v from 'valibot';
import type { ConfigFailure } from '../model/failure.ts';
import { stepName, trustedProjectPath, type StepName } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import type { BuildPlan, CompileStep, LinkStep, Package, ProductStep } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { located } from './config.ts';
import { shapeTroubles } from './config-shape.ts';
import { parseDocument, trouble } from './json-tree.ts';
import { recordedProblems } from './recorded-rules.ts';
import { recordedSchema, type RecordedPlan, type RecordedProduct } from './recorded-schema.ts';

/** Reads makenix.plan.json; `file` is only for the failure, which is the first trouble. Never throws, whatever the text. */
export function readRecordedPlan(file: string, text: string): Result<RecordedPlan, ConfigFailure> {
  // Large and written by a program: that it is right is the rule, and found out without a tree that knows its positions.
  const plan = parsed(text);
  if (plan !== undefined && recordedProblems(plan).length === 0) return ok(plan);
  const document = parseDocument(text);
  if (!document.ok) return fail(located(file, text, document.failure));
  const root = document.value;
  const [misshapen] = [...shapeTroubles(recordedSchema, root)].sort((a, b) => a.offset - b.offset);
  if (misshapen !== undefined) return fail(located(file, text, misshapen));
  const read = v.parse(recordedSchema, getNodeValue(root));
  const [first] = recordedProblems(read);
  if (first === undefined) return ok(read);
  const node = findNodeAtLocation(root, [...first.path]) ?? root;
  return fail(located(file, text, trouble(node, first.problem)));
}

function parsed(text: string): RecordedPlan | undefined {
  try {
    const result = v.safeParse(recordedSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

export { printRecordedPlan } from './print-recorded.ts';

/** What is to be built, as it was recorded. `packages` are given to every step: a record does not know of any. */
export function planOfRecord(recorded: RecordedPlan, project: string, packages: readonly Package[]): BuildPlan {
  const owners = targetsOf(recorded);
  const compiles = Object.entries(recorded.objects).map(([path, { source, options, files = [] }]): CompileStep => {
    const { language = 'c', directory, flags = [] } = recorded.options[options] ?? {};
    return {
      kind: 'compile',
      name: stepName(path),
      source: trustedProjectPath(source),
      language,
      flags,
      ...inDirectory(directory),
      packages,
      options,
      ...(files.length === 0 ? {} : { files: sortedUnique(files.map(trustedProjectPath)) }),
      target: owners.get(path) ?? '',
    };
  });
  return {
    project,
    targets: recorded.products.flatMap(({ name, form, target }) =>
      target && form !== 'object' ? [{ name, kind: form, step: stepName(name) }] : [],
    ),
    compiles: compiles.sort((a, b) => bytewise(a.name, b.name)),
    products: recorded.products.map((product) => productStep(product, packages)),
  };
}

/** By name, the first target that uses a step. */
function targetsOf({ products }: RecordedPlan): ReadonlyMap<string, string> {
  const byName = new Map(products.map((product) => [product.name, product]));
  const owners = new Map<string, string>();
  for (const { name, target } of products) {
    const rest = target ? [name] : [];
    for (let step = rest.pop(); step !== undefined; step = rest.pop()) {
      if (owners.has(step)) continue;
      owners.set(step, name);
      const product = byName.get(step);
      rest.push(...(product?.inputs ?? []));
    }
  }
  return owners;
}

function productStep(product: RecordedProduct, packages: readonly Package[]): ProductStep {
  const { form, tool, directory, files = [], aliases = {}, names = [] } = product;
  const common = { name: stepName(product.name), path: product.path, inputs: product.inputs.map(stepName) };
  if (form === 'static-library' || tool === undefined) {
    return { kind: 'archive', ...common, ...(files.length === 0 ? {} : { files: files.map(trustedProjectPath) }) };
  }
  const isDriver = tool === 'cc' || tool === 'c++';
  return {
    kind: 'link',
    ...common,
    form,
    tool,
    flags: product.arguments ?? [],
    systemLibraries: [],
    packages: isDriver && form !== 'object' ? packages : [],
    recorded: {
      ...inDirectory(directory),
      files: sortedUnique(files.map(trustedProjectPath)),
      aliases: Object.entries(aliases)
        .map(([path, step]): { path: ReturnType<typeof trustedProjectPath>; step: StepName } => ({
          path: trustedProjectPath(path),
          step: stepName(step),
        }))
        .sort((a, b) => bytewise(a.path, b.path)),
      names: sortedUnique(names),
    },
  } satisfies LinkStep;
}

const inDirectory = (directory: string | undefined) =>
  directory === undefined ? {} : { directory: trustedProjectPath(directory) };
