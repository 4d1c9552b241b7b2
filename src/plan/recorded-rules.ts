import { projectPath } from '../model/ids.ts';
import { unsafeFlags } from './unsafe-flags.ts';
import type { RecordedPlan, RecordedProduct } from './recorded-schema.ts';

/** Something that no schema can say is wrong, and where in the document. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/**
 * What would make a recorded plan lead nowhere or out of the project. A plan is written by makenix, but it is committed,
 * merged and edited: it is as hostile as any other file of a project.
 */
export function recordedProblems(plan: RecordedPlan): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const report = (path: RuleProblem['path'], problem: string): void => void problems.push({ path, problem });
  const inside = (at: RuleProblem['path'], text: string | undefined): void => {
    if (text !== undefined && projectPath(text) !== text)
      report(at, `${JSON.stringify(text)} is not the plain path of something in the project`);
  };
  const plain = (at: RuleProblem['path'], texts: readonly string[]): void => {
    for (const [i, text] of texts.entries()) if (text.includes('\0')) report([...at, i], 'a NUL character');
  };

  plain(['command'], plan.command);
  if (plan.compileCommands?.includes('\0') === true) report(['compileCommands'], 'a NUL character');
  for (const [key, { directory, flags }] of Object.entries(plan.options)) {
    inside(['options', key, 'directory'], directory);
    plain(['options', key, 'flags'], flags);
    for (const { index, problem } of unsafeFlags(flags)) report(['options', key, 'flags', index], problem);
  }
  for (const [path, { source, options, files = [] }] of Object.entries(plan.objects)) {
    inside(['objects', path], path);
    inside(['objects', path, 'source'], source);
    for (const [i, file] of files.entries()) inside(['objects', path, 'files', i], file);
    if (!Object.hasOwn(plan.options, options)) report(['objects', path, 'options'], unknown('options', options));
  }
  const known = new Set(Object.keys(plan.objects));
  for (const [i, product] of plan.products.entries()) {
    const at = ['products', i] as const;
    if (known.has(product.name)) report([...at, 'name'], `${JSON.stringify(product.name)} is the name of another step`);
    inside([...at, 'path'], product.path);
    inside([...at, 'directory'], product.directory);
    plain([...at, 'arguments'], product.arguments ?? []);
    for (const [j, file] of (product.files ?? []).entries()) inside([...at, 'files', j], file);
    for (const [j, input] of product.inputs.entries())
      if (!known.has(input)) report([...at, 'inputs', j], unknown('step before it', input));
    for (const [path, input] of Object.entries(product.aliases ?? {})) {
      inside([...at, 'aliases', path], path);
      if (!product.inputs.includes(input)) report([...at, 'aliases', path], unknown('input of it', input));
    }
    for (const [j, each] of (product.names ?? []).entries())
      if (/[/\n\0]|^\.{0,2}$/.test(each)) report([...at, 'names', j], `${JSON.stringify(each)} is not a file name`);
    for (const problem of formProblems(product)) report([...at, 'form'], problem);
    known.add(product.name);
  }
  for (const path of Object.keys(plan.definition)) inside(['definition', path], path);
  for (const [i, { inputs, outputs }] of plan.generators.entries()) {
    for (const path of Object.keys(inputs)) inside(['generators', i, 'inputs', path], path);
    for (const [j, path] of outputs.entries()) inside(['generators', i, 'outputs', j], path);
  }
  return problems;
}

const unknown = (what: string, text: string): string => `there is no ${what} called ${JSON.stringify(text)}`;

function formProblems({ form, target, tool, arguments: words }: RecordedProduct): readonly string[] {
  const isArchive = form === 'static-library';
  return [
    ...(form === 'object' && target ? ['an object is no target: it only goes into others'] : []),
    ...(isArchive && tool !== undefined ? ['a static library is made by ar: leave "tool" out'] : []),
    ...(!isArchive && tool === undefined ? ['"tool" says what makes it'] : []),
    ...(!isArchive && words === undefined ? ['"arguments" say how it is made'] : []),
  ];
}
